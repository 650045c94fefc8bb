import { exportScope } from '@packages/content/car/export-scope'
import { exportTar } from '@packages/content/tar/export-tar'
import { inBatches } from '@packages/content/tar/in-batches'
import { MissingBlockError } from '@packages/content/unixfs/dag-errors'
import { CODEC_DAG_PB, CODEC_RAW } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { ServedTree } from '../content/held-content.ts'
import { checkedSources } from '../denylist/checked-sources.ts'
import type { CheckPath } from '../denylist/names-below.ts'
import { planBlock } from '../plan/plan-block.ts'
import { planCar } from '../plan/plan-car.ts'
import { planTar } from '../plan/plan-tar.ts'
import type { ResponsePlan, StreamedBody } from '../plan/response-plan.ts'
import { entityRange, readCarParameters } from '../request/car-parameters.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { isDocumentCodec } from '../request/negotiate-document.ts'
import type { Negotiated } from '../request/negotiate-format.ts'
import { respondDocument } from './respond-document.ts'

/** `checkPath`: for each path below that is sent; undefined where that is known to be allowed. */
export type AskedFormat = { root: CID; names: readonly string[]; checkPath: CheckPath | undefined }

/** Answers what was asked for in another format than the file that it is. `holds` was asked of the root. */
export const respondFormat = async (
  request: GatewayRequest,
  { root, names, checkPath }: AskedFormat,
  { format, byAccept }: Negotiated,
  content: ServedTree,
): Promise<ResponsePlan> => {
  const { cid, blocks, roots } = await content.directories.walk(root, names)
  if (!(await content.holds(cid))) throw new MissingBlockError(cid)
  if (format === 'raw') return planBlock(request, { cid, roots, content: await content.block(cid) }, byAccept)
  if (format === 'car') return respondCar(request, { cid, blocks, roots, checkPath }, byAccept, content)
  if (isDocumentCodec(cid.code))
    return respondDocument(request, { roots, content: await content.block(cid) }, byAccept ? undefined : format)
  if (format === 'tar' && (cid.code === CODEC_RAW || cid.code === CODEC_DAG_PB))
    return respondTar(request, { cid, roots, name: names.at(-1) ?? root.toString(), checkPath }, byAccept, content)
  throw new HoldfastError('not_acceptable', { detail: 'The block has another codec, and codecs are not converted.' })
}

/** A connection's write costs more than a header of half a kilobyte. */
const TAR_PIECE_BYTES = 64 * 1024

type ArchivedTree = { cid: CID; roots: readonly CID[]; checkPath: CheckPath | undefined }

const respondTar = async (
  request: GatewayRequest,
  { cid, roots, name, checkPath }: ArchivedTree & { name: string },
  byAccept: boolean,
  tree: ServedTree,
): Promise<ResponsePlan> => {
  const { source } =
    checkPath === undefined ? tree : await checkedSources(tree, { root: cid, checkPath, repeats: true })
  const stream = (signal: AbortSignal): AsyncIterable<Uint8Array> =>
    inBatches(exportTar(source, { root: cid, name }, { signal }), TAR_PIECE_BYTES)
  return planTar(request, { roots, name, stream }, byAccept)
}

const respondCar = async (
  request: GatewayRequest,
  { cid, blocks, roots, checkPath }: ArchivedTree & { blocks: readonly CID[] },
  byAccept: boolean,
  tree: ServedTree,
): Promise<ResponsePlan> => {
  const parameters = readCarParameters(request.query.car, request.headers.accept)
  const { scope, bytes, repeats } = parameters
  const sources = checkPath === undefined ? tree : await checkedSources(tree, { root: cid, checkPath, repeats })
  const select = bytes === undefined ? undefined : (size: number) => entityRange(bytes, size)
  const stream: StreamedBody['stream'] = (signal, take) =>
    exportScope(sources.sourceInto?.(take) ?? sources.source, { cid, path: blocks }, { scope, select, repeats, signal })
  const varies = byAccept || /\bvnd\.ipld\.car\b/i.test(request.headers.accept ?? '')
  return planCar(request, { roots, parameters, stream }, varies)
}

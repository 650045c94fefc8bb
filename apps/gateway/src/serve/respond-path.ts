import { canonicalCid, CODEC_DAG_PB, CODEC_RAW } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { FileTree } from '../content/held-content.ts'
import { planDirectory, planTrailingSlash } from '../plan/plan-directory.ts'
import { planPathFile } from '../plan/plan-path-file.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { isDocumentCodec } from '../request/negotiate-document.ts'
import { respondDocument } from './respond-document.ts'
import type { Response } from './response.ts'

/** A listing is made in memory: some 500 bytes for each entry. */
const LISTED_ENTRIES = 5_000
const INDEX = 'index.html'

/**
 * Answers a path from a root that is a UnixFS directory, or a document: a file, a directory's `index.html`, or its listing.
 * @param check what the address of a directory shows as well, by its path behind the root; throws when nobody may have it
 */
export const respondPath = async (
  request: GatewayRequest,
  root: CID,
  content: FileTree,
  check: (rest: readonly string[]) => void,
): Promise<Response> => {
  const below = request.path.slice(2)
  const hasSlash = below.at(-1) === ''
  const names = hasSlash ? below.slice(0, -1) : below
  const roots = await content.directories.resolve(root, names)
  const target = roots.at(-1) as CID
  if (isDocumentCodec(target.code) && content.block !== undefined) {
    const asked = request.query.format === 'json' ? 'json' : undefined
    return { plan: await respondDocument(request, { roots, content: await content.block(target) }, asked) }
  }
  const file = await fileAt(content, target)
  if (file !== 'directory') {
    const plan = planPathFile(request, { ...file, cid: target, roots, name: names.at(-1) ?? '' })
    return { plan, basis: { cid: root, canonical: canonicalCid(target), name: undefined } }
  }
  check([...names, INDEX])
  if (!hasSlash) return { plan: planTrailingSlash(request, roots) }
  const index = await content.directories.find(target, INDEX)
  const page = index === undefined ? 'directory' : await fileAt(content, index)
  if (index === undefined || page === 'directory')
    return { plan: planDirectory(request, { roots, entries: await listed(content, target) }) }
  const plan = planPathFile(request, { ...page, cid: index, roots, name: INDEX })
  return { plan, basis: { cid: root, canonical: canonicalCid(index), name: undefined } }
}

const listed = async ({ directories }: FileTree, directory: CID) =>
  (await directories.entries(directory, LISTED_ENTRIES)).map(({ name, cid, size }) => ({
    name,
    size,
    cid: cid.version === 0 ? cid.toString() : canonicalCid(cid),
  }))

/** @throws HoldfastError `not_supported` for what is neither a UnixFS file nor a directory */
const fileAt = async (content: FileTree, cid: CID) => {
  if (cid.code !== CODEC_RAW && cid.code !== CODEC_DAG_PB)
    throw new HoldfastError('not_supported', { detail: 'Only UnixFS files and directories are served yet.' })
  return content.fileOrDirectory(cid)
}

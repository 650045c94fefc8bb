import type { CID } from 'multiformats/cid'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { aboutPath } from './about-path.ts'
import { isNotModified } from './conditional.ts'
import { contentLocation } from './content-location.ts'
import { contentDisposition } from './content-disposition.ts'
import type { ResponsePlan, StreamedBody } from './response-plan.ts'
import { IMMUTABLE } from './shared-headers.ts'

export type TarFacts = {
  /** The CIDs on the way of the path, its end last. */
  roots: readonly CID[]
  /** What the tree is called in it. */
  name: string
  stream: StreamedBody['stream']
}

/**
 * A TAR of a UnixFS tree (IPIP-288): made as it is sent, without length and ranges. Its tag is weak, as the specification has it.
 * @param byAccept the Accept header chose it
 */
export const planTar = (
  request: GatewayRequest,
  { roots, name, stream }: TarFacts,
  byAccept: boolean,
): ResponsePlan => {
  const etag = `W/"${roots.at(-1)}.x-tar"`
  const shared = ['ETag', etag, 'Cache-Control', IMMUTABLE, ...aboutPath(request, roots)]
  if (byAccept) shared.push('Content-Location', contentLocation(request, 'tar'), 'Vary', 'Accept')
  const about = { cids: roots, isDeep: true }
  if (isNotModified(request.headers, etag)) return { status: 304, headers: shared, body: null, about }
  const headers = [
    'Content-Type',
    'application/x-tar',
    'Content-Disposition',
    contentDisposition('attachment', request.query.filename ?? `${name}.tar`),
    'Accept-Ranges',
    'none',
    ...shared,
  ]
  return { status: 200, headers, body: request.method === 'HEAD' ? null : { stream }, about }
}

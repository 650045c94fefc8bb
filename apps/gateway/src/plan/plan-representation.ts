import { HoldfastError } from '@packages/shared/holdfast-error'
import { cidText, CODEC_RAW } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { Content } from '../content/content.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { selectPart } from './conditional.ts'
import { ipfsPath } from './ipfs-path.ts'
import type { About, ResponsePlan } from './response-plan.ts'
import { EVERYWHERE, IMMUTABLE } from './shared-headers.ts'

/** One immutable representation that has ranges; `headers` are those of its own (type, disposition, …). */
export type Representation = {
  cid: CID
  /** The CIDs on the way of a path; by default it is asked for by its own. */
  roots?: readonly CID[]
  uri: string
  etag: string
  headers: readonly string[]
  content: Content
  /** Nothing but the block of its CID is sent. */
  isBlock?: boolean
}

const aboutOf = ({ cid, roots = [], isBlock }: Representation): About => ({
  cids: [...roots, cid],
  isDeep: isBlock !== true && cid.code !== CODEC_RAW,
})

const validators = (request: GatewayRequest, what: Representation): string[] => [
  'ETag',
  what.etag,
  'Cache-Control',
  IMMUTABLE,
  'X-Ipfs-Path',
  ipfsPath(request),
  'X-Ipfs-Roots',
  what.roots === undefined ? cidText(what.cid) : what.roots.map(cidText).join(','),
  'Ipfs-Uri',
  what.uri,
  ...EVERYWHERE,
]

/**
 * 200, 206 or 304 for any representation with ranges.
 * @throws HoldfastError `range_not_satisfiable`, `precondition_failed`
 */
export const planRepresentation = (request: GatewayRequest, what: Representation): ResponsePlan => {
  const { size } = what.content
  const part = selectPart(request.method, request.headers, what.etag, size)
  const about = aboutOf(what)
  if (part.kind === 'not-modified') return { status: 304, headers: validators(request, what), body: null, about }
  if (part.kind === 'precondition-failed') throw new HoldfastError('precondition_failed')
  if (part.kind === 'unsatisfiable')
    throw new HoldfastError('range_not_satisfiable', { headers: { 'Content-Range': `bytes */${size}` } })
  const { start, end } = part.kind === 'range' ? part.range : { start: 0, end: size }
  const headers = [
    ...what.headers,
    'Content-Length',
    String(end - start),
    'Accept-Ranges',
    'bytes',
    ...validators(request, what),
  ]
  if (part.kind === 'range') headers.push('Content-Range', `bytes ${start}-${end - 1}/${size}`)
  const body = request.method === 'HEAD' ? null : { content: what.content, start, end }
  return { status: part.kind === 'range' ? 206 : 200, headers, body, about }
}

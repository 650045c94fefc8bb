import type { CID } from 'multiformats/cid'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { aboutPath } from './about-path.ts'
import { isNotModified } from './conditional.ts'
import type { ResponsePlan } from './response-plan.ts'

/** The page is ours: it may change, though what it is about never does. */
export const PAGE_CACHE = 'public, max-age=604800, stale-while-revalidate=2678400'
/** Nothing in it runs or loads, whatever a name holds. */
export const PAGE_POLICY = "sandbox allow-popups allow-downloads; default-src 'none'; style-src 'unsafe-inline'"

/** `html` is called only where the page is sent. `headers`: those that this page has besides. */
export type OwnPage = { roots: readonly CID[]; etag: string; headers?: readonly string[]; html: () => string }

/** A page that we make about content: a listing, a document. @throws HoldfastError `precondition_failed` */
export const planOwnPage = (request: GatewayRequest, { roots, etag, headers = [], html }: OwnPage): ResponsePlan => {
  const shared = ['ETag', etag, 'Cache-Control', PAGE_CACHE, ...headers, ...aboutPath(request, roots)]
  const about = { cids: roots, isDeep: true }
  if (isNotModified(request.headers, etag)) return { status: 304, headers: shared, body: null, about }
  const body = Buffer.from(html())
  return {
    status: 200,
    headers: [
      'Content-Type',
      'text/html; charset=utf-8',
      'Content-Security-Policy',
      PAGE_POLICY,
      'Content-Length',
      String(body.length),
      ...shared,
    ],
    body: request.method === 'HEAD' ? null : body,
    about,
  }
}

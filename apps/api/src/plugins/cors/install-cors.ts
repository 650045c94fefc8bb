import type { ApiInstance } from '../../api-instance.ts'
import { allowedMethods, type RouteShape } from '../allowed-methods.ts'
import { allowedOrigin, type CorsOrigins, isShared } from './cors-policy.ts'

/** Request headers that our routes read, beside those that every page may send. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Holdfast-Org',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Range',
  'Request-Id',
  'Tus-Resumable',
  'Upload-Checksum',
  'Upload-Concat',
  'Upload-Defer-Length',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Offset',
  'X-HTTP-Method-Override',
  'X-Requested-With',
].join(', ')

const RESPONSE_HEADERS = [
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Idempotent-Replay',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Request-Id',
  'Retry-After',
  'Tus-Extension',
  'Tus-Max-Size',
  'Tus-Resumable',
  'Tus-Version',
  'Upload-Expires',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Offset',
].join(', ')

const PREFLIGHT_SECONDS = 600

export type CorsOptions = { origins: CorsOrigins; routes: readonly RouteShape[] }

/** Lets pages of the listed origins read answers, errors included, and answers their browsers' preflights. */
export const installCors = (app: ApiInstance, { origins, routes }: CorsOptions): void => {
  if (origins.length === 0) return
  app.addHook('onRequest', async (request, reply) => {
    if (!isShared(request.url)) return
    reply.header('vary', 'Origin')
    const allowed = allowedOrigin(origins, request.headers.origin)
    if (allowed === undefined) return
    reply.headers({ 'access-control-allow-origin': allowed, 'access-control-expose-headers': RESPONSE_HEADERS })
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return
    const methods = allowedMethods(routes, request.url)
    if (methods.length === 0) return
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': String(PREFLIGHT_SECONDS),
      })
      .send()
  })
}

import type { ErrorCode } from '@packages/shared/error-catalogue'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiInstance } from '../api-instance.ts'
import { allowedMethods, type RouteShape } from './allowed-methods.ts'
import type { PageSender } from './dashboard/install-dashboard.ts'
import { renderError } from './render-error.ts'
import { toHoldfastError } from './to-holdfast-error.ts'

/** Answers from 500 on that are no failure of ours. */
const EXPECTED: ReadonlySet<ErrorCode> = new Set(['unavailable', 'not_supported', 'not_configured'])

/** Sends `error` in the form of the address's protocol: problem+json, or a failure of the Pinning Service API. The only place of the API that does. */
export const sendError = (request: FastifyRequest, reply: FastifyReply, thrown: unknown): void => {
  const error = toHoldfastError(thrown)
  // Addresses that the router cannot read have none: no hook ran for them.
  if (request.trail) request.trail.refusal = error.code
  if (error.status >= 500 && !EXPECTED.has(error.code))
    request.log.error({ err: error.cause ?? error, code: error.code }, 'the request failed')
  else request.log.debug({ code: error.code, detail: error.detail, cause: error.cause }, 'the request was refused')
  if (error.status === 401 && !reply.hasHeader('www-authenticate')) reply.header('www-authenticate', challengeOf(error))
  if (error.status === 408) reply.header('connection', 'close')
  if (error.headers !== undefined) reply.headers(error.headers)
  const { status, type, body } = renderError(request.url, error, request.id)
  // As bytes: to text Fastify adds a charset, which JSON types do not have (RFC 8259, 11).
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-type', type)
    .send(Buffer.from(JSON.stringify(body)))
}

/** RFC 6750, 3: a request without credentials gets no error code. */
const challengeOf = (error: HoldfastError): string =>
  error.code === 'invalid_token' ? 'Bearer realm="holdfast", error="invalid_token"' : 'Bearer realm="holdfast"'

export type ProblemErrorsOptions = {
  routes: readonly RouteShape[]
  /** Answers addresses without a route that are pages. */
  sendPage: PageSender
}

/** Renders everything that is thrown, unknown routes (404) and known routes with another method (405 with Allow). */
export const installProblemErrors = (app: ApiInstance, { routes, sendPage }: ProblemErrorsOptions): void => {
  app.setErrorHandler((error, request, reply) => sendError(request, reply, error))
  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(routes, request.url)
    if (allowed.length === 0) {
      if (!sendPage(request, reply)) sendError(request, reply, new HoldfastError('not_found'))
      return
    }
    const headers = { allow: allowed.join(', ') }
    sendError(request, reply, new HoldfastError('method_not_allowed', { headers }))
  })
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Actor } from './authorization/actor.ts'

/** The Fastify instance that features register their routes on: zod schemas give the types of body, params and query. */
export type ApiInstance = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/**
 * `public`: credentials are not looked at. `optional`: a wrong one is refused, none is fine.
 * Routes under `/api/v1` that say nothing are `authenticated`; others are `public`.
 */
export type RouteAccess = 'public' | 'optional' | 'authenticated'

/**
 * How a route is limited. `sign-in`: strict, per address. `standard`, which is the default, and `upload`: per credential,
 * generously. `none`: probes and static files.
 */
export type RateClass = 'sign-in' | 'standard' | 'upload' | 'none'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; null when no credential was sent. Set before the body is read. */
    actor: Actor | null
  }
  interface FastifyContextConfig {
    access?: RouteAccess
    rateClass?: RateClass
    /** Milliseconds in which the body must have come in; 0 means that the route watches over its own body. */
    bodyDeadlineMs?: number
  }
}

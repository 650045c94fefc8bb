import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuditTrail } from '@packages/runtime/audit-trail'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Actor } from './authorization/actor.ts'
import type { RouteAudit } from './plugins/audit/outcome-of.ts'
import type { Action } from './authorization/can.ts'

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
 * How a route is limited. `sign-in`: strict, per address, and refused when nobody can count. `none`: probes and static
 * files. All others cost their caller what `rate-cost.ts` says; `standard`, the default, is `read` or `write` by its method.
 */
export type RateClass =
  | 'sign-in'
  | 'standard'
  | 'read'
  | 'list'
  | 'write'
  | 'upload'
  | 'download'
  | 'expensive'
  | 'none'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; null when no credential was sent. Set before the body is read. */
    actor: Actor | null
    /** What the audit log says of this request; null before the first hook. */
    trail: AuditTrail | null
  }
  interface FastifyContextConfig {
    access?: RouteAccess
    /** What callers need: a row of the permission table. Every `authenticated` route names one. */
    action?: Action
    rateClass?: RateClass
    /** Whether it counts as a request of the plan's month; true for authenticated routes that say nothing. */
    metered?: boolean
    audit?: RouteAudit
    /** Milliseconds in which the body must have come in; 0 means that the route watches over its own body. */
    bodyDeadlineMs?: number
    /** Its answer begins while its body still comes in. */
    answersWhileReading?: boolean
  }
}

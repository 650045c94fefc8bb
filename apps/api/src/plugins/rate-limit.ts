import type { RateLimitDecision, RateLimiter } from '@packages/runtime/rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiInstance } from '../api-instance.ts'
import type { Actor } from '../authorization/actor.ts'
import { addressKey } from './address-key.ts'
import { rateCost } from './rate-cost.ts'

/** One limiter for each kind of caller. All count within a minute; all but the first two count what requests cost. */
export type ApiRateLimiters = {
  /** Tries to log in, refresh or set up: per address; wrong passwords per address and account too. */
  login: RateLimiter
  /** Wrong passwords per account, from all addresses. */
  account: RateLimiter
  /** Requests without valid credentials, per address. */
  anonymous: RateLimiter
  /** Requests of one key or session. */
  credential: RateLimiter
  /** Requests of one user, by all of their keys and sessions. */
  user: RateLimiter
  /** Requests from one address with valid credentials, whosever they are. */
  address: RateLimiter
}

export type RateLimitName = keyof ApiRateLimiters

const WINDOW_SECONDS = 60

const isOff = ({ limit }: RateLimitDecision): boolean => limit === Number.MAX_SAFE_INTEGER

const secondsOf = ({ resetMs }: RateLimitDecision): number => Math.ceil(resetMs / 1000)

const policyOf = (name: RateLimitName, { limit }: RateLimitDecision): string =>
  `"${name}";q=${limit};w=${WINDOW_SECONDS}`

const standOf = (name: RateLimitName, decision: RateLimitDecision): string =>
  `"${name}";r=${decision.remaining};t=${secondsOf(decision)}`

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
export const rateLimitHeaders = (name: RateLimitName, decision: RateLimitDecision): Record<string, string> => ({
  'ratelimit-policy': policyOf(name, decision),
  ratelimit: standOf(name, decision),
  ...(decision.allowed ? {} : { 'retry-after': String(Math.max(1, secondsOf(decision))) }),
})

/**
 * Takes from one limit. @throws HoldfastError `rate_limited` with Retry-After
 * @returns the headers that tell the caller where the limit stands
 */
export const consumeRateLimit = async (
  limiters: ApiRateLimiters,
  name: RateLimitName,
  key: string,
  cost = 1,
): Promise<Record<string, string>> => {
  const decision = await limiters[name].consume(key, cost)
  const headers = rateLimitHeaders(name, decision)
  if (!decision.allowed) throw new HoldfastError('rate_limited', { headers })
  // A limit that is turned off has nothing to tell.
  return isOff(decision) ? {} : headers
}

const take = async (
  limiters: ApiRateLimiters,
  name: RateLimitName,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> => {
  const cost = name === 'login' ? 1 : rateCost(request)
  reply.headers(await consumeRateLimit(limiters, name, addressKey(request.ip), cost))
}

/**
 * Takes a cost from all limits of a caller at once: with Redis that is one round trip. Where one is used up the caller is told about that one, with the
 * longest wait. @throws HoldfastError `rate_limited` @returns the headers that tell the caller where the limits stand
 */
export const consumeOfCaller = async (
  limiters: ApiRateLimiters,
  { actor, ip, cost }: { actor: Actor; ip: string; cost: number },
): Promise<Record<string, string>> => {
  const keys = [
    ['credential', actor.apiKeyId ?? actor.sessionId ?? actor.userId],
    ['user', actor.userId],
    ['address', addressKey(ip)],
  ] as const
  const decisions = await Promise.all(keys.map(([name, key]) => limiters[name].consume(key, cost)))
  const on: [RateLimitName, RateLimitDecision][] = []
  for (const [index, [name]] of keys.entries()) {
    const decision = decisions[index] as RateLimitDecision
    if (!isOff(decision)) on.push([name, decision])
  }
  const [refused] = on.filter(([, { allowed }]) => !allowed).sort(([, a], [, b]) => b.resetMs - a.resetMs)
  if (refused !== undefined) throw new HoldfastError('rate_limited', { headers: rateLimitHeaders(...refused) })
  if (on.length === 0) return {}
  return {
    'ratelimit-policy': on.map(([name, decision]) => policyOf(name, decision)).join(', '),
    ratelimit: on.map(([name, decision]) => standOf(name, decision)).join(', '),
  }
}

/** Sign-in routes are limited before anything else is done for them. */
export const installSignInLimit = (app: ApiInstance, limiters: ApiRateLimiters): void => {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.rateClass === 'sign-in') await take(limiters, 'login', request, reply)
  })
}

/** After authentication: callers with a credential by that, all others by their address. */
export const installRateLimit = (app: ApiInstance, limiters: ApiRateLimiters): void => {
  app.addHook('onRequest', async (request, reply) => {
    const { rateClass } = request.routeOptions.config
    if (request.is404 || rateClass === 'sign-in' || rateClass === 'none') return
    const { actor } = request
    if (actor === null) return take(limiters, 'anonymous', request, reply)
    reply.headers(await consumeOfCaller(limiters, { actor, ip: request.ip, cost: rateCost(request) }))
  })
}

/** A refused credential counts as an anonymous request: guessing is limited like asking. */
export const countRefusal = async (limiters: ApiRateLimiters, request: FastifyRequest): Promise<void> => {
  await consumeRateLimit(limiters, 'anonymous', addressKey(request.ip))
}

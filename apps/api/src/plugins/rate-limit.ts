import type { RateLimitDecision, RateLimiter } from '@packages/runtime/rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiInstance } from '../api-instance.ts'
import { addressKey } from './address-key.ts'

/** One limiter for each kind of caller. All count within a minute. */
export type ApiRateLimiters = {
  /** Tries to log in, refresh or set up: per address; wrong passwords per address and account too. */
  login: RateLimiter
  /** Wrong passwords per account, from all addresses. */
  account: RateLimiter
  /** Requests without valid credentials, per address. */
  anonymous: RateLimiter
  /** Requests of one key or session. */
  credential: RateLimiter
}

export type RateLimitName = keyof ApiRateLimiters

const WINDOW_SECONDS = 60

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
export const rateLimitHeaders = (name: RateLimitName, decision: RateLimitDecision): Record<string, string> => {
  const seconds = Math.ceil(decision.resetMs / 1000)
  return {
    'ratelimit-policy': `"${name}";q=${decision.limit};w=${WINDOW_SECONDS}`,
    ratelimit: `"${name}";r=${decision.remaining};t=${seconds}`,
    ...(decision.allowed ? {} : { 'retry-after': String(Math.max(1, seconds)) }),
  }
}

/**
 * Takes one from a limit. @throws HoldfastError `rate_limited` with Retry-After
 * @returns the headers that tell the caller where the limit stands
 */
export const consumeRateLimit = async (
  limiters: ApiRateLimiters,
  name: RateLimitName,
  key: string,
): Promise<Record<string, string>> => {
  const decision = await limiters[name].consume(key)
  const headers = rateLimitHeaders(name, decision)
  if (!decision.allowed) throw new HoldfastError('rate_limited', { headers })
  // A limit that is turned off has nothing to tell.
  return decision.limit === Number.MAX_SAFE_INTEGER ? {} : headers
}

const take = async (
  limiters: ApiRateLimiters,
  name: RateLimitName,
  key: string,
  reply: FastifyReply,
): Promise<void> => {
  reply.headers(await consumeRateLimit(limiters, name, key))
}

/** Sign-in routes are limited before anything else is done for them. */
export const installSignInLimit = (app: ApiInstance, limiters: ApiRateLimiters): void => {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.rateClass === 'sign-in')
      await take(limiters, 'login', addressKey(request.ip), reply)
  })
}

/** After authentication: callers with a credential by that, all others by their address. */
export const installRateLimit = (app: ApiInstance, limiters: ApiRateLimiters): void => {
  app.addHook('onRequest', async (request, reply) => {
    const { rateClass = 'standard' } = request.routeOptions.config
    if (request.is404 || rateClass === 'sign-in' || rateClass === 'none') return
    const { actor } = request
    if (actor === null) return take(limiters, 'anonymous', addressKey(request.ip), reply)
    return take(limiters, 'credential', actor.apiKeyId ?? actor.sessionId ?? actor.userId, reply)
  })
}

/** A refused credential counts as an anonymous request: guessing is limited like asking. */
export const countRefusal = async (limiters: ApiRateLimiters, request: FastifyRequest): Promise<void> => {
  await consumeRateLimit(limiters, 'anonymous', addressKey(request.ip))
}

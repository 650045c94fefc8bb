import type { ApiRateLimiters, RateLimitName } from '@apps/api/plugins/rate-limit'
import { GATEWAY_CHANGES } from '@apps/api/gateway-changes'
import type { Config } from '@packages/runtime/config'
import { insuredRateLimiter, strictRateLimiter } from '@packages/runtime/insured-rate-limiter'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { type RateLimit, type RateLimiter, unlimited } from '@packages/runtime/rate-limiter'
import { createRedisRateLimiter } from '@packages/runtime/redis/redis-rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { SharedRedis } from './start-redis.ts'

const WINDOW_MS = 60_000

/** So many addresses it takes to keep a person from signing in by wrong passwords. */
const ADDRESSES_PER_ACCOUNT = 10

const RETRY_AFTER_SECONDS = '5'

const signInUnavailable = (cause: unknown): HoldfastError =>
  new HoldfastError('unavailable', {
    detail: 'Tries to sign in cannot be counted at the moment.',
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
    cause,
  })

/** In memory while Redis is lost: each process counts for itself then. */
export const insuredLimiter = (redis: SharedRedis | null, limit: RateLimit): RateLimiter => {
  const local = createMemoryRateLimiter(limit)
  if (redis === null) return local
  return insuredRateLimiter(createRedisRateLimiter(redis.connection, limit), local, () => redis.fallbacks++)
}

export const gatewayChangesLimiter = (redis: SharedRedis | null): RateLimiter => insuredLimiter(redis, GATEWAY_CHANGES)

/**
 * The API's limits, in Redis where there is one and else in this process's memory; 0 in the settings turns one off.
 * While Redis is lost, what keeps guesses at bay refuses everybody, and the others count in memory.
 */
export const apiRateLimiters = (rate: Config['limits']['rate'], redis: SharedRedis | null): ApiRateLimiters => {
  const strict = (name: RateLimitName, limit: number): RateLimiter => {
    if (limit === 0) return unlimited
    const options = { name, limit, windowMs: WINDOW_MS }
    if (redis === null) return createMemoryRateLimiter(options)
    return strictRateLimiter(createRedisRateLimiter(redis.connection, options), signInUnavailable)
  }
  const insured = (name: RateLimitName, limit: number): RateLimiter =>
    limit === 0 ? unlimited : insuredLimiter(redis, { name, limit, windowMs: WINDOW_MS })
  return {
    login: strict('login', rate.login),
    account: strict('account', rate.login * ADDRESSES_PER_ACCOUNT),
    anonymous: insured('anonymous', rate.anonymous),
    credential: insured('credential', rate.credential),
    user: insured('user', rate.user),
    address: insured('address', rate.address),
  }
}

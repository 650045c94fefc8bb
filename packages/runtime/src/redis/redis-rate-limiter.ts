import { hash } from 'node:crypto'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimit, RateLimitDecision, RateLimiter } from '../rate-limiter.ts'
import type { RedisConnection } from './redis-connection.ts'

/**
 * A limiter that all processes share: one round trip each time, none for a key that this process has seen refused.
 * Keys are hashed, for they name people (addresses, e-mail). Throws RedisUnavailable; see `insured-rate-limiter.ts`.
 */
export const createRedisRateLimiter = (
  connection: Pick<RedisConnection, 'client' | 'run'>,
  { name, limit, windowMs }: RateLimit,
): RateLimiter => {
  const limiter = new RateLimiterRedis({
    storeClient: connection.client,
    useRedisPackage: true,
    keyPrefix: `holdfast:limit:${name}`,
    points: limit,
    duration: windowMs / 1000,
    inMemoryBlockOnConsumed: limit + 1,
  })

  const taken = async (key: string, cost: number): Promise<{ state: RateLimiterRes; allowed: boolean }> => {
    try {
      return { state: await limiter.consume(key, cost), allowed: true }
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return { state: refused, allowed: false }
      throw refused
    }
  }

  return {
    async consume(key: string, cost = 1): Promise<RateLimitDecision> {
      const hashed = hash('sha256', key, 'base64url')
      const { state, allowed } = await connection.run(() => taken(hashed, cost))
      return {
        allowed,
        limit,
        remaining: allowed ? Math.max(0, limit - state.consumedPoints) : 0,
        resetMs: Math.max(0, Math.ceil(state.msBeforeNext)),
      }
    },
  }
}

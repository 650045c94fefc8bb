import type { RateLimiter } from './rate-limiter.ts'
import { RedisUnavailable } from './redis/redis-connection.ts'

/** Goes on with `local` while the shared limiter's Redis is lost: each process then counts for itself. */
export const insuredRateLimiter = (shared: RateLimiter, local: RateLimiter, onFallback: () => void): RateLimiter => ({
  async consume(key, cost) {
    try {
      return await shared.consume(key, cost)
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) throw error
      onFallback()
      return local.consume(key, cost)
    }
  },
})

/** Refuses with `refusal` while the shared limiter's Redis is lost: guessing must not become free. */
export const strictRateLimiter = (shared: RateLimiter, refusal: (cause: unknown) => Error): RateLimiter => ({
  async consume(key, cost) {
    try {
      return await shared.consume(key, cost)
    } catch (error) {
      throw error instanceof RedisUnavailable ? refusal(error) : error
    }
  },
})

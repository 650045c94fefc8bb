import { createHash } from 'node:crypto'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimit, RateLimitDecision, RateLimiter } from './rate-limiter.ts'

/** Buckets that keys share once a window has seen `maxKeys`: memory stays bounded, whoever makes up addresses. */
const SHARED_BUCKETS = 1_024

const sharedBucket = (key: string): string =>
  `shared:${createHash('sha256').update(key).digest().readUInt16LE() % SHARED_BUCKETS}`

/** A limiter in this process's memory. Keeps some 300 bytes a key, for `maxKeys` keys per window at most. */
export const createMemoryRateLimiter = (options: RateLimit & { maxKeys?: number }): RateLimiter => {
  const { name, limit, windowMs, maxKeys = 100_000 } = options
  const limiter = new RateLimiterMemory({ keyPrefix: name, points: limit, duration: windowMs / 1000 })
  let newKeys = 0
  let windowEnds = 0

  const bucketOf = async (key: string): Promise<string> => {
    if (newKeys < maxKeys) return key
    return (await limiter.get(key)) === null ? sharedBucket(key) : key
  }

  const taken = async (key: string, cost: number): Promise<RateLimiterRes> => {
    try {
      return await limiter.consume(key, cost)
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return refused
      throw refused
    }
  }

  return {
    async consume(key: string, cost = 1): Promise<RateLimitDecision> {
      const now = performance.now()
      if (now >= windowEnds) {
        newKeys = 0
        windowEnds = now + windowMs
      }
      const state = await taken(await bucketOf(key), cost)
      if (state.isFirstInDuration) newKeys++
      return {
        allowed: state.consumedPoints <= limit,
        limit,
        remaining: Math.max(0, limit - state.consumedPoints),
        resetMs: Math.max(0, Math.ceil(state.msBeforeNext)),
      }
    },
  }
}

import type { RateLimiter } from '@packages/runtime/rate-limiter'

/** What is counted against one key; `cost` is 1 by default. */
export type Count = { limiter: RateLimiter; key: string; cost?: number }

/**
 * Counts one after another, the narrowest first: who is refused uses nothing of anybody else's.
 * @returns milliseconds until there is quota again; undefined when nothing refuses
 */
export const countInTurn = async (counts: readonly Count[]): Promise<number | undefined> => {
  for (const { limiter, key, cost } of counts) {
    const decision = await limiter.consume(key, cost)
    if (!decision.allowed) return decision.resetMs
  }
  return undefined
}

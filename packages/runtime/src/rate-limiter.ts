/** One answer of a limiter. `resetMs` is the time until the whole limit is there again. */
export type RateLimitDecision = { allowed: boolean; limit: number; remaining: number; resetMs: number }

/**
 * Counts costs per key within a window that starts with a key's first cost. A key that was refused once stays refused
 * until its window ends. Implementations meet `packages/testkit/src/contracts/rate-limiter-contract.ts`.
 */
export type RateLimiter = {
  /** Takes `cost` (1 by default, a whole number ≥ 0) from the key's window. */
  consume(key: string, cost?: number): Promise<RateLimitDecision>
}

export type RateLimit = {
  /** Keeps the keys of one limiter apart from another's. */
  name: string
  limit: number
  windowMs: number
}

/** Allows everything: what a limit of 0 in the settings means. */
export const unlimited: RateLimiter = {
  consume: async () => ({
    allowed: true,
    limit: Number.MAX_SAFE_INTEGER,
    remaining: Number.MAX_SAFE_INTEGER,
    resetMs: 0,
  }),
}

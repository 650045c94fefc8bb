import type { ApiRateLimiters, RateLimitName } from '@apps/api/plugins/rate-limit'
import type { Config } from '@packages/runtime/config'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { type RateLimiter, unlimited } from '@packages/runtime/rate-limiter'

const WINDOW_MS = 60_000

/** The API's limits, in this process's memory; 0 in the settings turns one off. */
export const apiRateLimiters = (rate: Config['limits']['rate']): ApiRateLimiters => {
  const limiter = (name: RateLimitName): RateLimiter =>
    rate[name] === 0 ? unlimited : createMemoryRateLimiter({ name, limit: rate[name], windowMs: WINDOW_MS })
  return { login: limiter('login'), anonymous: limiter('anonymous'), credential: limiter('credential') }
}

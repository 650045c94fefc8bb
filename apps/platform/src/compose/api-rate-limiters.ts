import type { ApiRateLimiters, RateLimitName } from '@apps/api/plugins/rate-limit'
import type { Config } from '@packages/runtime/config'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { type RateLimiter, unlimited } from '@packages/runtime/rate-limiter'

const WINDOW_MS = 60_000

/** So many addresses it takes to keep a person from signing in by wrong passwords. */
const ADDRESSES_PER_ACCOUNT = 10

const limiter = (name: RateLimitName, limit: number): RateLimiter =>
  limit === 0 ? unlimited : createMemoryRateLimiter({ name, limit, windowMs: WINDOW_MS })

/** The API's limits, in this process's memory; 0 in the settings turns one off. */
export const apiRateLimiters = (rate: Config['limits']['rate']): ApiRateLimiters => ({
  login: limiter('login', rate.login),
  account: limiter('account', rate.login * ADDRESSES_PER_ACCOUNT),
  anonymous: limiter('anonymous', rate.anonymous),
  credential: limiter('credential', rate.credential),
})

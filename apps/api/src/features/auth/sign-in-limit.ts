import type { RateLimiter } from '@packages/runtime/rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { addressKey } from '../../plugins/address-key.ts'
import { type ApiRateLimiters, type RateLimitName, rateLimitHeaders } from '../../plugins/rate-limit.ts'

/** `email` as it is stored: trimmed and in lower case. */
export type SignInAttempt = { email: string; ipAddress: string }

type Count = { name: RateLimitName; limiter: RateLimiter; key: string }

/**
 * Limits wrong guesses at one account: few from one address, ten times as many from all together. What is right is not
 * counted, so that nobody locks a person out from one address, and no one who knows the password is slowed down.
 * Accounts that do not exist count alike.
 */
export class SignInLimit {
  readonly #limiters: ApiRateLimiters
  /** Guesses that are being checked: they count until it is known whether they were right. */
  readonly #pending = new Map<string, number>()

  constructor(limiters: ApiRateLimiters) {
    this.#limiters = limiters
  }

  /**
   * Makes the attempt unless the limit is reached, and counts it when it was wrong.
   * @throws HoldfastError `rate_limited` with Retry-After, and whatever the attempt throws, which is not counted
   */
  async guard<T extends { wrong: boolean }>(who: SignInAttempt, attempt: () => Promise<T>): Promise<T> {
    const { login, account } = this.#limiters
    const counts: Count[] = [
      { name: 'login', limiter: login, key: `account ${who.email} from ${addressKey(who.ipAddress)}` },
      { name: 'account', limiter: account, key: who.email },
    ]
    const ranked = counts.map((count) => ({ count, ahead: this.#enter(count.key) }))
    try {
      for (const { count, ahead } of ranked) await this.#refuseIfUsedUp(count, ahead)
      const result = await attempt()
      if (result.wrong) for (const { limiter, key } of counts) await limiter.consume(key)
      return result
    } finally {
      for (const { key } of counts) this.#settle(key)
    }
  }

  async #refuseIfUsedUp({ name, limiter, key }: Count, ahead: number): Promise<void> {
    const decision = await limiter.consume(key, 0)
    if (decision.allowed && decision.remaining > ahead) return
    throw new HoldfastError('rate_limited', { headers: rateLimitHeaders(name, { ...decision, allowed: false }) })
  }

  /** How many are being checked already. */
  #enter(key: string): number {
    const ahead = this.#pending.get(key) ?? 0
    this.#pending.set(key, ahead + 1)
    return ahead
  }

  #settle(key: string): void {
    const left = (this.#pending.get(key) ?? 0) - 1
    if (left > 0) this.#pending.set(key, left)
    else this.#pending.delete(key)
  }
}

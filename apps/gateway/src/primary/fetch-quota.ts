import type { RateLimiter } from '@packages/runtime/rate-limiter'
import type { Fetcher } from '../worker/network-question.ts'

export type QuotaOf = { fetches: RateLimiter; bytes: RateLimiter }

/** What may be fetched within a window of time: for one client, and by one gateway of an organization for all of its clients. */
export type FetchQuotaOptions = { client: QuotaOf; gate: QuotaOf }

/** Counts fetches and their bytes against everybody whom they are for. */
export class FetchQuota {
  readonly #options: FetchQuotaOptions

  constructor(options: FetchQuotaOptions) {
    this.#options = options
  }

  /**
   * Counts one fetch, which may not begin when bytes are used up either. Who is refused uses nothing of anybody else's.
   * @returns milliseconds until there is quota again; undefined when it may begin
   */
  async begin(who: Fetcher): Promise<number | undefined> {
    for (const { limits, key } of this.#of(who)) {
      const bytes = await limits.bytes.consume(key, 0)
      if (!bytes.allowed) return bytes.resetMs
      const fetches = await limits.fetches.consume(key)
      if (!fetches.allowed) return fetches.resetMs
    }
    return undefined
  }

  /** Counts bytes that have come. @returns as `begin`: what goes beyond is given to nobody */
  async charge(who: Fetcher, bytes: number): Promise<number | undefined> {
    let waitMs: number | undefined
    for (const { limits, key } of this.#of(who)) {
      const decision = await limits.bytes.consume(key, bytes)
      if (!decision.allowed) waitMs = Math.max(waitMs ?? 0, decision.resetMs)
    }
    return waitMs
  }

  /** The client first: one that is refused is not counted against the gateway. */
  #of({ client, gate }: Fetcher): { limits: QuotaOf; key: string }[] {
    const own = { limits: this.#options.client, key: client }
    return gate === null ? [own] : [own, { limits: this.#options.gate, key: gate }]
  }
}

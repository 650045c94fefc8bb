import type { RateLimiter } from '@packages/runtime/rate-limiter'
import { countInTurn } from './count-in-turn.ts'
import type { ClientNetworks } from './network-of.ts'

export type QuotaOf = { fetches: RateLimiter; bytes: RateLimiter }

/** What may be fetched within a window of time: for one client, for all clients of one IPv6 network that a customer may have, and by one gateway of an organization for all of its clients. */
export type FetchQuotaOptions = { client: QuotaOf; wider: QuotaOf; gate: QuotaOf }

/** Whom a fetch is counted against. */
export type Counted = ClientNetworks & { gate: string | null }

/** Counts fetches and their bytes against everybody whom they are for. */
export class FetchQuota {
  readonly #options: FetchQuotaOptions

  constructor(options: FetchQuotaOptions) {
    this.#options = options
  }

  /**
   * Counts one fetch, which may not begin when bytes are used up either.
   * @returns milliseconds until there is quota again; undefined when it may begin
   */
  async begin(who: Counted): Promise<number | undefined> {
    return countInTurn(
      this.#of(who).flatMap(({ limits, key }) => [
        { limiter: limits.bytes, key, cost: 0 },
        { limiter: limits.fetches, key },
      ]),
    )
  }

  /** Counts bytes that have come. @returns as `begin`: what goes beyond is given to nobody */
  async charge(who: Counted, bytes: number): Promise<number | undefined> {
    let waitMs: number | undefined
    for (const { limits, key } of this.#of(who)) {
      const decision = await limits.bytes.consume(key, bytes)
      if (!decision.allowed) waitMs = Math.max(waitMs ?? 0, decision.resetMs)
    }
    return waitMs
  }

  /** The narrowest first: who is refused is not counted against the others. */
  #of(who: Counted): { limits: QuotaOf; key: string }[] {
    return (['client', 'wider', 'gate'] as const).flatMap((kind) => {
      const key = who[kind]
      return key === null ? [] : [{ limits: this.#options[kind], key }]
    })
  }
}

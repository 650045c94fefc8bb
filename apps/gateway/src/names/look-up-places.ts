import { type RateLimiter, unlimited } from '@packages/runtime/rate-limiter'
import { ClientShares } from '../primary/client-shares.ts'
import { countInTurn } from '../primary/count-in-turn.ts'
import type { ClientNetworks } from '../primary/network-of.ts'
import type { NameFailure } from './name-question.ts'

/** What may be looked up elsewhere within a window of time: for one client, and for all clients of one IPv6 network that a customer may have. Domains and records count together. */
export type NameQuota = { client: RateLimiter; wider: RateLimiter }

export const NO_NAME_QUOTA: NameQuota = { client: unlimited, wider: unlimited }

/** For whom names that are kept here are asked for elsewhere, whoever came for them. No quota counts it: they are not a stranger's to invent. */
export const OURSELVES: ClientNetworks = { client: 'renewals', wider: null }

/** Look-ups at the same time. */
const AT_ONCE = { all: 64, client: 16, wider: 32 }
/** Who has no place: the client has as many as it may, or all are taken. */
export const REFUSED: Record<'client' | 'all', NameFailure> = {
  client: { failure: 'limited', detail: 'Too many names are being looked up for you.' },
  all: { failure: 'unavailable', detail: 'Too many names are being looked up.' },
}
const USED_UP = 'Too many names have been looked up for you.'

export type LookUpPlace = { release(): void }

/** Places for look-ups that leave this process: each client has so many at the same time, and so many within a window. */
export class LookUpPlaces {
  readonly #places = new ClientShares(AT_ONCE)
  readonly #quota: NameQuota

  constructor(quota: NameQuota) {
    this.#quota = quota
  }

  /** @returns a place to be given back, or why there is none. Who waits for one of their own uses no quota. */
  async take(who: ClientNetworks): Promise<LookUpPlace | NameFailure> {
    const place = this.#places.take(who)
    if (typeof place === 'string') return REFUSED[place]
    try {
      const retryAfterMs = await this.#count(who)
      if (retryAfterMs === undefined) return place
      place.release()
      return { failure: 'limited', detail: USED_UP, retryAfterMs }
    } catch (error) {
      place.release()
      throw error
    }
  }

  async #count(who: ClientNetworks): Promise<number | undefined> {
    if (who === OURSELVES) return undefined
    const { client, wider } = this.#quota
    return countInTurn([
      { limiter: client, key: who.client },
      ...(who.wider === null ? [] : [{ limiter: wider, key: who.wider }]),
    ])
  }
}

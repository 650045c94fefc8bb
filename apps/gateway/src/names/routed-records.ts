import { setTimeout as sleep } from 'node:timers/promises'
import { MAX_RECORD_BYTES } from '@packages/content/ipns/ipns-record'
import { isNewer, newestRecord, type Verified, verifiedOrNull } from '@packages/content/ipns/newest-record'
import type { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { ClientShares, type Place } from '../primary/client-shares.ts'
import type { ClientNetworks } from '../primary/network-of.ts'
import { LookUpPlaces, type NameQuota, NO_NAME_QUOTA, REFUSED } from './look-up-places.ts'
import type { NameFailure } from './name-question.ts'
import { newestAnswer } from './newest-answer.ts'
import { SharedLookUps } from './shared-look-ups.ts'

const IPNS_RECORD = 'application/vnd.ipfs.ipns-record'
/** Names are a stranger's to invent. */
const MAX_KNOWN = 10_000
const TIMEOUT_MS = 5_000
/** A walk through the DHT talks to dozens of peers. It is told to end, and what it has found by then counts; after the second time nobody waits for it. */
const WALK_MS = { ends: 9_000, most: 10_000 }
const WALKS_AT_ONCE = { all: 16, client: 4, wider: 8 }
const UNSURE: NameFailure = { failure: 'unavailable', detail: 'The routers of IPNS names do not answer.' }
/** After the first valid record; workers wait for 15 s altogether. */
const GRACE_MS = 2_000
const KEPT_MS = { default: 60_000, most: 3_600_000, nothing: 30_000 }

/** `undefined`: nobody has one. A failure: somebody who may have one could not be asked now, or not for this client. */
export type Routed = Buffer | undefined | NameFailure

export type RoutedRecordsOptions = {
  /** Of delegated routers, such as `https://delegated-ipfs.example.org`. */
  origins: readonly string[]
  outgoing: Pick<OutgoingCalls, 'call'>
  /** What peers of the DHT have for a name, not verified; null while there is nobody to ask. None by default. */
  dht?: FindInDht
  /** What clients may have looked up within a window; as much as they like by default. */
  quota?: NameQuota
  now?: () => number
  graceMs?: number
}

export type FindInDht = (key: string, signal: AbortSignal) => Promise<readonly Uint8Array[] | null>

/**
 * Records that others have, from delegated routers (Delegated Routing V1, `GET /routing/v1/ipns/{name}`) and the DHT. All are asked at once, and the newest of what the
 * name's key has signed counts; nothing else that anybody says is believed.
 */
export class RoutedRecords {
  readonly #options: RoutedRecordsOptions & { now: () => number; graceMs: number }
  readonly #known = new Map<string, { found: Routed; newest: Verified | undefined; until: number }>()
  readonly #shared = new SharedLookUps<Routed>()
  readonly #places: LookUpPlaces
  readonly #walks = new ClientShares(WALKS_AT_ONCE)

  constructor(options: RoutedRecordsOptions) {
    this.#options = { now: () => Date.now(), graceMs: GRACE_MS, ...options }
    this.#places = new LookUpPlaces(options.quota ?? NO_NAME_QUOTA)
  }

  /** Whether there is anybody to ask. */
  get asksOthers(): boolean {
    return this.#options.origins.length > 0 || this.#options.dht !== undefined
  }

  /**
   * @param key an IPNS name in canonical form
   * @param who for whom others are asked
   */
  async find(key: string, who: ClientNetworks): Promise<Routed> {
    const { now } = this.#options
    if (!this.asksOthers) return undefined
    const known = this.#known.get(key)
    if (known !== undefined && known.until > now()) return known.found
    return this.#shared.ask(key, who, () => {
      const walk = this.#options.dht === undefined ? undefined : this.#walks.take(who)
      // Nobody has less asked because of who came before.
      return { answer: this.#lookUp(key, who, walk), isShared: typeof walk !== 'string' }
    })
  }

  async #lookUp(key: string, who: ClientNetworks, walk: Place | undefined): Promise<Routed> {
    let isAsked = false
    try {
      const place = await this.#places.take(who)
      if ('failure' in place) return place
      isAsked = true
      return await this.#askAll(key, walk).finally(place.release)
    } finally {
      // A walk may go on when nobody waits for it any more.
      if (!isAsked && typeof walk === 'object') walk.release()
    }
  }

  /** @param walk where the DHT may be asked as well */
  async #askAll(key: string, walk: Place | undefined): Promise<Routed> {
    const { origins, dht, graceMs } = this.#options
    const asks = origins.map((origin) => this.#ask(origin, key))
    if (dht !== undefined && typeof walk === 'object') asks.push(this.#walk(dht, key).finally(walk.release))
    const onLater = (newer: Verified): void => {
      if (isNewer(newer, this.#known.get(key)?.newest)) this.#remember(key, newer.bytes, newer)
    }
    const answer = await newestAnswer(asks, { graceMs, onLater })
    const best = answer.best === undefined ? undefined : this.#notOlder(key, answer.best)
    if (best === undefined && typeof walk === 'string') return REFUSED[walk]
    const { isUnsure } = answer
    const found = best === undefined && isUnsure ? UNSURE : best?.bytes
    this.#remember(key, found, best)
    return found
  }

  /** What was in force stays so against an older one, which anybody can bring back who has kept it. */
  #notOlder(key: string, given: Verified): Verified {
    const before = this.#known.get(key)?.newest
    const isAlive = before !== undefined && before.record.validUntil > this.#options.now()
    return isAlive && isNewer(before, given) ? before : given
  }

  async #walk(dht: FindInDht, key: string): Promise<Verified | undefined> {
    const late = sleep(WALK_MS.most, 'late' as const, { ref: false })
    const values = await Promise.race([dht(key, AbortSignal.timeout(WALK_MS.ends)), late])
    if (values === 'late') throw new Error('the walk did not end')
    return values === null ? undefined : newestRecord(key, values, this.#options.now())
  }

  /** @returns undefined when the router has none, or none that is valid */
  async #ask(origin: string, key: string): Promise<Verified | undefined> {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const url = new URL(`/routing/v1/ipns/${key}`, origin).href
    const answer = await this.#options.outgoing.call(url, { headers: { accept: IPNS_RECORD }, signal })
    const type = answer.headers['content-type']?.toLowerCase() ?? ''
    if (answer.status >= 500 || answer.status === 429) {
      answer.cancel()
      throw new Error(`answered ${answer.status}`)
    }
    if (answer.status !== 200 || !type.startsWith(IPNS_RECORD)) {
      answer.cancel()
      return undefined
    }
    const bytes = Buffer.from(await answer.bytes())
    if (bytes.length > MAX_RECORD_BYTES) return undefined
    return verifiedOrNull(key, bytes, this.#options.now()) ?? undefined
  }

  #remember(key: string, found: Routed, newest: Verified | undefined): void {
    const now = this.#options.now()
    const said = newest?.record.ttl === undefined ? KEPT_MS.default : newest.record.ttl * 1_000
    const kept = newest === undefined ? KEPT_MS.nothing : Math.min(said, KEPT_MS.most, newest.record.validUntil - now)
    const last = newest ?? this.#known.get(key)?.newest
    this.#known.delete(key)
    this.#known.set(key, { found, newest: last, until: now + kept })
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest)
  }
}

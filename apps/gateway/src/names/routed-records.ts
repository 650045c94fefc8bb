import {
  compareIpnsRecords,
  InvalidIpnsRecord,
  type IpnsRecord,
  MAX_RECORD_BYTES,
} from '@packages/content/ipns/ipns-record'
import { verifyIpnsRecord } from '@packages/content/ipns/verify-ipns-record'
import type { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { parseCid } from '@packages/shared/cid'

const IPNS_RECORD = 'application/vnd.ipfs.ipns-record'
/** Names are a stranger's to invent. */
const MAX_KNOWN = 10_000
const MAX_ASKED = 64
const TIMEOUT_MS = 5_000
const KEPT_MS = { default: 60_000, most: 3_600_000, nothing: 30_000 }

/** `undefined`: no router has one. `unavailable`: none could be asked now. */
export type Routed = Buffer | undefined | 'unavailable'

export type RoutedRecordsOptions = {
  /** Of delegated routers, such as `https://delegated-ipfs.example.org`. */
  origins: readonly string[]
  outgoing: Pick<OutgoingCalls, 'call'>
  now?: () => number
}

type Verified = { bytes: Buffer; record: IpnsRecord }

/**
 * Records of names that this platform does not have, from delegated routers (Delegated Routing V1, `GET /routing/v1/ipns/{name}`).
 * All are asked, and the newest of what the name's key has signed counts; nothing else that a router says is believed.
 */
export class RoutedRecords {
  readonly #options: Required<RoutedRecordsOptions>
  readonly #known = new Map<string, { found: Routed; until: number }>()
  readonly #asked = new Map<string, Promise<Routed>>()

  constructor(options: RoutedRecordsOptions) {
    this.#options = { now: () => Date.now(), ...options }
  }

  /** @param key an IPNS name in canonical form */
  async find(key: string): Promise<Routed> {
    const { origins, now } = this.#options
    if (origins.length === 0) return undefined
    const known = this.#known.get(key)
    if (known !== undefined && known.until > now()) return known.found
    const asked = this.#asked.get(key)
    if (asked !== undefined) return asked
    if (this.#asked.size >= MAX_ASKED) return 'unavailable'
    const answer = this.#askAll(key).finally(() => this.#asked.delete(key))
    this.#asked.set(key, answer)
    return answer
  }

  async #askAll(key: string): Promise<Routed> {
    const answers = await Promise.all(this.#options.origins.map((origin) => this.#ask(origin, key).catch(() => null)))
    const records = answers.filter((answer) => answer !== null && answer !== undefined)
    const best = records.toSorted((a, b) => compareIpnsRecords(b.record, a.record))[0]
    // One that could not be asked may have it.
    const isUnsure = best === undefined && answers.includes(null)
    this.#remember(key, isUnsure ? 'unavailable' : best?.bytes, best?.record)
    return isUnsure ? 'unavailable' : best?.bytes
  }

  /** @returns undefined when the router has none, or none that is valid */
  async #ask(origin: string, key: string): Promise<Verified | undefined> {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const url = new URL(`/routing/v1/ipns/${key}`, origin).href
    const answer = await this.#options.outgoing.call(url, { headers: { accept: IPNS_RECORD }, signal })
    const type = answer.headers['content-type']?.toLowerCase() ?? ''
    if (answer.status >= 500) {
      answer.cancel()
      throw new Error(`answered ${answer.status}`)
    }
    if (answer.status !== 200 || !type.startsWith(IPNS_RECORD)) {
      answer.cancel()
      return undefined
    }
    const bytes = Buffer.from(await answer.bytes())
    if (bytes.length > MAX_RECORD_BYTES) return undefined
    try {
      return { bytes, record: verifyIpnsRecord(parseCid(key), bytes, this.#options.now()) }
    } catch (error) {
      if (error instanceof InvalidIpnsRecord) return undefined
      throw error
    }
  }

  #remember(key: string, found: Routed, record: IpnsRecord | undefined): void {
    const now = this.#options.now()
    const said = record?.ttl === undefined ? KEPT_MS.default : record.ttl * 1_000
    const kept = record === undefined ? KEPT_MS.nothing : Math.min(said, KEPT_MS.most, record.validUntil - now)
    this.#known.delete(key)
    this.#known.set(key, { found, until: now + kept })
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest)
  }
}

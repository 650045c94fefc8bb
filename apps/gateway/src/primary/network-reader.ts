import type { NetworkBlocks } from '@packages/content/block-sources/network-blocks'
import type { BlockCache } from '@packages/content/cache/block-cache'
import { DAG_LIMITS } from '@packages/content/dag/dag-limits'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { SparseLog } from '@packages/runtime/sparse-log'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { NetworkAnswer, NetworkQuestion } from '../worker/network-question.ts'
import { ClientShares } from './client-shares.ts'
import type { Counted, FetchQuota } from './fetch-quota.ts'
import { NetworkFigures } from './network-figures.ts'
import { networksOf } from './network-of.ts'
import { type RootFetches, SharedFetches } from './shared-fetches.ts'

/** What requests may have fetched from the network; each is one visit. */
export type FetchLimits = {
  /** Until the first byte of a response, and between blocks from then on. */
  timeoutMs: number
  /** A visit in all. */
  maxMs: number
  maxBytes: number
  maxBlocks: number
  /** Visits at the same time, and of one client. */
  atOnce: number
  atOncePerClient: number
}

export type NetworkReaderDeps = {
  network: NetworkBlocks
  limits: FetchLimits
  quota: Pick<FetchQuota, 'begin' | 'charge'>
  /** Where blocks are kept; null where this process may not write. */
  cache: Pick<BlockCache, 'get' | 'keep'> | null
  /** Whether nobody may read this root, by its canonical CID. */
  isWithheld(root: string): boolean
  logger: MinimalLogger
}

type Visit = {
  who: Counted
  ended: AbortController
  begunAt: number
  admitted: Promise<NetworkAnswer | undefined> | undefined
  /** Gives back what it counts for; idempotent. */
  leave(): void
  /** By root: a name or a page for what is not there may lead to another one. */
  fetches: Map<string, RootFetches>
  blocks: number
  bytes: number
}

/** More would come at once for nobody: a client that does not read does not ask either. */
const RETRY_MS = 1_000
/** All clients of one IPv6 /48 together have as much as so many. */
export const CLIENTS_OF_NETWORK = 4

/**
 * Fetches from the network for workers, in mode `open`: blocks one by one, as a response needs them, each visit within its limits and its client's quota.
 * What was fetched is kept; what is kept costs nothing. Knows nothing of private content, so that it is as any that nobody has.
 */
export class NetworkReader {
  readonly figures = new NetworkFigures()
  readonly #deps: NetworkReaderDeps
  readonly #shared: SharedFetches
  readonly #sparse = new SparseLog()
  /** By worker, and by its number for them. */
  readonly #visits = new Map<object, Map<number, Visit>>()
  /** Visits that fetch now. */
  readonly #places: ClientShares

  constructor(deps: NetworkReaderDeps) {
    const { atOnce: all, atOncePerClient: client } = deps.limits
    this.#deps = deps
    this.#places = new ClientShares({ all, client, wider: client * CLIENTS_OF_NETWORK })
    this.#shared = new SharedFetches(deps.network)
  }

  /** Visits that fetch now. */
  get running(): number {
    return this.#places.taken
  }

  /** Blocks that are wanted of the network now. */
  get wanted(): number {
    return this.#shared.wanted
  }

  async answer(worker: object, number: number, question: NetworkQuestion): Promise<NetworkAnswer> {
    // Before anything is waited for: it may be left at any time.
    const visit = this.#visit(worker, number, question)
    try {
      const cid = parseCid(question.cid)
      const kept = await this.#deps.cache?.get(cid)
      if (kept !== undefined) return blockOf(kept)
      const answer = await this.#fetch(visit, cid, question)
      this.figures.tell(answer)
      return answer
    } catch (err) {
      this.#sparse.tell('failed', (leftOut) =>
        this.#deps.logger.warn({ err, cid: question.cid, leftOut }, 'a block could not be fetched from the network'),
      )
      return { state: 'failed' }
    }
  }

  /** Its response has closed. */
  leave(worker: object, number: number): void {
    this.#visits.get(worker)?.get(number)?.leave()
    this.#visits.get(worker)?.delete(number)
  }

  /** The worker has gone. */
  leaveAll(worker: object): void {
    for (const visit of this.#visits.get(worker)?.values() ?? []) visit.leave()
    this.#visits.delete(worker)
  }

  stop(): void {
    for (const worker of this.#visits.keys()) this.leaveAll(worker)
  }

  #visit(worker: object, number: number, { client, gate }: NetworkQuestion): Visit {
    const visits = this.#visits.get(worker) ?? new Map<number, Visit>()
    this.#visits.set(worker, visits)
    const known = visits.get(number)
    if (known !== undefined) return known
    const ended = new AbortController()
    const visit: Visit = {
      who: { ...networksOf(client), gate },
      ended,
      begunAt: performance.now(),
      admitted: undefined,
      leave: () => ended.abort(),
      fetches: new Map(),
      blocks: 0,
      bytes: 0,
    }
    visits.set(number, visit)
    return visit
  }

  /** @returns why it may not fetch; undefined when it may */
  async #admit(visit: Visit): Promise<NetworkAnswer | undefined> {
    const { limits, quota } = this.#deps
    const place = this.#places.take(visit.who)
    if (place === 'client') return { state: 'quota', retryAfterMs: RETRY_MS }
    if (place === 'all') return { state: 'busy' }
    // Whatever becomes of its response: no place is held for longer.
    const timer = setTimeout(() => visit.leave(), limits.maxMs).unref()
    let isHere = true
    visit.leave = () => {
      visit.ended.abort()
      if (!isHere) return
      isHere = false
      clearTimeout(timer)
      for (const fetches of visit.fetches.values()) fetches.release()
      this.figures.tellVisit(performance.now() - visit.begunAt)
      place.release()
    }
    const waitMs = await quota.begin(visit.who)
    return waitMs === undefined ? undefined : { state: 'quota', retryAfterMs: waitMs }
  }

  /** A visit that has been left wants nothing any more, and nobody would release it. */
  #fetchesOf(visit: Visit, root: CID): RootFetches | undefined {
    if (visit.ended.signal.aborted) return undefined
    const key = canonicalCid(root)
    const fetches = visit.fetches.get(key) ?? this.#shared.use(root)
    visit.fetches.set(key, fetches)
    return fetches
  }

  async #fetch(visit: Visit, cid: CID, question: NetworkQuestion): Promise<NetworkAnswer> {
    const { limits, cache, quota } = this.#deps
    const root = parseCid(question.root)
    if (visit.ended.signal.aborted) return { state: 'limit' }
    visit.admitted ??= this.#admit(visit)
    const refused = await visit.admitted
    if (refused !== undefined) return refused
    if (++visit.blocks > limits.maxBlocks) return { state: 'limit' }
    const late = AbortSignal.timeout(Math.ceil(Math.min(question.waitMs, limits.timeoutMs)))
    const signal = AbortSignal.any([visit.ended.signal, late])
    let bytes: Uint8Array | null | undefined
    try {
      const fetches = this.#fetchesOf(visit, root)
      bytes = await (this.#mayAsk(root, cid, question) ? fetches?.get(cid, signal) : fetches?.wait(signal))
    } catch (error) {
      if (late.aborted) return { state: 'late' }
      if (visit.ended.signal.aborted) return { state: 'limit' }
      throw error
    }
    if (bytes == null) return { state: 'failed' }
    this.figures.tellBlock(bytes.length)
    if (bytes.length > DAG_LIMITS.maxBlockBytes) return { state: 'limit' }
    cache?.keep(cid, bytes)
    visit.bytes += bytes.length
    if (visit.bytes > limits.maxBytes) return { state: 'limit' }
    const waitMs = await quota.charge(visit.who, bytes.length)
    return waitMs === undefined ? blockOf(bytes) : { state: 'quota', retryAfterMs: waitMs }
  }

  /** What is withheld is nowhere to be had where our own nodes would be asked for it. */
  #mayAsk(root: CID, cid: CID, { withheld }: NetworkQuestion): boolean {
    const { network, isWithheld } = this.#deps
    return !network.asksOwnNodes || !(withheld || [root, cid].some((one) => isWithheld(canonicalCid(one))))
  }
}

const blockOf = ({ buffer, byteOffset, length }: Uint8Array): NetworkAnswer => ({
  state: 'block',
  bytes: Buffer.from(buffer, byteOffset, length).toString('base64'),
})

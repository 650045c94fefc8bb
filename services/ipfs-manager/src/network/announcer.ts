import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { parseCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { RepeatingTask } from '../repeating-task.ts'
import { AnnounceQueue } from './announce-queue.ts'
import type { DhtRouting } from './dht-routing.ts'

export type AnnouncerDeps = {
  db: Pick<Database, 'kysely'>
  /** The own store's node, whose copies are announced. */
  nodeId: string
  /** Null while there is no network to be told. */
  routing(): Promise<Pick<DhtRouting, 'obstacle' | 'provide' | 'forget'> | null>
  /** What peers would get of us: nothing else is announced. */
  served: { sizeOf(cid: CID): number | undefined }
  logger: MinimalLogger
  settings?: Partial<AnnouncerSettings>
}

export type AnnouncerSettings = {
  perSecond: number
  /** Records of the DHT are kept for 48 hours. */
  againAfterMs: number
  everyMs: number
}

const HOUR_MS = 60 * 60_000
const DEFAULTS: AnnouncerSettings = { perSecond: 2, againAfterMs: 20 * HOUR_MS, everyMs: 2_000 }
const BATCH = 200
const AT_ONCE = 4
/** For the walk to the closest peers and for telling them. */
const PROVIDE_MS = 60_000
const AFTER_FAILURE_MS = 60_000
const NOT_SERVED_MS = 10 * 60_000
/** That many in a row that nobody took: the network is away. */
const MAX_FAILURES = 8
const FORGET_EVERY_MS = 10 * 60_000
const FORGET_PAGE = 1_000

/**
 * Tells the network which public contents are here: the roots, each once and again before its record expires, never faster than `perSecond`. What is to
 * be told stands in the rows of the copies; a restart loses nothing. What is withheld or released is not told any more.
 */
export class Announcer implements Service {
  readonly name = 'announcer'
  readonly stopTimeoutMs = 2_000
  readonly #deps: AnnouncerDeps
  readonly #settings: AnnouncerSettings
  readonly #queue: AnnounceQueue
  readonly #tasks: RepeatingTask[]
  /** What this process has told: of what is gone the own records are taken back. */
  readonly #told = new Set<string>()
  #nextAt = 0

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps
    this.#settings = { ...DEFAULTS, ...deps.settings }
    this.#queue = new AnnounceQueue(deps)
    const { logger } = deps
    const { everyMs } = this.#settings
    this.#tasks = [
      new RepeatingTask({ name: 'announce', everyMs, run: (signal) => this.run(signal), logger }),
      new RepeatingTask({ name: 'take records back', everyMs: FORGET_EVERY_MS, run: () => this.forget(), logger }),
    ]
  }

  async start(): Promise<void> {
    for (const task of this.#tasks) task.start()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#tasks.map((task) => task.stop()))
  }

  /** How many roots wait, and for how long the first one has. */
  figures(): Promise<{ queued: number; lagSeconds: number | null }> {
    return this.#queue.figures()
  }

  /** The same for operators, and why nothing is announced while that is so. */
  async report(): Promise<{ queued: number; lagSeconds: number | null; obstacle: string | null }> {
    const routing = await this.#deps.routing()
    const obstacle = routing === null ? 'The node is not up.' : routing.obstacle
    return { ...(await this.figures()), obstacle }
  }

  /** Announces what is due, until nothing is or the network is away. */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const routing = await this.#deps.routing()
      if (routing === null || routing.obstacle !== null || signal.aborted) return
      const due = inKeyOrder(await this.#queue.due(BATCH))
      let failures = 0
      const worker = async (): Promise<void> => {
        for (let next = due.pop(); next !== undefined; next = due.pop()) {
          if (signal.aborted || failures >= MAX_FAILURES) return
          failures = (await this.#announce(next, routing, signal)) ? 0 : failures + 1
        }
      }
      const isFull = due.length === BATCH
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      if (!isFull || failures >= MAX_FAILURES) return
    }
  }

  /** Takes the own records of what is not announced any more back. */
  async forget(): Promise<void> {
    const routing = await this.#deps.routing()
    if (routing === null) return
    const told = [...this.#told]
    for (let at = 0; at < told.length; at += FORGET_PAGE) {
      const page = told.slice(at, at + FORGET_PAGE)
      const live = await this.#queue.live(page)
      for (const cid of page)
        if (!live.has(cid) || this.#deps.served.sizeOf(parseCid(cid)) === undefined) await this.#takeBack(cid, routing)
    }
  }

  /** False when nobody took it. */
  async #announce(
    { contentId, cid }: { contentId: string; cid: string },
    routing: NonNullable<Awaited<ReturnType<AnnouncerDeps['routing']>>>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const root = parseCid(cid)
    if (this.#deps.served.sizeOf(root) === undefined) {
      await this.#queue.postpone(contentId, NOT_SERVED_MS)
      await this.#takeBack(cid, routing)
      return true
    }
    if (!(await this.#turn(signal))) return true
    const told = await routing.provide(root, AbortSignal.any([signal, AbortSignal.timeout(PROVIDE_MS)]))
    if (told === 0) {
      if (!signal.aborted) await this.#queue.postpone(contentId, AFTER_FAILURE_MS)
      return false
    }
    this.#told.add(cid)
    await this.#queue.announced(contentId, this.#settings.againAfterMs)
    this.#deps.logger.debug({ cid, peers: told }, 'a root was announced')
    return true
  }

  async #takeBack(cid: string, routing: Pick<DhtRouting, 'forget'>): Promise<void> {
    if (this.#told.delete(cid)) await routing.forget(parseCid(cid))
  }

  /** One after another, so that bursts of uploads are no bursts in the network. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    const now = performance.now()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + 1_000 / this.#settings.perSecond
    if (at > now) await sleep(at - now, undefined, { signal, ref: false }).catch(() => undefined)
    return !signal.aborted
  }
}

/** Neighbours in the DHT are told one after another: the same peers keep them. */
const inKeyOrder = <R extends { cid: string }>(roots: readonly R[]): R[] => {
  const keyOf = ({ cid }: R): string => createHash('sha256').update(parseCid(cid).multihash.bytes).digest('hex')
  return roots
    .map((root) => ({ root, key: keyOf(root) }))
    .sort((one, other) => (one.key < other.key ? 1 : -1))
    .map(({ root }) => root)
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@packages/db/open-database'
import { PINS_CHANNEL } from '@packages/db/pins/fetch-rows'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { planFetches } from './fetch-plan.ts'
import { FetchQueue } from './fetch-queue.ts'
import type { FetchLimits, PinBackend, WantedRoot } from './pin-backend.ts'
import { placeCopies, type PlacementNode } from './replication/placement.ts'
import { readUsableNodes } from './replication/usable-nodes.ts'
import type { RetryLimits } from './retry-plan.ts'
import type { RootLocks } from './root-locks.ts'
import { FetchCancelled, FetchInterrupted, type IsDenied, runFetch } from './run-fetch.ts'

export type PinLoopSettings = {
  /** Fetches at once. */
  slots: number
  limits: FetchLimits
  /** How often it is looked whether those who wait can still keep what a fetch brings. */
  quotaEveryMs: number
  /** How long a content is looked for; then its pins have failed until somebody asks again. */
  retry: RetryLimits
  leaseMs: number
  /** How often to look when no NOTIFY came. */
  pollMs: number
  /** Fetches that begin in a second: a hundred thousand that nobody has must not take the processor from those who pin them. */
  startsPerSecond: number
}

export type PinLoopDeps = {
  db: Database
  backend: PinBackend
  locks: RootLocks
  logger: MinimalLogger
  isDenied?: IsDenied
  settings?: Partial<PinLoopSettings>
}

const MINUTE_MS = 60_000
const DEFAULTS: PinLoopSettings = {
  slots: 64,
  limits: { maxMs: 60 * MINUTE_MS, stallMs: MINUTE_MS, maxBytes: 2 ** 40, maxBlocks: 4_000_000, maxDepth: 100_000 },
  quotaEveryMs: 10_000,
  retry: { giveUpMs: 24 * 60 * MINUTE_MS },
  leaseMs: 30_000,
  pollMs: 1_000,
  startsPerSecond: 200,
}
/** Pins that come at once are looked for at once: each look asks the database three times. */
const GAP_MS = 50
/** Nodes are not asked before each fetch. */
const NODES_KEPT_MS = 2_000

type Running = { organizationId: string; controller: AbortController; done: Promise<void> }

/**
 * Makes wanted content held: takes due fetches in turn of their organizations and runs each on a node, renews their leases, and calls those off that nobody
 * waits for any more. What is to be done stands in the database alone; a process that dies loses nothing but its tries.
 */
export class PinLoop implements Service {
  readonly name = 'pin-loop'
  readonly stopTimeoutMs = 2_000
  readonly #deps: PinLoopDeps
  readonly #settings: PinLoopSettings
  readonly #queue: FetchQueue
  readonly #running = new Map<string, Running>()
  readonly #servedAt = new Map<string, number>()
  readonly #stop = new AbortController()
  #serving = 0
  #tookBackAt = Number.NEGATIVE_INFINITY
  #awake = Promise.withResolvers<void>()
  #loop: Promise<void> | undefined
  #unlisten: (() => Promise<void>) | undefined
  #nodes: { at: number; known: Promise<PlacementNode[]> } | undefined

  constructor(deps: PinLoopDeps) {
    this.#deps = deps
    this.#settings = { ...DEFAULTS, ...deps.settings }
    this.#queue = new FetchQueue({ db: deps.db, leaseMs: this.#settings.leaseMs })
  }

  async start(): Promise<void> {
    this.#unlisten = await this.#deps.db.listen(PINS_CHANNEL, () => this.wake())
    this.#loop = this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.wake()
    await this.#unlisten?.()
    await this.#loop
    for (const { controller } of this.#running.values()) controller.abort(new FetchInterrupted('the platform stops'))
    await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  /** Looks now. */
  wake(): void {
    this.#awake.resolve()
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#awake = Promise.withResolvers()
      let isFull = false
      const looked = performance.now()
      try {
        isFull = await this.#turn()
      } catch (error) {
        if (!this.#stop.signal.aborted) this.#deps.logger.warn({ err: error }, 'the pin loop failed; it looks again')
      }
      const early = Math.max(1, GAP_MS - (performance.now() - looked))
      await sleep(early, undefined, { signal: this.#stop.signal }).catch(() => undefined)
      if (isFull) continue
      const timer = setTimeout(() => this.wake(), this.#settings.pollMs)
      await this.#awake.promise
      clearTimeout(timer)
    }
  }

  /** True when there may be more to take at once. */
  async #turn(): Promise<boolean> {
    await this.#keepLeases()
    await this.#takeBack()
    const { slots, startsPerSecond } = this.#settings
    const free = Math.min(slots - this.#running.size, Math.ceil((startsPerSecond * GAP_MS) / 1_000))
    if (free <= 0) return false
    const due = await this.#queue.due(free)
    if (due.length === 0) return false
    const plan = planFetches({ slots, running: this.#counts(), due, servedAt: this.#servedAt }).slice(0, free)
    const taken = new Map(
      (await this.#queue.take(plan.map(({ contentId }) => contentId))).map((one) => [one.contentId, one]),
    )
    for (const { contentId, organizationId } of plan) {
      const taking = taken.get(contentId)
      if (taking === undefined) continue
      this.#servedAt.set(organizationId, ++this.#serving)
      const controller = new AbortController()
      const deps = { ...this.#deps, ...this.#settings, queue: this.#queue, nodeFor: this.#nodeFor }
      const done = runFetch(deps, taking, controller.signal).then(() => {
        this.#running.delete(contentId)
        this.wake()
      })
      this.#running.set(contentId, { organizationId, controller, done })
    }
    return taken.size > 0 && !this.#stop.signal.aborted
  }

  /** What others have left behind has waited for a lease: that each notification looks for it would bring it no sooner. */
  async #takeBack(): Promise<void> {
    const now = performance.now()
    if (now - this.#tookBackAt < this.#settings.pollMs) return
    await this.#queue.takeBack()
    this.#tookBackAt = now
  }

  /** Also how a fetch that nobody waits for any more is met: its row is gone, and so is its lease. */
  async #keepLeases(): Promise<void> {
    const ids = [...this.#running.keys()]
    const ours = await this.#queue.renew(ids)
    for (const id of ids)
      if (!ours.has(id)) this.#running.get(id)?.controller.abort(new FetchCancelled('nobody waits for it any more'))
  }

  #counts(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { organizationId } of this.#running.values())
      counts.set(organizationId, (counts.get(organizationId) ?? 0) + 1)
    return counts
  }

  readonly #nodeFor = async (
    { contentId, network }: WantedRoot,
    zones: readonly string[],
  ): Promise<string | undefined> => {
    const now = performance.now()
    if (this.#nodes === undefined || now - this.#nodes.at > NODES_KEPT_MS)
      this.#nodes = { at: now, known: readUsableNodes(this.#deps, this.#stop.signal) }
    const nodes = await this.#nodes.known.catch(() => [])
    // A platform that has private nodes alone keeps everything there.
    const isOnlyPrivate = nodes.every((node) => node.network === 'private')
    const wish = {
      contentId,
      network: isOnlyPrivate ? 'private' : network,
      size: 0,
      copies: 1,
      zones,
      holders: [],
    } as const
    return placeCopies(wish, nodes).nodeIds[0]
  }
}

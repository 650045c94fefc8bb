import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { ElapsedTime } from '../elapsed-time.ts'
import { collectDueGarbage } from '../garbage/collect-garbage.ts'
import { endMoved, verifyCopies } from '../moving/verify-copies.ts'
import { collectNodeOrphans } from '../orphans/collect-node-orphans.ts'
import { IdleRest } from '../idle-rest.ts'
import type { FetchLimits, PinBackend } from '../pin-backend.ts'
import { RepeatingTask } from '../repeating-task.ts'
import type { RootLocks } from '../root-locks.ts'
import type { StoreGate } from '../store-gate.ts'
import { forgetOwnPlace } from './forget-own-place.ts'
import { assignCopies } from './assign-copies.ts'
import { copyReplica } from './copy-replica.ts'
import { type DueReplica, renewReplicas, takeDueReplicas } from './due-replicas.ts'
import { releaseSurplus } from './release-surplus.ts'
import { NodeChecks } from './node-checks.ts'
import { watchNodes } from './node-watch.ts'
import { drainNodes } from './drain-nodes.ts'
import { releaseReplicas } from './release-replicas.ts'
import { readUpNodes } from './usable-nodes.ts'

export type ReplicationSettings = {
  limits: FetchLimits
  /** How often nodes are asked how they are, and after how long a silence they are down. */
  watchEveryMs: number
  downAfterMs: number
  /** How often each node is asked about every copy that it has. */
  checkEveryMs: number
  /** How often it is looked whether there is something to copy or to release. */
  everyMs: number
  /** How often it is looked whether a node has garbage that is due. */
  garbageEveryMs: number
  /** How often nodes are looked through for pins of ours that no row owns. */
  orphansEveryMs: number
  /** What the own store needs to let go of a copy (`OwnSpace`); null where it never does. */
  leastOnNodes: number | null
}

export type ReplicationLoopDeps = {
  db: Database
  backend: PinBackend
  store: Pick<BlockStore, 'hasRoot' | 'reader'>
  /** The own store's node. */
  nodeId: string
  locks: RootLocks
  gate: StoreGate
  logger: MinimalLogger
  settings?: Partial<ReplicationSettings>
}

const MINUTE_MS = 60_000
const DEFAULTS: ReplicationSettings = {
  limits: { maxMs: 60 * MINUTE_MS, stallMs: MINUTE_MS, maxBytes: 2 ** 40, maxBlocks: 4_000_000, maxDepth: 100_000 },
  watchEveryMs: 5_000,
  downAfterMs: 15_000,
  checkEveryMs: MINUTE_MS,
  everyMs: 1_000,
  garbageEveryMs: MINUTE_MS,
  orphansEveryMs: 60 * MINUTE_MS,
  leastOnNodes: null,
}
/** Copies at once on one node. */
const PER_NODE = 8

/** Keeps as many copies of held content as are wished for, on nodes that say themselves that they have them, and takes those away that nobody needs. */
export class ReplicationLoop implements Service {
  readonly name = 'replication'
  readonly stopTimeoutMs = 2_000
  readonly #deps: ReplicationLoopDeps
  readonly #settings: ReplicationSettings
  readonly #running = new Map<string, { copy: DueReplica; controller: AbortController; done: Promise<void> }>()
  readonly #elapsed = new ElapsedTime()
  readonly #stopping = new AbortController()
  /** Nodes for which copies are being taken now, and those that had more than there was room for. */
  readonly #taking = new Set<string>()
  readonly #hasMore = new Set<string>()
  readonly #checks: NodeChecks
  readonly #tasks: RepeatingTask[]

  constructor(deps: ReplicationLoopDeps) {
    this.#deps = deps
    const settings = { ...DEFAULTS, ...deps.settings }
    this.#settings = settings
    const { logger } = deps
    this.#checks = new NodeChecks({ ...deps, doubtAfterMs: settings.checkEveryMs + settings.downAfterMs })
    const task = (name: string, everyMs: number, run: (signal: AbortSignal) => Promise<void>) =>
      new RepeatingTask({ name, everyMs, run, logger })
    const verifying = new IdleRest()
    this.#tasks = [
      task('watch nodes', settings.watchEveryMs, (signal) => this.watch(signal)),
      task('check copies', settings.checkEveryMs, (signal) => this.check(signal)),
      task('replicate', settings.everyMs, (signal) => this.turn(signal)),
      task('verify copies of what moves', settings.everyMs, (signal) => verifying.run(() => this.verify(signal))),
      task('collect garbage', settings.garbageEveryMs, async (signal) => void (await this.collectGarbage(signal))),
      task('collect orphans of nodes', settings.orphansEveryMs, (signal) => this.collectOrphans(signal)),
    ]
  }

  async start(): Promise<void> {
    if (this.#deps.backend.kind === 'kubo') await forgetOwnPlace(this.#deps)
    for (const task of this.#tasks) task.start(0)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    const running = [...this.#running.values()]
    for (const { controller } of running) controller.abort(new Error('the platform stops'))
    await Promise.all([
      ...this.#tasks.map((task) => task.stop()),
      this.#checks.stop(),
      ...running.map(({ done }) => done),
    ])
  }

  /** What a node that has come back says of its copies comes before anything else is believed of it. */
  async watch(signal: AbortSignal): Promise<void> {
    const back = await watchNodes({ ...this.#deps, ...this.#settings }, signal)
    await this.#checks.run(back, signal)
  }

  /** The own store has a check of its own, which knows how to mend. What is too many then, goes. */
  async check(signal: AbortSignal): Promise<void> {
    const nodes = await this.#otherNodes()
    await this.#checks.run(nodes, signal)
    if (nodes.length === 0) return
    await endMoved(this.#deps)
    await releaseSurplus({ ...this.#deps, ...this.#settings }, signal)
  }

  /** Assigns, copies and releases what is due; copies go on behind. */
  async turn(signal: AbortSignal): Promise<void> {
    const nodes = await readUpNodes(this.#deps)
    if (nodes.every((id) => id === this.#deps.nodeId)) return
    await this.#keepLeases()
    while ((await assignCopies(this.#deps)).isFull && !signal.aborted);
    for (const nodeId of nodes) await this.#copyTo(nodeId, signal)
    await drainNodes(this.#deps, signal)
    await releaseReplicas({ ...this.#deps, ownNodeId: this.#deps.nodeId }, signal)
  }

  /** Reads back what has been copied to where contents move. @returns how many copies are whole */
  async verify(signal: AbortSignal): Promise<number> {
    return (await this.#otherNodes()).length === 0 ? 0 : verifyCopies(this.#deps, signal)
  }

  /** Gives space back on nodes where something was released. @returns bytes, by node */
  collectGarbage(signal: AbortSignal): Promise<Map<string, number>> {
    return collectDueGarbage(this.#deps, signal)
  }

  /** Lets pins go that carry our label and have waited for an owner long enough. */
  async collectOrphans(signal: AbortSignal): Promise<void> {
    const elapsedMs = this.#elapsed.take()
    if (!this.#deps.gate.isOpen()) return
    for (const nodeId of await this.#otherNodes()) await collectNodeOrphans(this.#deps, nodeId, elapsedMs, signal)
  }

  async #otherNodes(): Promise<string[]> {
    return (await readUpNodes(this.#deps)).filter((id) => id !== this.#deps.nodeId)
  }

  async #copyTo(nodeId: string, signal: AbortSignal): Promise<void> {
    const room = PER_NODE - [...this.#running.values()].filter(({ copy }) => copy.nodeId === nodeId).length
    if (room <= 0 || signal.aborted || this.#taking.has(nodeId)) return
    this.#taking.add(nodeId)
    try {
      const due = await takeDueReplicas(this.#deps, nodeId, room)
      if (due.length === room) this.#hasMore.add(nodeId)
      else this.#hasMore.delete(nodeId)
      for (const copy of due) this.#copy(copy)
    } finally {
      this.#taking.delete(nodeId)
    }
  }

  #copy(copy: DueReplica): void {
    const { contentId, nodeId } = copy
    const key = `${contentId} ${nodeId}`
    if (this.#running.has(key)) return
    const controller = new AbortController()
    if (this.#stopping.signal.aborted) controller.abort(new Error('the platform stops'))
    const done = copyReplica({ ...this.#deps, ...this.#settings }, copy, controller.signal).then(async () => {
      this.#running.delete(key)
      // Thousands that are due are not made some a second.
      if (this.#hasMore.has(nodeId)) await this.#copyTo(nodeId, this.#stopping.signal)
    })
    this.#running.set(key, {
      copy,
      controller,
      done: done.catch((error: unknown) => this.#deps.logger.warn({ err: error, nodeId }, 'no further copy was taken')),
    })
  }

  async #keepLeases(): Promise<void> {
    const running = [...this.#running.entries()]
    const ours = await renewReplicas(
      this.#deps,
      running.map(([, { copy }]) => copy),
    )
    const kept = new Set(ours.map(({ contentId, nodeId }) => `${contentId} ${nodeId}`))
    for (const [key, { controller }] of running)
      if (!kept.has(key)) controller.abort(new Error('the copy is not needed any more'))
  }
}

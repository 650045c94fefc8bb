import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseServer } from './database-server.ts'
import type { NodePool } from './node-pool.ts'
import { type LieBounds, LieTimes } from './lie-times.ts'
import { liesIn, readListed, readTold } from './truth.ts'

const LOOK_MS = 300
/** Until the rows and the nodes can be looked at again. */
const ANSWER_MS = 30_000

export type TruthWatchDeps = { database: DatabaseServer; pool: NodePool; bounds: LieBounds; onLie(lie: string): void }

/**
 * Looks all the time whether what the platform tells is so. What is not so for longer than it may take to be noticed is a lie. While the platform or its
 * database is not there nobody is told anything: then it begins anew.
 */
export class TruthWatch {
  readonly #deps: TruthWatchDeps
  readonly #times: LieTimes
  readonly #ended = new AbortController()
  readonly #running: Promise<void>
  #isSuspended = false
  /** How often it could look. */
  looks = 0

  constructor(deps: TruthWatchDeps) {
    this.#deps = deps
    this.#times = new LieTimes(deps.bounds)
    this.#running = this.#run()
  }

  /** Nobody is there who could notice anything. */
  suspend(): void {
    this.#isSuspended = true
  }

  resume(): void {
    this.#times.forget()
    this.#isSuspended = false
  }

  /** Resolves when all that is told is so, or has become a lie. */
  async settled(): Promise<void> {
    for (;;) {
      const looks = this.looks
      for (const end = performance.now() + ANSWER_MS; this.looks < looks + 2; await sleep(LOOK_MS / 3))
        if (performance.now() > end) throw new Error('the rows or the nodes could not be looked at')
      if (!this.#times.isOpen) return
    }
  }

  async end(): Promise<void> {
    this.#ended.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      if (!this.#isSuspended)
        // Without its database the platform tells nothing either.
        await this.#look().catch(() => this.#times.forget())
      await sleep(LOOK_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined)
    }
  }

  async #look(): Promise<void> {
    // Rows first: a copy that goes has left its row before it leaves its node.
    const told = await readTold(this.#deps.database)
    const lies = liesIn(told, await readListed(this.#deps.pool))
    if (this.#isSuspended) return
    for (const lie of this.#times.look(lies, performance.now())) this.#deps.onLie(lie)
    this.looks += 1
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseServer } from './database-server.ts'
import type { NodePool } from './node-pool.ts'
import { liesIn, readListed, readTold } from './truth.ts'

const LOOK_MS = 300
/** A node is down after 15 s of silence, which is asked for each second here (`hasten-checks.ts`); a slow machine may take its time. */
const SILENT_MS = 30_000
/** Copies are checked each second here, and each minute elsewhere. */
const ABSENT_MS = 12_000

/**
 * Looks all the time whether what the platform tells is so. What is not so for longer than it may take to be noticed is a lie. While the platform or its
 * database is not there nobody is told anything: then it begins anew.
 */
export class TruthWatch {
  readonly #deps: { database: DatabaseServer; pool: NodePool; onLie(lie: string): void }
  readonly #since = new Map<string, number>()
  readonly #told = new Set<string>()
  readonly #ended = new AbortController()
  readonly #running: Promise<void>
  #isSuspended = false
  /** How often it could look. */
  looks = 0

  constructor(deps: { database: DatabaseServer; pool: NodePool; onLie(lie: string): void }) {
    this.#deps = deps
    this.#running = this.#run()
  }

  /** Nobody is there who could notice anything. */
  suspend(): void {
    this.#isSuspended = true
  }

  resume(): void {
    this.#since.clear()
    this.#isSuspended = false
  }

  /** Resolves when all that is told is so, or has become a lie. */
  async settled(): Promise<void> {
    for (;;) {
      const looks = this.looks
      for (const end = performance.now() + SILENT_MS; this.looks < looks + 2; await sleep(LOOK_MS / 3))
        if (performance.now() > end) throw new Error('the rows or the nodes could not be looked at')
      const open = [...this.#since.keys()].filter((lie) => !this.#told.has(lie))
      if (open.length === 0) return
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
        await this.#look().catch(() => this.#since.clear())
      await sleep(LOOK_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined)
    }
  }

  async #look(): Promise<void> {
    // Rows first: a copy that goes has left its row before it leaves its node.
    const told = await readTold(this.#deps.database)
    const lies = new Set(liesIn(told, await readListed(this.#deps.pool)))
    if (this.#isSuspended) return
    const now = performance.now()
    for (const lie of this.#since.keys()) if (!lies.has(lie)) this.#since.delete(lie)
    for (const lie of lies) {
      const since = this.#since.get(lie) ?? now
      this.#since.set(lie, since)
      if (now - since <= (lie.endsWith('does not answer') ? SILENT_MS : ABSENT_MS) || this.#told.has(lie)) continue
      this.#told.add(lie)
      this.#deps.onLie(`for ${Math.round((now - since) / 1_000)} s: ${lie}`)
    }
    this.looks += 1
  }
}

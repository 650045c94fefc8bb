import { collectContents } from '@packages/db/erasure/collect-contents'
import { eraseContents, type EraseContentsDeps } from '@packages/db/erasure/erase-contents'
import { eraseRows, type EraseRowsDeps } from '@packages/db/erasure/erase-rows'
import { type Erasure, openErasures, setStep } from '@packages/db/erasure/erasure-row'
import { forgetContents, unreleased } from '@packages/db/erasure/forget-contents'
import type { Database } from '@packages/db/open-database'
import type { Service } from '@packages/runtime/service'
import { RepeatingTask } from '../repeating-task.ts'
import type { ReleaseWorker } from '../release-worker.ts'
import { databaseTime, uncollectedNodes } from './uncollected-nodes.ts'
import { compactReleased, type CompactReleasedDeps } from './compact-released.ts'

export type ErasureWorkerDeps = EraseContentsDeps &
  EraseRowsDeps &
  CompactReleasedDeps & {
    db: Pick<Database, 'kysely' | 'unitOfWork' | 'jobs'>
    releases: Pick<ReleaseWorker, 'releaseNow'>
  }

const SWEEP_EVERY_MS = 30_000
const RELEASE_MS = 60_000

/**
 * Takes erasures from step to step. How far one has come stands in its row, and each step may be run again, so that a crash costs nothing: the
 * sweep at the start finds it. One at a time in this process, which is the one that owns the store.
 */
export class ErasureWorker implements Service {
  readonly name = 'erasure-worker'
  readonly stopTimeoutMs = 2_000
  readonly #deps: ErasureWorkerDeps
  readonly #sweeper: RepeatingTask
  readonly #stop = new AbortController()
  /** By when all of an erasure had been released. After a restart that is later, and what it waits for is no less. */
  readonly #released = new Map<string, string>()
  #running: Promise<void> | undefined
  #again = false

  constructor(deps: ErasureWorkerDeps) {
    this.#deps = deps
    this.#sweeper = new RepeatingTask({
      name: 'go on with erasures',
      everyMs: SWEEP_EVERY_MS,
      run: () => this.run(),
      logger: deps.logger,
    })
  }

  async start(): Promise<void> {
    // A job has 5 minutes, an erasure as long as it takes: the job only wakes it.
    await this.#deps.db.jobs.work('erase', { batchSize: 16 }, async () => void this.run().catch(() => undefined))
    this.#sweeper.start(0)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#sweeper.stop()
    await this.#running?.catch(() => undefined)
  }

  /** Takes every open erasure as far as it goes now. */
  async run(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true
      return this.#running
    }
    this.#running = this.#all().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #all(): Promise<void> {
    do {
      this.#again = false
      for (const erasure of await openErasures(this.#deps.db.kysely)) await this.#one(erasure.id)
    } while (this.#again && !this.#stop.signal.aborted)
  }

  // One that fails must not hold the others up.
  async #one(id: string): Promise<void> {
    const { logger, db } = this.#deps
    try {
      for (;;) {
        const erasure = (await openErasures(db.kysely)).find((open) => open.id === id)
        if (erasure === undefined || this.#stop.signal.aborted || !(await this.#step(erasure))) return
      }
    } catch (error) {
      if (!this.#stop.signal.aborted)
        logger.error({ err: error, erasure: id }, 'an erasure came to a halt; it goes on later')
    }
  }

  /** Whether nodes have collected what was released there; told once where they have not. */
  async #isCollected(id: string): Promise<boolean> {
    const known = this.#released.get(id)
    const until = known ?? (await databaseTime(this.#deps))
    this.#released.set(id, until)
    const nodes = await uncollectedNodes(this.#deps, until)
    if (nodes.length > 0 && known === undefined)
      this.#deps.logger.info({ erasure: id, nodes }, 'an erasure waits until the garbage of nodes is collected')
    return nodes.length === 0
  }

  /** False when the step has to wait for something. */
  async #step(erasure: Erasure): Promise<boolean> {
    const { db, logger, releases } = this.#deps
    const { id, step } = erasure
    if (step === 'collect') await collectContents(db.kysely, erasure)
    else if (step === 'contents') await eraseContents(this.#deps, erasure)
    else if (step === 'rows') await eraseRows(this.#deps, erasure)
    else if (step === 'release') {
      await releases.releaseNow(await unreleased(db.kysely, id), RELEASE_MS)
      if ((await unreleased(db.kysely, id)).length > 0) return false
      await setStep(db.kysely, id, 'compact')
    } else if (step === 'compact') {
      if (!(await this.#isCollected(id))) return false
      if (!(await compactReleased(this.#deps, erasure, this.#stop.signal))) return false
      this.#released.delete(id)
      await setStep(db.kysely, id, 'forget')
    } else {
      if (!(await forgetContents(db, erasure))) return false
      logger.info({ erasure: id }, 'an erasure is done')
    }
    return true
  }
}

import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import type { EpochState } from '@packages/db/store-epoch'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { checkHeldContents } from './check-held-contents.ts'
import { ElapsedTime } from './elapsed-time.ts'
import { compactStore } from './compact-store.ts'
import { holdWantedContent } from './hold-wanted-content.ts'
import { collectOrphans } from './orphan-collector.ts'
import { ReleaseWorker } from './release-worker.ts'
import { RepeatingTask } from './repeating-task.ts'
import { StoreAlarms } from './store-alarms.ts'
import { StoreEpochGuard } from './store-epoch-guard.ts'

export type IpfsManagerDeps = {
  db: Database
  store: BlockStore
  /** This store's row in `nodes`: `ensureEmbeddedNode`. */
  nodeId: string
  /** `openEpoch` of @packages/db/store-epoch, bound to this database, store and node. */
  raiseEpoch: () => Promise<EpochState>
  logger: MinimalLogger
  /** How space of what was deleted comes back; not at all without it. */
  compaction?: { bytesPerSecond: number; everyMs: number }
  now?: () => number
}

const HOUR_MS = 60 * 60_000
const MINUTE_MS = 60_000

/** Everything that keeps the store and the database in step. `releases` and `alarms` are what others ask. */
export class IpfsManager implements Service {
  readonly name = 'ipfs-manager'
  readonly stopTimeoutMs = 5_000
  readonly alarms: StoreAlarms
  readonly gate: StoreEpochGuard
  readonly releases: ReleaseWorker
  readonly #deps: IpfsManagerDeps
  readonly #elapsed = new ElapsedTime()
  readonly #tasks: { task: RepeatingTask; firstAfterMs: number }[]

  constructor(deps: IpfsManagerDeps) {
    this.#deps = deps
    const { logger } = deps
    this.alarms = new StoreAlarms(logger, deps.now)
    this.gate = new StoreEpochGuard({ raise: deps.raiseEpoch, alarms: this.alarms, logger })
    this.releases = new ReleaseWorker({ ...deps, gate: this.gate })
    const task = (name: string, firstAfterMs: number, run: (signal: AbortSignal) => Promise<unknown>) => ({
      firstAfterMs,
      task: new RepeatingTask({
        name,
        everyMs: HOUR_MS,
        run: async (signal) => void (await run(signal)),
        logger,
      }),
    })
    this.#tasks = [
      task('check held contents', 0, async (signal) => {
        // A foreign database lists what was never here; that is no loss of ours to write into it.
        if (this.gate.misfit !== null && this.gate.misfit !== 'database_older_than_store') return
        await checkHeldContents({ ...deps, alarms: this.alarms }, signal)
      }),
      task('collect orphans', 5 * MINUTE_MS, async (signal) => {
        // Never on an old answer: a database may have been restored under our feet.
        await this.gate.raise()
        await collectOrphans({ ...deps, elapsed: this.#elapsed, gate: this.gate, alarms: this.alarms }, signal)
      }),
      task('look for wanted contents', MINUTE_MS, (signal) => this.#holdWanted(signal)),
    ]
    const { compaction } = deps
    if (compaction !== undefined && compaction.bytesPerSecond > 0)
      this.#tasks.push({
        firstAfterMs: compaction.everyMs,
        task: new RepeatingTask({
          name: 'compact the store',
          everyMs: compaction.everyMs,
          run: (signal) => compactStore(deps, { bytesPerSecond: compaction.bytesPerSecond, signal }),
          logger,
        }),
      })
  }

  async start(): Promise<void> {
    await this.gate.start()
    await this.releases.start()
    await this.#deps.db.jobs.work('pin-content', { batchSize: 16 }, async (payloads, { signal }) => {
      for (const { contentId } of payloads) if (!signal.aborted) await holdWantedContent(this.#deps, contentId)
    })
    for (const { task, firstAfterMs } of this.#tasks) task.start(firstAfterMs)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#tasks.map(({ task }) => task.stop()))
    await this.releases.stop()
    await this.gate.stop()
  }

  /** Wanted content may have come in as a part of something else. */
  async #holdWanted(signal: AbortSignal): Promise<void> {
    const page = 500
    for (let after = '00000000-0000-0000-0000-000000000000'; !signal.aborted; ) {
      const rows = await this.#deps.db.kysely
        .selectFrom('contents')
        .select('id')
        .where('state', '=', 'wanted')
        .where('id', '>', after)
        .orderBy('id')
        .limit(page)
        .execute()
      for (const { id } of rows) if (!signal.aborted) await holdWantedContent(this.#deps, id)
      const last = rows.at(-1)
      if (last === undefined || rows.length < page) return
      after = last.id
    }
  }
}

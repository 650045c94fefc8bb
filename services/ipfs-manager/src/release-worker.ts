import type { Database } from '@packages/db/open-database'
import type { Service } from '@packages/runtime/service'
import { sql } from 'kysely'
import { RepeatingTask } from './repeating-task.ts'
import { type ReleaseDeps, ReleaseFailed, releaseContents } from './release-contents.ts'

export type ReleaseWorkerDeps = Omit<ReleaseDeps, 'db'> & { db: Pick<Database, 'kysely' | 'jobs'> }

/** Often: a job waits for its time, and a clock that was set back lets it wait for long. */
const SWEEP_EVERY_MS = 30_000
const SWEEP_BATCH = 100

/**
 * Gives bytes back: on the job `release-content`, at once when a verb asks (`releaseNow`), and by a sweep over open
 * tombstones at start and every half minute, which finds what a crash or a closed gate left behind.
 */
export class ReleaseWorker implements Service {
  readonly name = 'release-worker'
  readonly #deps: ReleaseWorkerDeps
  readonly #sweeper: RepeatingTask
  #stopping = false
  readonly #running = new Set<Promise<void>>()

  constructor(deps: ReleaseWorkerDeps) {
    this.#deps = deps
    this.#sweeper = new RepeatingTask({
      name: 'release open tombstones',
      everyMs: SWEEP_EVERY_MS,
      run: (signal) => this.sweep(signal),
      logger: deps.logger,
    })
  }

  async start(): Promise<void> {
    await this.#deps.db.jobs.work('release-content', { batchSize: 64 }, async (payloads) => {
      // What stays open (closed gate) is not an error of the job: the sweep comes back to it.
      await this.#release(payloads.flatMap(({ contentIds }) => contentIds))
    })
    this.#sweeper.start(0)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#sweeper.stop()
    await Promise.all(this.#running)
  }

  /**
   * Releases now what a committed tombstone names, and waits for at most `timeoutMs`. False: it goes on behind, or the
   * job does it later.
   */
  async releaseNow(contentIds: readonly string[], timeoutMs: number): Promise<boolean> {
    if (contentIds.length === 0) return true
    const work = this.#release(contentIds).then(
      (open) => open.length === 0,
      (error: unknown) => {
        this.#deps.logger.warn({ err: error }, 'a release failed; its job tries again')
        return false
      },
    )
    const { promise: late, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(resolve, timeoutMs, false)
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Works off every open tombstone, the oldest first. Does nothing while the gate is closed. What the store fails on is
   * passed over.
   * @throws ReleaseFailed at the end, when there was such
   */
  async sweep(signal?: AbortSignal): Promise<void> {
    const failed: ReleaseFailed[] = []
    let after: { createdAt: string; id: string } | undefined
    for (;;) {
      if (!this.#deps.gate.isOpen() || signal?.aborted) break
      const rows = await this.#openTombstones(after)
      const last = rows.at(-1)
      if (last === undefined) break
      try {
        await this.#release(rows.map((row) => row.content_id))
      } catch (error) {
        if (!(error instanceof ReleaseFailed)) throw error
        failed.push(error)
      }
      after = { createdAt: last.created_at, id: last.content_id }
    }
    if (failed.length > 0) throw new ReleaseFailed(failed, 'the sweep passed over contents that could not be released')
  }

  /** Times as text: a Date would lose their microseconds, and a row that stays open would come again and again. */
  async #openTombstones(after: { createdAt: string; id: string } | undefined) {
    let query = this.#deps.db.kysely
      .selectFrom('tombstones')
      .select(['content_id', sql<string>`created_at::text`.as('created_at')])
      .where('released_at', 'is', null)
      .orderBy('tombstones.created_at')
      .orderBy('content_id')
      .limit(SWEEP_BATCH)
    if (after !== undefined)
      query = query.where(
        sql<boolean>`(tombstones.created_at, content_id) > (${after.createdAt}::timestamptz, ${after.id}::uuid)`,
      )
    return query.execute()
  }

  async #release(contentIds: readonly string[]): Promise<string[]> {
    if (this.#stopping) return [...contentIds]
    const work = releaseContents(this.#deps, contentIds)
    const settled = work.then(
      () => undefined,
      () => undefined,
    )
    this.#running.add(settled)
    void settled.then(() => this.#running.delete(settled))
    return work
  }
}

import { currentTrail } from '@packages/runtime/audit-trail'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { LogPosition } from '@packages/shared/policy-log'
import { IdempotencyConflict } from './idempotency.ts'
import type { CommittedIngest, IngestItem } from './ingest/ingest-item.ts'
import { planIngest } from './ingest/ingest-plan.ts'
import { plansOf, readIngestFacts } from './ingest/read-ingest-facts.ts'
import { writeIngest } from './ingest/write-ingest.ts'
import { isRefusal, isUniqueViolation, RowRefused } from './postgres-errors.ts'
import type { UnitOfWork } from './unit-of-work.ts'

export type { CommittedIngest, IngestIdempotency, IngestItem } from './ingest/ingest-item.ts'

export type IngestCommitterDeps = { unitOfWork: UnitOfWork; logger: MinimalLogger }

type Waiting = { item: IngestItem; resolve(committed: CommittedIngest): void; reject(error: unknown): void }

/** Some 1 MB of rows; a batch of this size takes about 50 ms. */
const MAX_BATCH = 512
const MAX_WAITING = 10_000

/**
 * Group commit of finished uploads, without a waiting window: while one batch is written, the next one gathers. A batch
 * is one transaction of set-based statements; when it fails, its items are replayed one by one.
 */
export class IngestCommitter {
  readonly #deps: IngestCommitterDeps
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null
  #closed = false
  #written = 0

  constructor(deps: IngestCommitterDeps) {
    this.#deps = deps
  }

  /**
   * Resolves once the item's rows are committed.
   * @throws HoldfastError `quota_exceeded`, `not_found` (no such organization), `internal` (the database refuses the
   *   row) or IdempotencyConflict: the item is refused, and its root has a tombstone and a release job (unless the
   *   database is gone; then the orphan check finds it). Any other error: the outcome is unknown, so the caller must not
   *   release the root itself.
   */
  commit(item: IngestItem): Promise<CommittedIngest> {
    if (this.#closed || this.#waiting.length >= MAX_WAITING)
      return Promise.reject(
        new HoldfastError('unavailable', { detail: 'Too many uploads wait, or the platform stops.' }),
      )
    const { promise, resolve, reject } = Promise.withResolvers<CommittedIngest>()
    // The batch is written for many requests, by whichever came first.
    const trailed = item.trail === undefined ? { ...item, trail: currentTrail() } : item
    this.#waiting.push({ item: trailed, resolve, reject })
    this.#running ??= this.#run()
    return promise
  }

  /** Takes nothing new and resolves when all that waits is decided. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    // What this turn of the event loop brings goes along.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH)
      try {
        await this.#write(batch)
      } catch (error) {
        await this.#afterFailure(batch, error)
      }
    }
    this.#running = null
  }

  async #write(batch: Waiting[]): Promise<LogPosition | undefined> {
    const items = batch.map(({ item }) => item)
    const { result: plan, policyPosition } = await this.#deps.unitOfWork.run(async (uow) => {
      const decided = planIngest(items, await readIngestFacts(uow.tx, items, plansOf(this.#written)))
      await writeIngest(uow, decided)
      return decided
    })
    this.#written += items.length
    const outcome = new Map<IngestItem, CommittedIngest | Error>()
    for (const { item, committed } of plan.accepted) outcome.set(item, committed)
    for (const { item, error } of plan.refused) outcome.set(item, error)
    for (const { item, resolve, reject } of batch) {
      const decided = outcome.get(item)
      if (decided === undefined || decided instanceof Error) reject(decided ?? new Error('the item was not decided'))
      else resolve(decided)
    }
    return policyPosition
  }

  /** A refusal is some item's own fault: find it by writing each alone. Anything else befalls them all. */
  async #afterFailure(batch: Waiting[], error: unknown): Promise<void> {
    const { logger } = this.#deps
    if (!isRefusal(error)) {
      logger.error({ err: error, items: batch.length }, 'a batch of uploads could not be committed')
      for (const { reject } of batch) reject(error)
      return
    }
    if (batch.length > 1) {
      logger.warn({ err: error, items: batch.length }, 'a batch of uploads is replayed one by one')
      for (const one of batch) await this.#write([one]).catch((cause) => this.#afterFailure([one], cause))
      return
    }
    for (const { item, reject } of batch) {
      await this.#discard(item)
      reject(asRefusal(item, error))
    }
  }

  async #discard(item: IngestItem): Promise<void> {
    const { unitOfWork, logger } = this.#deps
    try {
      await unitOfWork.run((uow) =>
        writeIngest(uow, {
          accepted: [],
          refused: [],
          newContents: [],
          wishes: new Map(),
          fulfilled: [],
          discarded: [{ item, reason: 'orphan' }],
          usage: new Map(),
        }),
      )
    } catch (error) {
      logger.warn({ err: error, contentId: item.contentId }, 'a refused upload keeps its bytes until the orphan check')
    }
  }
}

const asRefusal = (item: IngestItem, cause: unknown): Error => {
  if (item.idempotency && isUniqueViolation(cause, 'idempotency_keys_pkey'))
    return new IdempotencyConflict(item.idempotency)
  // Somebody deleted meanwhile what this was to take the place of.
  if (item.replaces !== undefined && cause instanceof RowRefused) return new HoldfastError('conflict', { cause })
  return new HoldfastError('internal', { cause })
}

import { currentTrail } from '@packages/runtime/audit-trail'
import { gather } from '@packages/runtime/gather'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { IdempotencyConflict } from '../idempotency.ts'
import { isRefusal } from '../postgres-errors.ts'
import type { UnitOfWork, UnitOfWorkContext } from '../unit-of-work.ts'
import { insertPins } from './insert-pin.ts'
import type { InsertedPin, NewPinRow } from './new-pin.ts'

export type PinCommitterDeps = { unitOfWork: UnitOfWork; logger: MinimalLogger }

/** Written in the same transaction, after the pin: it may run again, and must touch nothing else. */
export type AfterPin = (uow: UnitOfWorkContext, pin: InsertedPin) => Promise<void>

type Waiting = {
  row: NewPinRow
  after: AfterPin | undefined
  resolve(pin: InsertedPin): void
  reject(error: unknown): void
}

const MAX_BATCH = 512
/** With so many nobody is waited for: the database writes them while the process reads the next ones. */
const ENOUGH = 16
const MAX_WAITING = 10_000

/**
 * Group commit of accepted pins, without a waiting window in time: while one batch is written, the next one gathers, and so does what the event loop has at hand
 * when it starts. A batch is one transaction; when it fails by the fault of one of them, they are replayed one by one.
 */
export class PinCommitter {
  readonly #deps: PinCommitterDeps
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null
  #closed = false
  #written = 0

  constructor(deps: PinCommitterDeps) {
    this.#deps = deps
  }

  /**
   * Resolves once the pin is durable.
   * @throws HoldfastError `quota_exceeded`, `not_found` (no such organization): the root that was taken for it has a tombstone then. What
   *   `after` throws: nothing of the pin was written. Any other error: the outcome is unknown.
   */
  commit(row: NewPinRow, after?: AfterPin): Promise<InsertedPin> {
    if (this.#closed || this.#waiting.length >= MAX_WAITING)
      return Promise.reject(new HoldfastError('unavailable', { detail: 'Too many pins wait, or the platform stops.' }))
    const { promise, resolve, reject } = Promise.withResolvers<InsertedPin>()
    // The batch is written for many requests, by whichever came first.
    const trailed = row.trail === undefined ? { ...row, trail: currentTrail() } : row
    this.#waiting.push({ row: trailed, after, resolve, reject })
    this.#running ??= this.#run()
    return promise
  }

  /** Takes nothing new and resolves when all that waits is decided. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Those whose answers were just sent would else be half of the clients, and wait for the other half: most of what a batch costs is the same for four pins as for eight (ADR 0168).
      await gather(() => this.#waiting.length, ENOUGH)
      const batch = this.#waiting.splice(0, MAX_BATCH)
      try {
        await this.#write(batch)
      } catch (error) {
        await this.#afterFailure(batch, error)
      }
    }
    this.#running = null
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const rows = batch.map(({ row }) => row)
    const last = batch.every(({ after }) => after === undefined)
    const { result: outcomes } = await this.#deps.unitOfWork.run(async (uow) => {
      const decided = await insertPins(uow, rows, { written: this.#written, last })
      for (const [index, { after }] of batch.entries()) {
        const outcome = decided[index]
        if (after !== undefined && outcome !== undefined && !(outcome instanceof Error)) await after(uow, outcome)
      }
      return decided
    })
    this.#written += rows.length
    for (const [index, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[index]
      if (outcome === undefined || outcome instanceof Error) reject(outcome ?? new Error('the pin was not decided'))
      else resolve(outcome)
    }
  }

  /** A refusal is one pin's own fault: find it by writing each alone. Anything else befalls them all. */
  async #afterFailure(batch: readonly Waiting[], error: unknown): Promise<void> {
    const { logger } = this.#deps
    const isOnes = isRefusal(error) || error instanceof HoldfastError || error instanceof IdempotencyConflict
    if (isOnes && batch.length > 1) {
      logger.debug({ err: error, pins: batch.length }, 'a batch of pins is replayed one by one')
      for (const one of batch) await this.#write([one]).catch((cause: unknown) => one.reject(cause))
      return
    }
    if (!isOnes) logger.error({ err: error, pins: batch.length }, 'a batch of pins could not be committed')
    for (const { reject } of batch) reject(error)
  }
}

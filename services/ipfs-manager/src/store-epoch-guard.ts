import type { EpochState, MisfitReason } from '@packages/db/store-epoch'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { RepeatingTask } from './repeating-task.ts'
import type { StoreAlarms } from './store-alarms.ts'
import type { StoreGate } from './store-gate.ts'

export type StoreEpochGuardDeps = {
  /** Raises the epoch, first in the database, then in the store; tells when the two do not fit (rule 9). */
  raise: () => Promise<EpochState>
  alarms: StoreAlarms
  logger: MinimalLogger
  everyMs?: number
}

const RAISE_EVERY_MS = 10 * 60_000

/**
 * Keeps the gate through which bytes are given back. It opens when the store and the database fit at start, and shuts
 * for good at the first misfit: the platform goes on serving and taking uploads, nothing is deleted, and an operator
 * looks at it (`npm run store:accept`). A database that does not answer shuts nothing: without it nothing is given
 * back anyway.
 */
export class StoreEpochGuard implements Service, StoreGate {
  readonly name = 'store-epoch'
  readonly #deps: StoreEpochGuardDeps
  readonly #task: RepeatingTask
  #raising: Promise<void> = Promise.resolve()
  #state: 'unknown' | 'fits' | MisfitReason = 'unknown'

  constructor(deps: StoreEpochGuardDeps) {
    this.#deps = deps
    this.#task = new RepeatingTask({
      name: 'raise the store epoch',
      everyMs: deps.everyMs ?? RAISE_EVERY_MS,
      run: () => this.raise(),
      logger: deps.logger,
    })
  }

  isOpen(): boolean {
    return this.#state === 'fits'
  }

  /** What does not fit; null while everything does. */
  get misfit(): MisfitReason | null {
    return this.#state === 'unknown' || this.#state === 'fits' ? null : this.#state
  }

  async start(): Promise<void> {
    await this.raise()
    this.#task.start()
  }

  async stop(): Promise<void> {
    await this.#task.stop()
  }

  /** One after the other: two at once would write the store's file at the same time. Whoever asks gets an answer that is younger than the question. */
  raise(): Promise<void> {
    const raised = this.#raising.then(() => this.#raise())
    this.#raising = raised.catch(() => undefined)
    return raised
  }

  async #raise(): Promise<void> {
    if (this.misfit !== null) return
    const result = await this.#deps.raise()
    if (result === 'fits') {
      this.#state = 'fits'
      return
    }
    this.#state = result.reason
    this.#deps.alarms.raise(
      'store_misfit',
      `The database and the content store do not fit together: ${result.misfit}. Nothing is deleted from the store.`,
    )
  }
}

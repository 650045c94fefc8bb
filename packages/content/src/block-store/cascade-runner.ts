import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BlockKey } from './block-key.ts'
import { IndexChange } from './index-change.ts'
import { ReleaseCascade } from './release-cascade.ts'
import type { StoreCore } from './store-core.ts'
import { isNoSpace } from './store-error.ts'

const RETRY_MS = 5_000

/** Works a realm's releases off in the background, a slice in each transaction, between the batches. */
export class CascadeRunner {
  readonly #core: StoreCore
  readonly #realm: string
  readonly #cascade: ReleaseCascade
  #running: Promise<void> | undefined
  #closed = false

  constructor(core: StoreCore, realm: string) {
    this.#core = core
    this.#realm = realm
    this.#cascade = new ReleaseCascade(core, realm)
  }

  get running(): Promise<void> | undefined {
    return this.#running
  }

  /** Inside a transaction: gives these references back, and a slice of what follows from that. */
  step(change: IndexChange, released: readonly BlockKey[]): void {
    this.#cascade.step(change, this.#core.settings.sliceBlocks, released)
  }

  /** Goes on with what is left, if there is anything. */
  resume(): void {
    if (this.#closed || this.#running !== undefined || !this.#cascade.pending) return
    this.#running = this.#run()
  }

  async #run(): Promise<void> {
    try {
      do {
        // Between two slices the commits that wait have their turn.
        await (this.#core.faults.pause?.('slice') ?? nextTurn())
        if (this.#closed) return
        const touched = this.#core.transaction(() => {
          const change = new IndexChange(this.#core.index, this.#realm)
          this.step(change, [])
          return change.write()
        })
        this.#core.collectDead(touched)
      } while (this.#cascade.pending)
    } catch (error) {
      if (isNoSpace(error)) await this.#core.reserve.spend()
      this.#core.logger.error({ err: error }, 'a release came to a halt; it goes on in a few seconds')
      setTimeout(() => this.resume(), RETRY_MS).unref()
    } finally {
      this.#running = undefined
    }
  }

  /** Stops after the slice that is running. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }
}

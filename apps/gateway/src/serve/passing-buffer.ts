import type { BufferPool } from './buffer-pool.ts'

/**
 * Room for the large blocks of one response that is made as it is sent, one after the other: a block has left when the next is asked for, so
 * that takes its buffer. A new MiB for each block costs more than to read and to send it (the kernel clears the pages, and gets them back).
 */
export class PassingBuffer {
  readonly #pool: BufferPool
  #taken: Buffer | undefined

  constructor(pool: BufferPool) {
    this.#pool = pool
  }

  /** Room for `bytes`. What was taken before is not used any more. */
  readonly take = (bytes: number): Buffer => {
    this.giveBack()
    this.#taken = this.#pool.take(bytes)
    return this.#taken.subarray(0, bytes)
  }

  /** Nothing of what was taken is on its way any more. */
  giveBack(): void {
    if (this.#taken !== undefined) this.#pool.give(this.#taken)
    this.#taken = undefined
  }
}

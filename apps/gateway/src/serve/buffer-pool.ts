export const POOLED_BYTES = 1024 * 1024

/**
 * Read buffers of 1 MiB that go round, so that streaming makes no garbage. At most `limit` are kept; more may be out
 * at a time, those are simply dropped when they come back.
 */
export class BufferPool {
  readonly #free: Buffer[] = []
  readonly #limit: number

  constructor(limit = 16) {
    this.#limit = limit
  }

  /** A buffer of at least `bytes`; small ones are made for the occasion, since they cost little. */
  take(bytes: number): Buffer {
    if (bytes <= POOLED_BYTES / 4 || bytes > POOLED_BYTES) return Buffer.allocUnsafeSlow(bytes)
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(POOLED_BYTES)
  }

  give(buffer: Buffer): void {
    if (buffer.length === POOLED_BYTES && this.#free.length < this.#limit) this.#free.push(buffer)
  }
}

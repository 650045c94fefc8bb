import { PieceQueue } from './piece-queue.ts'

/** A stream of bytes that is read by need: `queue` holds what came in and was not taken. */
export class CarInput {
  readonly queue = new PieceQueue()
  readonly #pieces: AsyncIterator<Uint8Array>
  #ended = false

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]()
  }

  /** Asks for one more piece. False when there is none. */
  async more(): Promise<boolean> {
    if (this.#ended) return false
    const next = await this.#pieces.next()
    if (next.done === true) {
      this.#ended = true
      return false
    }
    this.queue.push(next.value)
    return true
  }

  /** Asks until there are `length` bytes. False when there are fewer. */
  async has(length: number): Promise<boolean> {
    while (this.queue.length < length) if (!(await this.more())) return false
    return true
  }

  /** Passes by `length` bytes, or what there is of them. False when there are fewer. */
  async pass(length: number): Promise<boolean> {
    for (let left = length; left > 0; ) {
      if (this.queue.length === 0 && !(await this.more())) return false
      const some = Math.min(left, this.queue.length)
      this.queue.skip(some)
      left -= some
    }
    return true
  }

  /** Stops asking; what gives the bytes may let go of them. */
  async close(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.#pieces.return?.()
  }
}

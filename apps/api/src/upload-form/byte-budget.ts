import { tooLarge } from '../upload-body/limited-bytes.ts'

/** How many bytes all the files of one upload may have together. */
export class ByteBudget {
  readonly #maxBytes: number
  #seen = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Passes bytes on until there are too many. @throws HoldfastError `payload_too_large` */
  async *limit(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of source) {
      this.#seen += piece.length
      if (this.#seen > this.#maxBytes) throw tooLarge(this.#maxBytes)
      yield piece
    }
  }
}

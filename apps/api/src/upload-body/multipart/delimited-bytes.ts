import { HoldfastError } from '@packages/shared/holdfast-error'

/**
 * A stream of bytes that is read up to delimiters. Whole pieces go through uncopied; only what may be the start of a
 * delimiter is kept back and joined with the next piece. Asks for a piece only when the reader wants one, so that a slow
 * reader slows the sender.
 */
export class DelimitedBytes {
  readonly #source: AsyncIterator<Uint8Array>
  #buffer: Buffer = Buffer.alloc(0)

  /** `prefix` is read before the source. */
  constructor(source: AsyncIterator<Uint8Array>, prefix: Buffer) {
    this.#source = source
    this.#buffer = prefix
  }

  /** Gives the bytes before `delimiter` piece by piece and takes the delimiter away. @throws `truncated_body` */
  async *until(delimiter: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const found = this.#buffer.indexOf(delimiter)
      if (found !== -1) {
        const before = this.#buffer.subarray(0, found)
        this.#buffer = this.#buffer.subarray(found + delimiter.length)
        if (before.length > 0) yield before
        return
      }
      const kept = possibleStart(this.#buffer, delimiter)
      const ready = this.#buffer.subarray(0, this.#buffer.length - kept)
      this.#buffer = this.#buffer.subarray(this.#buffer.length - kept)
      if (ready.length > 0) yield ready
      await this.#fill()
    }
  }

  /** The bytes before `delimiter`, at most `limit` of them. @throws what `onLimit` makes, or `truncated_body` */
  async upTo(delimiter: Buffer, limit: number, onLimit: () => HoldfastError): Promise<Buffer> {
    for (;;) {
      const found = this.#buffer.indexOf(delimiter)
      if (found > limit || (found === -1 && this.#buffer.length > limit + delimiter.length)) throw onLimit()
      if (found !== -1) {
        const before = this.#buffer.subarray(0, found)
        this.#buffer = this.#buffer.subarray(found + delimiter.length)
        return before
      }
      await this.#fill()
    }
  }

  /** The next `count` bytes, left in place. @throws `truncated_body` */
  async peek(count: number): Promise<Buffer> {
    while (this.#buffer.length < count) await this.#fill()
    return this.#buffer.subarray(0, count)
  }

  skip(count: number): void {
    this.#buffer = this.#buffer.subarray(count)
  }

  /** Reads to the end of the source. @throws what `onLimit` makes when more than `limit` bytes are left */
  async drain(limit: number, onLimit: () => HoldfastError): Promise<void> {
    let seen = this.#buffer.length
    this.#buffer = Buffer.alloc(0)
    for (;;) {
      if (seen > limit) throw onLimit()
      const next = await this.#source.next()
      if (next.done === true) return
      seen += next.value.length
    }
  }

  async #fill(): Promise<void> {
    const next = await this.#source.next()
    if (next.done === true)
      throw new HoldfastError('truncated_body', { detail: 'The multipart body ends before its closing boundary.' })
    const piece = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    this.#buffer = this.#buffer.length === 0 ? piece : Buffer.concat([this.#buffer, piece])
  }
}

/** How many bytes at the end of `buffer` could be the start of `delimiter`. Delimiters here start with a CR. */
const possibleStart = (buffer: Buffer, delimiter: Buffer): number => {
  const first = delimiter[0] as number
  let at = buffer.indexOf(first, Math.max(0, buffer.length - delimiter.length + 1))
  while (at !== -1) {
    if (delimiter.subarray(0, buffer.length - at).equals(buffer.subarray(at))) return buffer.length - at
    at = buffer.indexOf(first, at + 1)
  }
  return 0
}

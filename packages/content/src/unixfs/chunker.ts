/** Bytes of one future leaf, in order, as views of what the source gave. */
export type Chunk = { parts: Uint8Array[]; length: number }

/** More pieces than this for one chunk are copied together: many small views cost more than their bytes. */
const MAX_PARTS = 64

/** Cuts a stream into chunks of a fixed size without copying, holding one chunk at most. */
export class Chunker {
  readonly #size: number
  #parts: Uint8Array[] = []
  #length = 0
  /** Where a dribbling source's bytes are gathered; as large as a chunk. */
  #gathered: Uint8Array | undefined

  constructor(size: number) {
    this.#size = size
  }

  /** Takes the next bytes, which nobody may change from now on, and answers the chunks that they complete. */
  *push(bytes: Uint8Array): Generator<Chunk> {
    for (let from = 0; from < bytes.length; ) {
      const to = Math.min(bytes.length, from + this.#size - this.#length)
      this.#append(to - from === bytes.length ? bytes : bytes.subarray(from, to))
      from = to
      if (this.#length === this.#size) yield this.#take()
    }
  }

  /** The bytes after the last complete chunk, if there are any. */
  flush(): Chunk | undefined {
    return this.#length === 0 ? undefined : this.#take()
  }

  #append(bytes: Uint8Array): void {
    if (this.#gathered === undefined && this.#parts.length === MAX_PARTS) this.#gather()
    if (this.#gathered === undefined) this.#parts.push(bytes)
    else this.#gathered.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #gather(): void {
    this.#gathered = Buffer.allocUnsafeSlow(this.#size)
    let at = 0
    for (const part of this.#parts) {
      this.#gathered.set(part, at)
      at += part.length
    }
  }

  #take(): Chunk {
    const length = this.#length
    const chunk = { parts: this.#gathered === undefined ? this.#parts : [this.#gathered.subarray(0, length)], length }
    this.#parts = []
    this.#gathered = undefined
    this.#length = 0
    return chunk
  }
}

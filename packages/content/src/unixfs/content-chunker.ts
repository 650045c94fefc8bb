import type { Chunk } from './chunker.ts'

/** Finds the ends of chunks by what the bytes are; keeps its state between pieces. */
export type ChunkBoundary = {
  /** No chunk has more bytes. */
  readonly maxBytes: number
  /** Where the chunk that goes on at `from` ends (exclusive), or -1 when it goes on beyond `bytes`. */
  next(bytes: Uint8Array, from: number): number
}

/** More pieces than this for one chunk are copied together: many small views cost more than their bytes. */
const MAX_PARTS = 64

/** Cuts a stream where a boundary says, without copying, holding one chunk at most. */
export class ContentChunker {
  readonly #boundary: ChunkBoundary
  #parts: Uint8Array[] = []
  #length = 0
  /** Where a dribbling source's bytes are gathered. */
  #gathered: Uint8Array | undefined

  constructor(boundary: ChunkBoundary) {
    this.#boundary = boundary
  }

  /** Takes the next bytes, which nobody may change from now on, and answers the chunks that they complete. */
  *push(bytes: Uint8Array): Generator<Chunk> {
    for (let from = 0; from < bytes.length; ) {
      const end = this.#boundary.next(bytes, from)
      const to = end === -1 ? bytes.length : end
      this.#append(to - from === bytes.length ? bytes : bytes.subarray(from, to))
      from = to
      if (end !== -1) yield this.#take()
    }
  }

  /** The bytes after the last complete chunk, if there are any. */
  flush(): Chunk | undefined {
    return this.#length === 0 ? undefined : this.#take()
  }

  #append(bytes: Uint8Array): void {
    if (this.#gathered === undefined && this.#parts.length === MAX_PARTS) {
      this.#gathered = Buffer.allocUnsafeSlow(this.#boundary.maxBytes)
      Buffer.concat(this.#parts, this.#length).copy(this.#gathered)
    }
    if (this.#gathered === undefined) this.#parts.push(bytes)
    else this.#gathered.set(bytes, this.#length)
    this.#length += bytes.length
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

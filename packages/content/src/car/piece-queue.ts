/** Bytes that came in and were not taken yet, as they came: nothing is copied but what a `peek` needs in one piece. */
export class PieceQueue {
  #pieces: Uint8Array[] = []
  #first = 0
  /** Where the rest of the first piece begins. */
  #offset = 0
  #length = 0
  /** Bytes that were taken so far. */
  taken = 0

  get length(): number {
    return this.#length
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return
    if (this.#first > 0) {
      this.#pieces.splice(0, this.#first)
      this.#first = 0
    }
    this.#pieces.push(piece)
    this.#length += piece.length
  }

  /** The next bytes in one piece, up to `length` of them. */
  peek(length: number): Uint8Array {
    const piece = this.#pieces[this.#first]
    if (piece === undefined) return new Uint8Array(0)
    const end = this.#offset + Math.min(length, this.#length)
    if (end <= piece.length) return piece.subarray(this.#offset, end)
    return this.#join(end - this.#offset)
  }

  #join(length: number): Uint8Array {
    const joined = new Uint8Array(length)
    let filled = 0
    for (let index = this.#first, offset = this.#offset; filled < length; index++, offset = 0) {
      const piece = this.#pieces[index] as Uint8Array
      const part = piece.subarray(offset, offset + length - filled)
      joined.set(part, filled)
      filled += part.length
    }
    return joined
  }

  /** Takes `length` bytes, which must be there, as views. */
  take(length: number): Uint8Array[] {
    const parts: Uint8Array[] = []
    this.#advance(length, (part) => parts.push(part))
    return parts
  }

  skip(length: number): void {
    this.#advance(length, () => {})
  }

  #advance(length: number, give: (part: Uint8Array) => void): void {
    if (length > this.#length) throw new RangeError('more than there is')
    let left = length
    while (left > 0) {
      const piece = this.#pieces[this.#first] as Uint8Array
      const end = Math.min(piece.length, this.#offset + left)
      give(piece.subarray(this.#offset, end))
      left -= end - this.#offset
      this.#offset = end
      if (end === piece.length) {
        this.#first++
        this.#offset = 0
      }
    }
    this.#length -= length
    this.taken += length
  }
}

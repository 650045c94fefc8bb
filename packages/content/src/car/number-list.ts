const PIECE_BITS = 14
const PIECE = 1 << PIECE_BITS
const MASK = PIECE - 1

/** Unsigned numbers of 32 bits, in pieces of 64 KiB: growing copies nothing, and a number takes four bytes. */
export class NumberList {
  readonly #pieces: Uint32Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if ((this.#length & MASK) === 0 && this.#length >> PIECE_BITS === this.#pieces.length)
      this.#pieces.push(new Uint32Array(PIECE))
    this.#length++
    this.set(this.#length - 1, value)
  }

  pop(): number | undefined {
    if (this.#length === 0) return undefined
    const value = this.at(this.#length - 1)
    this.#length--
    return value
  }

  at(index: number): number {
    return this.#pieces[index >> PIECE_BITS]?.[index & MASK] as number
  }

  set(index: number, value: number): void {
    const piece = this.#pieces[index >> PIECE_BITS]
    if (piece !== undefined) piece[index & MASK] = value
  }
}

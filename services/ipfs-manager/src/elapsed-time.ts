/** Measures by a clock that never jumps. */
export class ElapsedTime {
  readonly #monotonic: () => number
  #last: number | undefined

  /** @param monotonic milliseconds since any moment, of a clock that only goes forward and at its pace */
  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic
  }

  /** Milliseconds since the last call; null for the first: nobody measured before. */
  take(): number | null {
    const now = this.#monotonic()
    const elapsed = this.#last === undefined ? null : now - this.#last
    this.#last = now
    return elapsed
  }
}

/** So many times as long as it took beyond what is quick. */
const RESTS = 20
const MAX_REST_MS = 30_000
/** What takes less costs little however often it is made. */
const QUICK_MS = 250

/**
 * Looks through what may be a million rows are made the more seldom the longer one takes that finds nothing. What finds something is made again at its time.
 */
export class IdleRest {
  readonly #now: () => number
  #until = Number.NEGATIVE_INFINITY

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** @param look returns how much it found; not called while it rests */
  async run(look: () => Promise<number>): Promise<void> {
    const begun = this.#now()
    if (begun < this.#until) return
    if ((await look()) > 0) return
    const ended = this.#now()
    this.#until = ended + Math.min(MAX_REST_MS, RESTS * Math.max(0, ended - begun - QUICK_MS))
  }
}

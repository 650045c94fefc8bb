/** A longer read takes long enough for a thread to be worth its while. */
export const SHORT_BYTES = 64 * 1024
/** What reads at once may take of one turn of the event loop: who reads block after block lets others in between. */
const TURN_MS = 2
const TURN_READS = 32
/** More than handing a read to a thread and taking it back costs. */
export const THREAD_MS = 0.25
/** What reads may take beyond that: a tenth of the time, and so much at once. */
const LOST_SHARE = 0.1
const MOST_LOST_MS = 100

/**
 * Whether a short read is made at once, in the event loop, or by a thread. What the page cache or a quick disk has comes in less time than the handing over takes (ADR 0171). A slow
 * disk holds the loop for a tenth of the time at most; a read that takes seconds is followed by threads for ten times as long.
 */
export class QuickReads {
  readonly #now: () => number
  /** What may still be lost, in milliseconds; below nothing, threads read. */
  #left = MOST_LOST_MS
  #leftAt = 0
  /** What this turn of the event loop has had so far. */
  #turnMs = 0
  #turnReads = 0
  /** What the last one took, in milliseconds. */
  lastMs = 0

  /** @param now in milliseconds, of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#leftAt = now()
  }

  /**
   * Makes a read of `bytes` at once, or does not make it.
   * @returns what `read` does; undefined when a thread has to make it
   */
  try<T>(bytes: number, read: () => T): T | undefined {
    if (bytes > SHORT_BYTES || this.#turnMs >= TURN_MS || this.#turnReads >= TURN_READS) return undefined
    const start = this.#now()
    if (this.#leftTo(start) < 0) return undefined
    try {
      return read()
    } finally {
      this.#took(this.#now() - start)
    }
  }

  #leftTo(now: number): number {
    this.#left = Math.min(MOST_LOST_MS, this.#left + (now - this.#leftAt) * LOST_SHARE)
    this.#leftAt = now
    return this.#left
  }

  #took(ms: number): void {
    this.lastMs = ms
    this.#left -= Math.max(0, ms - THREAD_MS)
    if (this.#turnReads++ === 0) setImmediate(this.#endTurn)
    this.#turnMs += ms
  }

  readonly #endTurn = (): void => {
    this.#turnMs = 0
    this.#turnReads = 0
  }
}

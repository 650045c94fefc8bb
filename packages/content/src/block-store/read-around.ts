/** What is read in one go around a block that the page cache did not have. */
export const WINDOW_BYTES = 256 * 1024
/** A block of some KiB comes from the page cache in 0.01 ms, and from a quick disk in 0.1. */
const MISS_MS = 0.04
/** The page cache may have dropped by then what was brought. */
const KNOWN_MS = 60_000
const KNOWN = 1_024
const AT_ONCE = 2
/** In windows: each costs one, and each of the first reads that it spares gives back a half. What is lost is this much, and so much a second. */
const MOST_CREDIT = 256
const SPARED = 0.5
const COUNTED = 16
const CREDIT_A_SECOND = 4
/** More windows than any segment has. */
const SEGMENT_WINDOWS = 2 ** 20

type Window = { at: number; left: number }

/**
 * Brings into the page cache what lies around blocks that came from the disk: what was uploaded together lies together, and is asked for together, in any order. Where it is not
 * asked for, it ends: a window that spares fewer than two reads is a loss, and what is lost is bounded (ADR 0172).
 */
export class ReadAround {
  readonly #bring: (segment: number, position: number) => Promise<void>
  readonly #now: () => number
  /** The oldest first. */
  readonly #windows = new Map<number, Window>()
  #credit = MOST_CREDIT
  #creditAt: number
  #running = 0

  /**
   * @param bring reads `WINDOW_BYTES` from this position on, for nobody
   * @param now in milliseconds, of a clock that never goes back
   */
  constructor(
    bring: (segment: number, position: number) => Promise<void>,
    now: () => number = () => performance.now(),
  ) {
    this.#bring = bring
    this.#now = now
    this.#creditAt = now()
  }

  /** To be told of each short read. @param ms what it took, without the price of a thread */
  took(segment: number, position: number, ms: number): void {
    const at = Math.floor(position / WINDOW_BYTES)
    const key = segment * SEGMENT_WINDOWS + at
    const window = this.#windows.get(key)
    if (ms < MISS_MS) {
      if (window !== undefined && window.left-- > 0) this.#credit += SPARED
      return
    }
    if (this.#running >= AT_ONCE) return
    const now = this.#now()
    if (window !== undefined && now - window.at <= KNOWN_MS) return
    this.#credit = Math.min(MOST_CREDIT, this.#credit + ((now - this.#creditAt) / 1_000) * CREDIT_A_SECOND)
    this.#creditAt = now
    if (this.#credit < 1) return
    this.#credit--
    this.#remember(key, now)
    this.#running++
    // Whoever reads a block of it is told what is wrong there.
    void this.#bring(segment, at * WINDOW_BYTES)
      .catch(() => undefined)
      .finally(() => this.#running--)
  }

  #remember(key: number, at: number): void {
    this.#windows.delete(key)
    this.#windows.set(key, { at, left: COUNTED })
    const [oldest] = this.#windows.keys()
    if (this.#windows.size > KNOWN && oldest !== undefined) this.#windows.delete(oldest)
  }
}

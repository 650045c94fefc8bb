import type { BlockLocation } from './index-entry.ts'

/** 8 MiB: enough for half a million blocks at a time. */
const SLOTS = 2 ** 19

/**
 * How long a hash is believed. What was read so recently is still in memory, where a disk cannot change it; and content that is
 * read all the time is hashed once in so long, which is no work beside sending it.
 */
export const BELIEVED_MS = 5_000

/**
 * Remembers which blocks were hashed in this process a moment ago. A table of fixed size: a block that falls on another's slot
 * takes its place, and the other is hashed again at its next read.
 */
export class VerifiedBlocks {
  readonly #now: () => number
  #segments: Uint32Array | undefined
  #offsets: Float64Array | undefined
  /** When each was hashed: milliseconds, which wrap around after 49 days. */
  #times: Uint32Array | undefined

  /** @param now in milliseconds, of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  has(location: BlockLocation): boolean {
    const slot = slotOf(location)
    if (this.#offsets?.[slot] !== location.offset || this.#segments?.[slot] !== location.segment) return false
    const age = (this.#now() - (this.#times?.[slot] ?? 0)) >>> 0
    return age < BELIEVED_MS
  }

  add(location: BlockLocation): void {
    this.#segments ??= new Uint32Array(SLOTS)
    this.#offsets ??= new Float64Array(SLOTS)
    this.#times ??= new Uint32Array(SLOTS)
    const slot = slotOf(location)
    this.#segments[slot] = location.segment
    this.#offsets[slot] = location.offset
    this.#times[slot] = this.#now() >>> 0
  }
}

// Offsets of one segment differ by 32 at least: a record's head is longer.
const slotOf = ({ segment, offset }: BlockLocation): number =>
  (Math.imul(segment, 0x9e3779b1) ^ Math.imul(Math.floor(offset / 32) >>> 0, 0x85ebca6b)) >>> 13

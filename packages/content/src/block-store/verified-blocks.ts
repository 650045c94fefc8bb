import type { BlockLocation } from './index-entry.ts'

/** 6 MiB: enough for half a million blocks at a time. */
const SLOTS = 2 ** 19

/**
 * Remembers which blocks were hashed in this process. A table of fixed size: a block that falls on another's slot
 * takes its place, and the other is hashed again at its next read.
 */
export class VerifiedBlocks {
  #segments: Uint32Array | undefined
  #offsets: Float64Array | undefined

  has(location: BlockLocation): boolean {
    const slot = slotOf(location)
    return this.#offsets?.[slot] === location.offset && this.#segments?.[slot] === location.segment
  }

  add(location: BlockLocation): void {
    this.#segments ??= new Uint32Array(SLOTS)
    this.#offsets ??= new Float64Array(SLOTS)
    const slot = slotOf(location)
    this.#segments[slot] = location.segment
    this.#offsets[slot] = location.offset
  }
}

// Offsets of one segment differ by 32 at least: a record's head is longer.
const slotOf = ({ segment, offset }: BlockLocation): number =>
  (Math.imul(segment, 0x9e3779b1) ^ Math.imul(Math.floor(offset / 32) >>> 0, 0x85ebca6b)) >>> 13

import type { SegmentMeta } from '../store-index.ts'

/** What stands before a block's bytes: a length and a CID of sha2-256. */
const RECORD_HEAD_BYTES = 40
/** A root's item in the list of a marker, and its part of the marker. */
const ROOT_BYTES = 220

/** Bytes that a segment would have if it held nothing but what is needed; an estimate within some per cent. */
export const neededBytes = (meta: SegmentMeta): number =>
  meta.bytes + meta.blocks * RECORD_HEAD_BYTES + meta.roots * ROOT_BYTES + (meta.shadows > 0 ? (meta.carried ?? 0) : 0)

/** Bytes of a segment that a rewrite would free. */
export const deadBytes = (meta: SegmentMeta): number => Math.max(0, meta.length - neededBytes(meta))

export type DeadEnough = {
  /** Of the segment's bytes, from 0 to 1. */
  minDeadShare: number
  minDeadBytes: number
}

/** True when a rewrite of the segment is worth its writes. */
export const isMostlyDead = (meta: SegmentMeta, { minDeadShare, minDeadBytes }: DeadEnough): boolean =>
  deadBytes(meta) >= Math.max(minDeadBytes, meta.length * minDeadShare)

/** `neededBytes` reckons markers too small: below this it cannot tell what is dead. */
const SURELY_DEAD_SHARE = 0.25

/** True when a segment has bytes of blocks that nothing points at, be it one block; where the index has lost the count, when a quarter is dead. */
export const holdsReleased = (meta: SegmentMeta): boolean =>
  (meta.freed ?? 0) > 0 || deadBytes(meta) > meta.length * SURELY_DEAD_SHARE

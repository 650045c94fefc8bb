/** Faults that tests plant, to prove that they would notice. Never set in production. */
export type StagingFaults = {
  /** Tell an offset without `fdatasync`. */
  skipSync?: boolean
  /** Tell an offset before it is on the disk, and sync after. */
  tellEarly?: boolean
  /** Believe the newest record at a start, without looking at the bytes that it speaks of. */
  skipCheck?: boolean
}

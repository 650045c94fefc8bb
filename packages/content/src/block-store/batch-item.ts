import type { BlockKey } from './block-key.ts'
import type { MarkerItem } from './commit-marker.ts'
import type { IndexChange } from './index-change.ts'
import type { BlockLocation } from './index-entry.ts'
import type { StoreCore } from './store-core.ts'

/** What one batch may bring at most. */
export const BATCH_BLOCKS = 4_096
export const BATCH_BYTES = 32 * 1024 * 1024

/** A block of an upload that is still in memory. `location` is set when it was written. */
export type BufferedBlock = {
  key: BlockKey
  bytes: Uint8Array
  links: readonly BlockKey[]
  location: BlockLocation | undefined
}

/** A marker that was written and must not count, and the segment that holds it. */
export type VoidMarker = { contentId: string; segment: number }

export type BatchPlan = {
  core: StoreCore
  realm: string
  /** What earlier items of the batch will have written. */
  planned: Set<BlockKey>
  contentIds: Set<string>
}

export type BatchApply = {
  core: StoreCore
  change: IndexChange
  /** The segment that holds the batch's marker. */
  segment: number
  /** Items push here what they give back. */
  released: BlockKey[]
}

/** One thing that shares a write, a sync and an index transaction with others. */
export type BatchItem = {
  /** For the limits of a batch. */
  readonly size: { blocks: number; bytes: number }
  /** It makes room: on a full disk it may use what is set aside. */
  readonly frees: boolean
  /** Says what must be written; `undefined` when the item ended here. May throw: the item alone fails. */
  plan(plan: BatchPlan): { marker: MarkerItem | undefined; write: BufferedBlock[] } | undefined
  /** Inside the index transaction. An error fails the whole batch. */
  apply(apply: BatchApply): void
  /** After the transaction: `again` to go into the next batch; `void` when a marker was written that must not count. */
  settle(): 'done' | 'again' | 'void'
  fail(error: unknown): void
  /** A marker of it that is durable and does not count; when the item fails, another marker must say so. */
  readonly voided?: VoidMarker | undefined
}

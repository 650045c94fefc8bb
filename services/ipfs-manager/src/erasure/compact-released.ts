import { blockKey } from '@packages/content/block-store/block-key'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { addCounts, type Erasure } from '@packages/db/erasure/erasure-row'
import { forgetDamageOfGone } from '@packages/db/erasure/forget-damage'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'

export type CompactReleasedDeps = {
  db: Pick<Database, 'kysely'>
  store: Pick<BlockStore, 'id' | 'idle' | 'compact' | 'holds'>
  logger: MinimalLogger
  bytesPerSecond: number
  /** Lets all go that was read from nodes: some of it may be of what is erased. */
  evictCached?: (() => Promise<unknown>) | undefined
}

/**
 * Rewrites every segment that still has bytes of released blocks, at once: the rules of the daily compaction may leave them for long. False
 * when it has to be tried again: another pass runs, the disk has no room, or roots are not whole.
 */
export const compactReleased = async (
  { db, store, logger, bytesPerSecond, evictCached }: CompactReleasedDeps,
  erasure: Erasure,
  signal: AbortSignal,
): Promise<boolean> => {
  await evictCached?.()
  // A release is durable when its root is gone; its blocks go behind it.
  await store.idle()
  const result = await store.compact({ signal, bytesPerSecond, allReleased: true }).catch((error: unknown) => {
    if (error instanceof HoldfastError && error.code === 'conflict') return undefined
    throw error
  })
  if (result === undefined) return false
  const { state, noRoom, segments, damaged } = result
  if (state !== 'done' || noRoom > 0) {
    logger.warn({ erasure: erasure.id, ...result }, 'an erasure waits: segments could not be compacted')
    return false
  }
  const isHeld = (realm: string, cid: string): boolean => store.holds(realm, blockKey(parseCid(cid)))
  await forgetDamageOfGone(db.kysely, { id: store.id, isHeld })
  await db.kysely
    .transaction()
    .execute((tx) =>
      addCounts(tx, erasure.id, { 'segments rewritten': segments, 'segments with damaged places, kept': damaged }),
    )
  return true
}

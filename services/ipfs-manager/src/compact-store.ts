import type { BlockStore } from '@packages/content/block-store/block-store'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'

export type CompactStoreDeps = {
  store: BlockStore
  logger: MinimalLogger
  /** Told of each block that could not be read: `reportDamage` of the scrub, where there is one. */
  onDamaged?: (damage: { realm: string; cid: string; reason: string }) => void
}

/**
 * One pass of compaction. It looks after itself on a full disk: see ADR 0073. A pass that is stopped goes on at the next one.
 * @param bytesPerSecond read and written, together
 */
export const compactStore = async (
  { store, logger, onDamaged }: CompactStoreDeps,
  { bytesPerSecond, signal }: { bytesPerSecond: number; signal: AbortSignal },
): Promise<void> => {
  const result = await store.compact({
    signal,
    bytesPerSecond,
    onDamaged: (realm, cid) => {
      logger.error({ realm, cid }, 'a stored block is damaged; it was found by a compaction')
      onDamaged?.({ realm, cid, reason: 'found by a compaction' })
    },
  })
  const { state, segments, noRoom } = result
  if (state === 'refused') logger.warn({}, 'nothing is compacted while roots are not whole: see npm run store:verify')
  else if (noRoom > 0) logger.warn({ ...result }, 'the disk has no room to compact the content store')
  else if (segments > 0) logger.info({ ...result }, 'the content store was compacted')
}

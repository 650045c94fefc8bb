import { type BlockKey, keyToBytes } from './block-key.ts'
import type { IndexChange } from './index-change.ts'
import { type BlockLocation, decodeLocation } from './index-entry.ts'
import type { StagedBlocks } from './staged-blocks.ts'
import type { StoreCore } from './store-core.ts'

/** Blocks that an upload has brought; with a location when it has written them. */
export type BlockCopies = ReadonlyMap<BlockKey, { location: BlockLocation | undefined }>

/** Those of the blocks that are held at a place that is known to be damaged. */
export const knownDamaged = (core: StoreCore, realm: string, brought: ReadonlyMap<BlockKey, unknown>): BlockKey[] => {
  if (!core.damage.any) return []
  const blocks = core.index.blocks(realm)
  return [...brought.keys()].filter((key) => {
    const value = blocks.get(keyToBytes(key))
    return value !== undefined && core.damage.has(decodeLocation(value))
  })
}

/** The same for an upload that has too many blocks for memory, of which there is a copy of its own. */
export const stagedCopies = (core: StoreCore, realm: string, staged: StagedBlocks): BlockCopies => {
  const copies = new Map<BlockKey, { location: BlockLocation | undefined }>()
  for (const key of core.damage.keysOf(realm)) {
    const location = staged.locate(key)
    if (location !== undefined) copies.set(key, { location })
  }
  return copies
}

/** Inside a transaction: points a block that is held to a sound copy. False when it is not held. */
export const mendBlock = (core: StoreCore, change: IndexChange, key: BlockKey, copy: BlockLocation): boolean => {
  const entry = change.get(key)
  if (entry === undefined || !change.move(key, entry, copy)) return false
  core.damage.remove(entry)
  return true
}

/** Inside a transaction: points those of the blocks whose place is known to be damaged to the copies that an upload has written. */
export const mendBrought = (core: StoreCore, change: IndexChange, copies: BlockCopies): void => {
  if (!core.damage.any || core.faults.keepDamaged) return
  for (const [key, { location }] of copies) {
    const entry = location === undefined ? undefined : change.get(key)
    if (entry !== undefined && location !== undefined && core.damage.has(entry)) mendBlock(core, change, key, location)
  }
}

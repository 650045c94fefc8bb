import { setImmediate as nextTurn } from 'node:timers/promises'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { type BlockKey, keyToBytes } from './block-key.ts'
import { rootTargets } from './block-links.ts'
import { decodeLocation } from './index-entry.ts'
import { storedLinks } from './release-cascade.ts'
import type { StoreCore } from './store-core.ts'

export type DagMeasure = { bytes: number; blocks: number }

const MAX_BLOCKS = 1_000_000
const TURN_BLOCKS = 256

/** Walks a held DAG. Raw leaves are not read: the index knows their length. */
export const measureDag = async (
  core: StoreCore,
  options: { realm: string; cid: CID; signal?: AbortSignal },
): Promise<DagMeasure | undefined> => {
  const index = core.index.blocks(options.realm)
  const seen = new Set<BlockKey>()
  const stack: BlockKey[] = [...rootTargets(options.cid, options.realm)]
  const measure = { bytes: 0, blocks: 0 }
  for (let key = stack.pop(); key !== undefined; key = stack.pop()) {
    if (seen.has(key)) continue
    if (seen.size >= MAX_BLOCKS)
      throw new HoldfastError('payload_too_large', { detail: 'The DAG has more than a million blocks.' })
    seen.add(key)
    if (seen.size % TURN_BLOCKS === 0) {
      await nextTurn()
      options.signal?.throwIfAborted()
    }
    const value = index.get(keyToBytes(key))
    if (value === undefined) return undefined
    const location = decodeLocation(value)
    measure.bytes += location.length
    measure.blocks++
    for (const link of storedLinks(core.pool, options.realm, key, location)) if (!seen.has(link)) stack.push(link)
  }
  return measure
}

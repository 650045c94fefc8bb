import type { CID } from 'multiformats/cid'
import { blockKeyBytes, isIdentity } from './block-key.ts'
import { matchesHash } from './hash-block.ts'
import { decodeLocation } from './index-entry.ts'
import type { SegmentPool } from './segment-pool.ts'
import { isUnreadable } from './store-error.ts'
import type { BinaryDatabase } from './store-index.ts'

/** Entries on each side of where a key belongs that are looked at. */
const NEIGHBOURS = 2

const differsByOneBit = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) {
    const bits = (a[i] ?? 0) ^ (b[i] ?? 0)
    if (bits === 0) continue
    if (difference !== 0 || (bits & (bits - 1)) !== 0) return false
    difference = bits
  }
  return difference !== 0
}

/**
 * The entry of a block that the index does not have under its key, where a bit of that key has flipped: keys are hashes, so no two
 * differ by one bit. The flipped one stands where the right one stood.
 */
export const nearEntry = (blocks: BinaryDatabase, key: Buffer): { key: Buffer; value: Buffer } | undefined => {
  for (const reverse of [false, true])
    for (const entry of blocks.getRange({ start: key, reverse, limit: NEIGHBOURS }))
      if (differsByOneBit(entry.key, key)) return { key: Buffer.from(entry.key), value: Buffer.from(entry.value) }
  return undefined
}

/**
 * The bytes of a block whose key has flipped in the index. They are hashed: who asks for a CID that is one bit beside a held one
 * must not make a loss of it.
 */
export const readMisplaced = (blocks: BinaryDatabase, pool: SegmentPool, cid: CID): Uint8Array | undefined => {
  const near = isIdentity(cid) ? undefined : nearEntry(blocks, blockKeyBytes(cid))
  if (near === undefined) return undefined
  try {
    const bytes = pool.readBlockSync(decodeLocation(near.value))
    return matchesHash(cid.multihash, bytes) ? bytes : undefined
  } catch (error) {
    if (isUnreadable(error)) return undefined
    throw error
  }
}

import type { CID } from 'multiformats/cid'
import { blockKeyBytes, isIdentity } from './block-key.ts'
import { matchesHash } from './hash-block.ts'
import { decodeLocation } from './index-entry.ts'
import type { SegmentPool } from './segment-pool.ts'
import { isUnreadable } from './store-error.ts'
import type { BinaryDatabase } from './store-index.ts'

type StoredEntry = { key: Buffer; value: Buffer }

/** Entries on each side of where a key belongs that are looked at. */
const NEIGHBOURS = 2
/** More than a page of the index holds. */
const PAGE_ENTRIES = 128
/** So many bytes that two keys have in common by no chance: hashes. */
const UNMISTAKABLE_BYTES = 20

const around = (blocks: BinaryDatabase, key: Buffer, limit: number): StoredEntry[] => [
  ...[...blocks.getRange({ start: key, reverse: true, limit })].toReversed(),
  ...blocks.getRange({ start: key, limit }),
]

const isInOrder = (entries: readonly StoredEntry[]): boolean =>
  entries.every(({ key }, i) => i === 0 || Buffer.compare(entries[i - 1]?.key ?? key, key) <= 0)

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

// A key and its value lie one behind the other, so that a key that is told too long holds the head of its value.
const shortened = ({ key, value }: StoredEntry, right: Buffer): StoredEntry | undefined =>
  key.length > right.length && key.subarray(0, right.length).equals(right)
    ? { key, value: Buffer.concat([key, value]).subarray(right.length) }
    : undefined

/**
 * The entry of a block that the index does not have under its key, where a bit of that key or of its length has flipped: keys are hashes, so no two
 * differ by one bit. The flipped one stands where the right one stood. It also leads searches for others astray, to where it stands
 * itself; those are found by looking at all of its page.
 * @returns the key as it stands there, and the value that belongs to it
 */
export const nearEntry = (
  blocks: BinaryDatabase,
  key: Buffer,
  near = around(blocks, key, NEIGHBOURS),
): StoredEntry | undefined => {
  for (const entry of near) {
    const found = differsByOneBit(entry.key, key) ? entry : shortened(entry, key)
    if (found !== undefined) return found
  }
  return isInOrder(near) ? undefined : around(blocks, key, PAGE_ENTRIES).find((entry) => entry.key.equals(key))
}

/**
 * What is left of a key whose length has flipped: its first bytes alone, with the others in front of its value, or more bytes than it has. Its place cannot be
 * told from it.
 */
const isMaimed = (entry: StoredEntry, key: Buffer): boolean => {
  if (entry.key.length === key.length) return false
  const found = Buffer.concat([entry.key, entry.value]).subarray(0, key.length)
  return found.length >= UNMISTAKABLE_BYTES && found.equals(key.subarray(0, found.length))
}

/**
 * The bytes of a block whose key has flipped in the index. They are hashed: who asks for a CID that is one bit beside a held one
 * must not make a loss of it.
 */
export const readMisplaced = (
  blocks: BinaryDatabase,
  pool: SegmentPool,
  cid: CID,
  near?: StoredEntry[],
): Uint8Array | undefined => {
  const entry = isIdentity(cid) ? undefined : nearEntry(blocks, blockKeyBytes(cid), near)
  if (entry === undefined) return undefined
  try {
    const bytes = pool.readBlockSync(decodeLocation(entry.value))
    return matchesHash(cid.multihash, bytes) ? bytes : undefined
  } catch (error) {
    if (isUnreadable(error)) return undefined
    throw error
  }
}

/** Whether a block that the index does not have under its key has an entry there all the same, whether or not that tells its place. */
export const isMisplaced = (blocks: BinaryDatabase, pool: SegmentPool, cid: CID): boolean => {
  const key = blockKeyBytes(cid)
  const near = around(blocks, key, NEIGHBOURS)
  return near.some((entry) => isMaimed(entry, key)) || readMisplaced(blocks, pool, cid, near) !== undefined
}

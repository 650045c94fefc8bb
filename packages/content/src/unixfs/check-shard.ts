import { InvalidDagError } from './dag-errors.ts'
import type { DirectoryNode } from './directory-node-decode.ts'
import { slotPrefix } from './hamt-slots.ts'
import { MAX_HAMT_FANOUT, MIN_HAMT_FANOUT } from './import-profile.ts'

const HASH_MURMUR3_X64_64 = 0x22
const NO_SLOTS: readonly number[] = []

/** The shape of a shard that agrees with itself: the slot of each link, in order. */
export type ShardShape = { fanout: number; slots: readonly number[] }

/**
 * Holds a shard against <https://specs.ipfs.tech/unixfs/#dag-pb-hamtdirectory>: its fan-out is one that there is, and its
 * bitfield has a bit for each link, in whose name the slot stands. Nothing is allocated by what it claims.
 * @throws InvalidDagError
 */
export const checkShard = ({ cid, block, links, shard }: DirectoryNode): ShardShape => {
  if (shard === undefined) throw new InvalidDagError(cid, 'a basic directory is linked as a shard')
  const { bitfield, fanout = 0, hashType } = shard
  if (hashType !== HASH_MURMUR3_X64_64) throw new InvalidDagError(cid, 'its hash function is not murmur3-x64-64')
  if (fanout < MIN_HAMT_FANOUT || fanout > MAX_HAMT_FANOUT || (fanout & (fanout - 1)) !== 0)
    throw new InvalidDagError(cid, `its fan-out ${fanout} is no power of two from 8 to 1024`)
  const slots = bitfield.length > fanout / 8 ? NO_SLOTS : slotsIn(bitfield)
  if (slots.length !== links.length)
    throw new InvalidDagError(cid, `its bitfield has ${slots.length} slots but there are ${links.length} links`)
  for (const [index, slot] of slots.entries()) {
    const name = links[index]?.name
    const prefix = slotPrefix(slot, fanout)
    for (let at = 0; at < prefix.length; at++)
      if (name === undefined || name.start + at >= name.end || block[name.start + at] !== prefix.charCodeAt(at))
        throw new InvalidDagError(cid, `a link's name does not begin with its slot ${prefix}`)
  }
  return { fanout, slots }
}

/** The bits that are set, counted from the last byte's lowest. */
const slotsIn = (bitfield: Uint8Array): number[] => {
  const slots: number[] = []
  for (let slot = 0; slot < bitfield.length * 8; slot++)
    if (((bitfield[bitfield.length - 1 - (slot >>> 3)] as number) >>> (slot & 7)) & 1) slots.push(slot)
  return slots
}

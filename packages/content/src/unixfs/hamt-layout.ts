import { HoldfastError } from '@packages/shared/holdfast-error'
import type { DirectoryLink } from './directory-node-encode.ts'
import { HASH_BITS, NameSlots, slotBits, slotPrefix } from './hamt-slots.ts'

export type HamtLayoutOptions = {
  fanout: number
  /** The entry of this index of `names`. */
  link: (index: number) => DirectoryLink
  /** Stores a shard and answers the link to it, whose name does not matter. Shards come before those that link them. */
  store: (links: DirectoryLink[], bitfield: Uint8Array) => Promise<DirectoryLink>
}

/**
 * Builds the sharded directory over `names` (which differ from each other), the same whatever their order, as boxo's
 * `ipld/unixfs/hamt`: each level takes as many bits of a name's hash as the fan-out has, from the top; names that share a
 * slot share a shard on the next level.
 * @throws HoldfastError `invalid_path` when two names have the same hash
 */
export const buildHamt = (names: readonly string[], options: HamtLayoutOptions): Promise<DirectoryLink> => {
  const { fanout, link, store } = options
  const bits = slotBits(fanout)
  const prefixes = Array.from({ length: fanout }, (_, slot) => slotPrefix(slot, fanout))
  const slots = new NameSlots(names)
  const buildShard = async (members: Uint32Array, consumed: number): Promise<DirectoryLink> => {
    if (consumed + bits > HASH_BITS) throw sameHash(names, members)
    const { sorted, ends } = slots.group(members, consumed, fanout)
    const links: DirectoryLink[] = []
    const bitfield = new Uint8Array(fanout / 8)
    let from = 0
    for (const [slot, to] of ends.entries()) {
      if (to === from) continue
      const byte = bitfield.length - 1 - (slot >>> 3)
      bitfield[byte] = (bitfield[byte] as number) | (1 << (slot & 7))
      const prefix = prefixes[slot] as string
      const single = to === from + 1
      const child = single ? link(sorted[from] as number) : await buildShard(sorted.subarray(from, to), consumed + bits)
      links.push({ name: single ? prefix + child.name : prefix, cid: child.cid, dagBytes: child.dagBytes })
      from = to
    }
    return store(links, withoutLeadingZeros(bitfield))
  }
  return buildShard(Uint32Array.from(names.keys()), 0)
}

const withoutLeadingZeros = (bytes: Uint8Array): Uint8Array => bytes.subarray(bytes.findIndex((byte) => byte !== 0))

const sameHash = (names: readonly string[], members: Uint32Array): HoldfastError => {
  const [one, other] = [...members].map((index) => JSON.stringify(names[index]))
  const detail = `The names ${one} and ${other} cannot both stand in a sharded directory: their hashes are equal.`
  return new HoldfastError('invalid_path', { detail })
}

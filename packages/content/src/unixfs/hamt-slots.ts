import { hashName } from './murmur3.ts'

/** Bits of a name's hash; when they are used up, two names cannot be told apart. */
export const HASH_BITS = 64

/** The `count` bits of a hash of two words that come after the first `consumed`, from the top. */
const takeBits = (high: number, low: number, consumed: number, count: number): number => {
  const to = consumed + count
  if (to <= 32) return (high >>> (32 - to)) & mask(count)
  if (consumed >= 32) return (low >>> (64 - to)) & mask(count)
  return ((high & mask(32 - consumed)) << (to - 32)) | (low >>> (64 - to))
}

const mask = (bits: number): number => (bits === 32 ? -1 : (1 << bits) - 1)

/** Bits that each level of a trie of this fan-out takes. */
export const slotBits = (fanout: number): number => 31 - Math.clz32(fanout)

/** The slots of `name` level by level, as many as its hash has bits for. */
export const slotsOf = (name: string, fanout: number): number[] => {
  const { high, low } = hashName(name)
  const bits = slotBits(fanout)
  const slots: number[] = []
  for (let consumed = 0; consumed + bits <= HASH_BITS; consumed += bits) slots.push(takeBits(high, low, consumed, bits))
  return slots
}

/** How a link of a shard begins: its slot in hexadecimal, as long for each slot. */
export const slotPrefix = (slot: number, fanout: number): string =>
  slot.toString(16).toUpperCase().padStart(prefixLength(fanout), '0')

export const prefixLength = (fanout: number): number => (fanout - 1).toString(16).length

/** The hashes of many names, taken apart level by level. */
export class NameSlots {
  readonly #hashes: Uint32Array

  constructor(names: readonly string[]) {
    this.#hashes = new Uint32Array(2 * names.length)
    for (const [index, name] of names.entries()) {
      const { high, low } = hashName(name)
      this.#hashes[2 * index] = high
      this.#hashes[2 * index + 1] = low
    }
  }

  /** Orders `members` (indexes of names) by their slot; `ends[slot]` is where the members of a slot end. */
  group(members: Uint32Array, consumed: number, fanout: number): { sorted: Uint32Array; ends: Uint32Array } {
    const bits = slotBits(fanout)
    const slots = members.map((index) => this.#slot(index, consumed, bits))
    const ends = new Uint32Array(fanout)
    for (const slot of slots) ends[slot] = (ends[slot] as number) + 1
    for (let slot = 1; slot < fanout; slot++) ends[slot] = (ends[slot] as number) + (ends[slot - 1] as number)
    const next = Uint32Array.from(ends)
    const sorted = new Uint32Array(members.length)
    for (const [at, slot] of slots.entries()) {
      const place = (next[slot] as number) - 1
      next[slot] = place
      sorted[place] = members[at] as number
    }
    return { sorted, ends }
  }

  #slot(index: number, consumed: number, bits: number): number {
    return takeBits(this.#hashes[2 * index] as number, this.#hashes[2 * index + 1] as number, consumed, bits)
  }
}

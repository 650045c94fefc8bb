import type { CID } from 'multiformats/cid'

/** 1.25 MiB, as blocks come by. */
const SLOTS = 2 ** 15
const SLOT_BYTES = 40
/** A slot's first bytes: which answer, plus one; the codec in two; the multihash's length. */
const HEAD_BYTES = 4
const MAX_MULTIHASH_BYTES = SLOT_BYTES - HEAD_BYTES
const MAX_CODEC = 0xffff

/**
 * What was answered of blocks a moment ago, by codec and multihash. A table of fixed size, in which a block that falls on another's slot takes its place: in a map each
 * file that is read once left a text that had to be made, found and collected.
 */
export class KnownBlocks<A> {
  readonly #answers: readonly A[]
  #table: Uint8Array | undefined

  /** @param answers all that there are */
  constructor(answers: readonly A[]) {
    this.#answers = answers
  }

  get({ code, multihash: { bytes } }: CID): A | undefined {
    const table = this.#table
    if (table === undefined) return undefined
    const at = slotOf(bytes)
    if (table[at] === 0 || table[at + 3] !== bytes.length) return undefined
    if (((table[at + 1] ?? 0) << 8) + (table[at + 2] ?? 0) !== code) return undefined
    for (let byte = 0; byte < bytes.length; byte++) if (table[at + HEAD_BYTES + byte] !== bytes[byte]) return undefined
    return this.#answers[(table[at] ?? 0) - 1]
  }

  /** CIDs that are longer than nearly all, or of a rarer codec, are not remembered. */
  set({ code, multihash: { bytes } }: CID, answer: A): void {
    if (bytes.length > MAX_MULTIHASH_BYTES || code > MAX_CODEC) return
    const table = (this.#table ??= new Uint8Array(SLOTS * SLOT_BYTES))
    const at = slotOf(bytes)
    table[at] = this.#answers.indexOf(answer) + 1
    table[at + 1] = code >> 8
    table[at + 2] = code & 0xff
    table[at + 3] = bytes.length
    table.set(bytes, at + HEAD_BYTES)
  }

  clear(): void {
    this.#table = undefined
  }
}

const slotOf = (bytes: Uint8Array): number => {
  const { length } = bytes
  const end = ((bytes[length - 2] ?? 0) << 8) | (bytes[length - 1] ?? 0)
  return (end & (SLOTS - 1)) * SLOT_BYTES
}

import { type BlockKey, codecOfKey, isRawKey, multihashOfKey } from './block-key.ts'
import { blockLinks } from './block-links.ts'
import { matchesHash } from './hash-block.ts'
import type { IndexChange } from './index-change.ts'
import type { BlockLocation, IndexEntry } from './index-entry.ts'
import { decodeKeyList, encodeKeyList } from './root-keys.ts'
import type { SegmentPool } from './segment-pool.ts'
import { BlockDamaged } from './store-error.ts'
import type { StoreCore } from './store-core.ts'

/** The links of a stored block, from bytes whose hash was checked. @throws SegmentGone, BlockDamaged */
export const storedLinks = (
  pool: SegmentPool,
  realm: string,
  key: BlockKey,
  location: BlockLocation,
): readonly BlockKey[] => {
  if (isRawKey(key)) return []
  const bytes = pool.readBlockSync(location)
  if (!matchesHash(multihashOfKey(key), bytes)) throw new BlockDamaged('a stored block does not match its hash')
  return blockLinks(codecOfKey(key), bytes, realm)
}

/**
 * Gives references back, and with the last one of a block those of its links, in slices. What is left of it stands in the index under
 * `releasing`, as lists of keys that still have to be given back once: the newest list first, so that the lists stay few.
 */
export class ReleaseCascade {
  readonly #core: StoreCore
  readonly #realm: string
  readonly #prefix: Buffer

  constructor(core: StoreCore, realm: string) {
    this.#core = core
    this.#realm = realm
    this.#prefix = Buffer.from(`${realm}\0`)
  }

  #listKey(number: number): Buffer {
    const key = Buffer.alloc(this.#prefix.length + 6)
    key.set(this.#prefix)
    key.writeUIntBE(number, this.#prefix.length, 6)
    return key
  }

  #newest(): { number: number; key: Buffer; keys: BlockKey[] } | undefined {
    const range = { start: this.#listKey(2 ** 48 - 1), end: this.#prefix, reverse: true, limit: 1 }
    for (const { key, value } of this.#core.index.releasing.getRange(range))
      return {
        number: key.readUIntBE(this.#prefix.length, 6),
        key: Buffer.from(key),
        keys: decodeKeyList(value).keys,
      }
    return undefined
  }

  /** True while something is left to give back. */
  get pending(): boolean {
    return this.#newest() !== undefined
  }

  /** Inside a transaction: gives all `fresh` references back, and up to `budget` of those that this and earlier steps left over. */
  step(change: IndexChange, budget: number, fresh: readonly BlockKey[] = []): void {
    const stack: BlockKey[] = []
    for (const key of fresh) this.#giveBack(change, key, stack)
    for (let left = budget; left > 0; left--) {
      if (stack.length === 0) {
        const list = this.#newest()
        if (list === undefined) return
        this.#core.index.releasing.removeSync(list.key)
        stack.push(...list.keys)
      }
      const key = stack.pop()
      if (key !== undefined) this.#giveBack(change, key, stack)
    }
    this.#keep(stack)
  }

  #giveBack(change: IndexChange, key: BlockKey, stack: BlockKey[]): void {
    const removed = change.dereference(key)
    if (removed === undefined || this.#core.faults.skipCascade) return
    for (const link of this.#linksOf(key, removed)) stack.push(link)
  }

  #keep(stack: readonly BlockKey[]): void {
    const size = this.#core.settings.sliceBlocks
    let number = (this.#newest()?.number ?? 0) + 1
    for (let at = 0; at < stack.length; at += size) {
      const list = encodeKeyList(this.#realm, stack.slice(at, at + size))
      this.#core.index.releasing.putSync(this.#listKey(number++), list)
    }
  }

  // What cannot be read keeps its children: too much is kept rather than too little.
  #linksOf(key: BlockKey, entry: IndexEntry): readonly BlockKey[] {
    try {
      return storedLinks(this.#core.pool, this.#realm, key, entry)
    } catch (error) {
      this.#core.logger.error({ err: error, segment: entry.segment }, 'a released block is damaged; its children stay')
      return []
    }
  }
}

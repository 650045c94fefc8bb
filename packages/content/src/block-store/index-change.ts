import { type BlockKey, bytesToKey, keyToBytes } from './block-key.ts'
import { type BlockLocation, decodeEntry, encodeEntry, type IndexEntry } from './index-entry.ts'
import { nearEntry } from './near-key.ts'
import type { StoreIndex } from './store-index.ts'

/** More than will ever be given back, with room for as many more. */
const COUNT_UNKNOWN = 2 ** 31

type SegmentDelta = { blocks: number; bytes: number; roots: number; shadows: number; freed: number }

/**
 * The changes of one transaction to a realm's blocks and to the account of its segments, gathered in memory and written once each.
 * A fork can be thrown away, so that one upload of a batch can fail without the others.
 */
export class IndexChange {
  readonly realm: string
  readonly #index: StoreIndex
  readonly #parent: IndexChange | undefined
  readonly #entries = new Map<BlockKey, IndexEntry | null>()
  readonly #segments = new Map<number, SegmentDelta>()

  constructor(index: StoreIndex, realm: string, parent?: IndexChange) {
    this.#index = index
    this.realm = realm
    this.#parent = parent
  }

  /** Blocks that change. */
  get size(): number {
    return this.#entries.size
  }

  fork(): IndexChange {
    return new IndexChange(this.#index, this.realm, this)
  }

  /** Takes a fork's changes over. */
  merge(fork: IndexChange): void {
    for (const [key, entry] of fork.#entries) this.#entries.set(key, entry)
    for (const [id, delta] of fork.#segments) this.account(id, delta)
  }

  get(key: BlockKey): IndexEntry | undefined {
    const own = this.#entries.get(key)
    if (own !== undefined) return own ?? undefined
    if (this.#parent !== undefined) return this.#parent.get(key)
    const bytes = this.#index.blocks(this.realm).get(keyToBytes(key))
    return bytes === undefined ? undefined : decodeEntry(bytes)
  }

  has(key: BlockKey): boolean {
    const own = this.#entries.get(key)
    if (own !== undefined) return own !== null
    if (this.#parent !== undefined) return this.#parent.has(key)
    return this.#index.blocks(this.realm).doesExist(keyToBytes(key))
  }

  /** Adds a block that nothing counts yet. */
  add(key: BlockKey, { segment, offset, length }: BlockLocation): void {
    this.#entries.set(key, { segment, offset, length, count: 0 })
    this.account(segment, { blocks: 1, bytes: length })
  }

  /**
   * Adds a block that the index has lost, with the count of the entry whose key has flipped, which goes. Without such an entry the count is
   * lost as well: the block is not given back before the index is rebuilt.
   */
  restore(key: BlockKey, { segment, offset, length }: BlockLocation): void {
    const near = nearEntry(this.#index.blocks(this.realm), keyToBytes(key))
    const old = near === undefined ? undefined : decodeEntry(near.value)
    this.#entries.set(key, { segment, offset, length, count: old?.count ?? COUNT_UNKNOWN })
    this.account(segment, { blocks: 1, bytes: length })
    // LMDB takes an entry out by the length that it tells: with a wrong one it would take a piece of the next.
    if (near === undefined || old === undefined || near.key.length !== key.length) return
    const flipped = bytesToKey(near.key)
    if (flipped !== key) this.#entries.set(flipped, null)
    this.account(old.segment, { blocks: -1, bytes: -old.length, freed: 1 })
  }

  /**
   * Points a block that lies at `from` to a copy of it. False when it does not lie there any more.
   * @param blind a planted fault: do not compare
   */
  move(key: BlockKey, from: BlockLocation, to: BlockLocation, blind = false): boolean {
    const entry = this.get(key) ?? (blind ? { ...from, count: 1 } : undefined)
    if (entry === undefined) return false
    if (!blind && (entry.segment !== from.segment || entry.offset !== from.offset)) return false
    this.#entries.set(key, { ...to, count: entry.count })
    this.account(from.segment, { blocks: -1, bytes: -entry.length })
    this.account(to.segment, { blocks: 1, bytes: to.length })
    return true
  }

  /** Takes one reference on a block. */
  reference(key: BlockKey): void {
    const entry = this.get(key)
    if (entry === undefined) throw new Error('a reference on a block that is not held')
    this.#entries.set(key, { ...entry, count: entry.count + 1 })
  }

  /** Gives one reference back; the removed entry when it was the last one. */
  dereference(key: BlockKey): IndexEntry | undefined {
    const entry = this.get(key)
    if (entry === undefined) return undefined
    if (entry.count > 1) {
      this.#entries.set(key, { ...entry, count: entry.count - 1 })
      return undefined
    }
    this.#entries.set(key, null)
    this.account(entry.segment, { blocks: -1, bytes: -entry.length, freed: 1 })
    return entry
  }

  account(segment: number, delta: Partial<SegmentDelta>): void {
    const sum = this.#segments.get(segment) ?? { blocks: 0, bytes: 0, roots: 0, shadows: 0, freed: 0 }
    sum.blocks += delta.blocks ?? 0
    sum.bytes += delta.bytes ?? 0
    sum.roots += delta.roots ?? 0
    sum.shadows += delta.shadows ?? 0
    sum.freed += delta.freed ?? 0
    this.#segments.set(segment, sum)
  }

  /** Inside a transaction: the segment `younger` must be kept until `older` is gone. See `StoreIndex.addShadow`. */
  outlive(older: number, younger: number, loose: boolean): void {
    if (older === younger || this.#index.segment(older) === undefined) return
    if (this.#index.addShadow(older, younger, loose)) this.account(younger, { shadows: 1 })
  }

  /** Inside a transaction, after the written segment's own record was put. Returns the segments that changed. */
  write(): number[] {
    const blocks = this.#index.blocks(this.realm)
    for (const [key, entry] of this.#entries) {
      if (entry === null) blocks.removeSync(keyToBytes(key))
      else blocks.putSync(keyToBytes(key), encodeEntry(entry))
    }
    for (const [id, delta] of this.#segments) {
      const meta = this.#index.segment(id)
      // A number that has flipped: there is nothing to take from.
      if (meta === undefined && delta.blocks <= 0 && delta.roots <= 0) continue
      if (meta === undefined) throw new Error(`the index points into segment ${id}, which it does not know`)
      this.#index.putSegment(id, {
        ...meta,
        blocks: meta.blocks + delta.blocks,
        bytes: meta.bytes + delta.bytes,
        roots: meta.roots + delta.roots,
        shadows: meta.shadows + delta.shadows,
        ...(delta.freed > 0 ? { freed: (meta.freed ?? 0) + delta.freed } : {}),
      })
    }
    return [...this.#segments.keys()]
  }
}

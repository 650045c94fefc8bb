import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { type BlockKey, blockKey, codecOfKey, isIdentity, isRawKey, keyToCid } from '../block-store/block-key.ts'
import { blockLinks } from '../block-store/block-links.ts'
import { KeyTable } from '../car/key-table.ts'
import { NumberList } from '../car/number-list.ts'

/** Blocks, and how often each is linked to: links of held blocks, and roots. */
export type CountedBlocks = BlockSource & { countsOf(cid: CID): { key: BlockKey; count: number }[] }

const MAX_BLOCKS = 2_000_000
const TURN = 512

/**
 * Which blocks would go if some roots were released: the release as it would run, counted and not done. It is asked with a block's count as it is
 * then, so that whatever is linked to from elsewhere since stays.
 */
export class GivenBack {
  readonly #keys = new KeyTable()
  readonly #dropped = new NumberList()

  /** Distinct blocks that lose a link. */
  get size(): number {
    return this.#keys.size
  }

  /** All links to it are from what goes. */
  has(key: BlockKey, count: number): boolean {
    const number = this.#keys.find(key)
    return number !== undefined && this.#dropped.at(number) >= count
  }

  /** Takes one link away, and says how many it has lost. */
  drop(key: BlockKey): number {
    const number = this.#keys.number(key)
    if (number === this.#dropped.length) this.#dropped.push(0)
    const dropped = this.#dropped.at(number) + 1
    this.#dropped.set(number, dropped)
    return dropped
  }
}

/**
 * Fills `givenBack`: the roots first, then what is below them, below such blocks only as would go themselves. 45 bytes for each block met; no leaf is read.
 * @returns false when there are more than `maxBlocks`, or one cannot be read: what is below it is not among them
 */
export const walkGivenBack = async (
  blocks: CountedBlocks,
  roots: readonly CID[],
  { givenBack, signal, maxBlocks = MAX_BLOCKS }: { givenBack: GivenBack; signal: AbortSignal; maxBlocks?: number },
): Promise<boolean> => {
  const open: BlockKey[] = []
  const drop = (key: BlockKey): void => {
    const dropped = givenBack.drop(key)
    const count = blocks.countsOf(keyToCid(key)).find((one) => one.key === key)?.count
    if (dropped === count && !isRawKey(key)) open.push(key)
  }
  let turn = 0
  // A node may have 50,000 links, and others are served meanwhile.
  const dropAll = async (keys: Iterable<BlockKey>): Promise<void> => {
    for (const key of keys) {
      drop(key)
      if (++turn % TURN === 0) await nextTurn()
      signal.throwIfAborted()
    }
  }
  await dropAll(roots.filter((root) => !isIdentity(root)).map(blockKey))
  let isWhole = true
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (givenBack.size > maxBlocks) return false
    try {
      const bytes = await blocks.get(keyToCid(key), { signal })
      if (bytes !== undefined) await dropAll(blockLinks(codecOfKey(key), bytes, 'public'))
    } catch {
      signal.throwIfAborted()
      isWhole = false
    }
  }
  return isWhole
}

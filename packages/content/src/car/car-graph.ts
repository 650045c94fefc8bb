import { setImmediate as nextTurn } from 'node:timers/promises'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { BlockKey } from '../block-store/block-key.ts'
import type { CarLimits } from '../dag/dag-limits.ts'
import { KeyTable } from './key-table.ts'
import { NumberList } from './number-list.ts'

const TURN = 8_192
const NOTHING: readonly number[] = []

/** What one walk of a graph met; numbers are `CarGraph`'s. */
export type Reached = { blocks: number; bytes: number; present: NumberList; absent: NumberList }

/**
 * Which blocks a CAR brought, how long they are and what they link to: some 50 bytes for each CID, 4 for each link. Blocks come in any order, so
 * whether a DAG is whole is known at the end alone.
 */
export class CarGraph {
  readonly #limits: CarLimits
  readonly #keys = new KeyTable()
  /** Bytes of the block, plus one; 0 for what was only linked to. */
  readonly #sizes = new NumberList()
  /** Where its links begin in `#links`, plus one; 0 for none. Behind the last one stands the next block's. */
  readonly #firstLinks = new NumberList()
  /** Count ‖ numbers, for each block that has links. */
  readonly #links = new NumberList()
  /** Distinct blocks, and their bytes. */
  blocks = 0
  bytes = 0

  constructor(limits: CarLimits) {
    this.#limits = limits
  }

  /** Distinct CIDs that were seen, as blocks or as links. */
  get cids(): number {
    return this.#keys.size
  }

  has(key: BlockKey): boolean {
    const number = this.#keys.find(key)
    return number !== undefined && this.#sizes.at(number) > 0
  }

  /** Takes a block that is not there yet. @throws HoldfastError `payload_too_large` */
  add(key: BlockKey, size: number, links: readonly BlockKey[]): void {
    const number = this.#number(key)
    this.#sizes.set(number, size + 1)
    this.blocks++
    this.bytes += size
    if (links.length === 0) return
    if (this.#links.length + links.length > this.#limits.maxLinks) throw tooMany(this.#limits.maxLinks, 'links')
    this.#firstLinks.set(number, this.#links.length + 1)
    this.#links.push(links.length)
    for (const link of links) this.#links.push(this.#number(link))
  }

  #number(key: BlockKey): number {
    const number = this.#keys.number(key)
    if (number === this.#sizes.length) {
      const { freeCids, minBytesPerCid, maxCids } = this.#limits
      const most = Math.min(maxCids, Math.floor(freeCids + this.bytes / minBytesPerCid))
      if (this.#keys.size > most) throw tooMany(most, `CIDs when its blocks have ${this.bytes} bytes`)
      if (this.#keys.odd > this.#limits.maxOddCids)
        throw tooMany(this.#limits.maxOddCids, 'CIDs of unusual hashes or codecs')
      this.#sizes.push(0)
      this.#firstLinks.push(0)
    }
    return number
  }

  key(number: number): BlockKey {
    return this.#keys.key(number)
  }

  size(number: number): number {
    return this.#sizes.at(number) - 1
  }

  /** Bytes of a block that is there. */
  sizeOf(key: BlockKey): number | undefined {
    const number = this.#keys.find(key)
    return number === undefined || !this.isPresent(number) ? undefined : this.size(number)
  }

  isPresent(number: number): boolean {
    return this.#sizes.at(number) > 0
  }

  /** Everything below `targets`, each once, in turns of the event loop. @throws the signal's reason */
  async walk(targets: readonly BlockKey[], signal?: AbortSignal): Promise<Reached> {
    const reached: Reached = { blocks: 0, bytes: 0, present: new NumberList(), absent: new NumberList() }
    for (const target of targets) this.#number(target)
    const seen = new Uint8Array((this.#keys.size >> 3) + 1)
    const open = new NumberList()
    const visit = (number: number): void => {
      const bit = 1 << (number & 7)
      if (((seen[number >> 3] as number) & bit) !== 0) return
      seen[number >> 3] = (seen[number >> 3] as number) | bit
      open.push(number)
    }
    for (const target of targets) visit(this.#number(target))
    let steps = 0
    for (let number = open.pop(); number !== undefined; number = open.pop()) {
      if (!this.isPresent(number)) {
        reached.absent.push(number)
        continue
      }
      reached.present.push(number)
      reached.blocks++
      reached.bytes += this.size(number)
      for (const link of this.#linksOf(number)) visit(link)
      if (++steps % TURN === 0) {
        await nextTurn()
        signal?.throwIfAborted()
      }
    }
    return reached
  }

  #linksOf(number: number): Iterable<number> {
    const first = this.#firstLinks.at(number)
    return first === 0 ? NOTHING : this.#linksFrom(first - 1)
  }

  *#linksFrom(at: number): Generator<number> {
    const end = at + this.#links.at(at)
    for (let i = at + 1; i <= end; i++) yield this.#links.at(i)
  }
}

const tooMany = (limit: number, what: string): HoldfastError =>
  new HoldfastError('payload_too_large', { detail: `A CAR may have ${limit} ${what} at most.` })

import { type BlockKey, bytesToKey, keyToBytes } from './block-key.ts'
import type { BlockLocation } from './index-entry.ts'
import type { BinaryDatabase } from './store-index.ts'

/** More damage than that is a disk that has gone. */
const MAX_KEYS = 16_384

/** segment u32 ‖ offset u48 */
export const placeKey = ({ segment, offset }: Pick<BlockLocation, 'segment' | 'offset'>): Buffer => {
  const key = Buffer.allocUnsafe(10)
  key.writeUInt32BE(segment, 0)
  key.writeUIntBE(offset, 4, 6)
  return key
}

/**
 * Places of the segments where bytes were found that are not what they should be. Readers of all processes see them: what was hashed there once does
 * not count any more. A block that is brought again is written again when its place is one of these. Ids of segments are never used twice, so a note that is
 * left over says nothing about another block.
 */
export class DamagedPlaces {
  readonly #database: BinaryDatabase
  #count: number

  constructor(database: BinaryDatabase) {
    this.#database = database
    this.#count = database.getKeysCount({})
  }

  get any(): boolean {
    return this.#count > 0
  }

  has(place: BlockLocation): boolean {
    return this.#count > 0 && this.#database.doesExist(placeKey(place))
  }

  /** Inside a transaction. */
  add(place: BlockLocation, realm: string, key: BlockKey): void {
    this.#database.putSync(placeKey(place), Buffer.concat([Buffer.from(`${realm}\0`), keyToBytes(key)]))
    this.#count = this.#database.getKeysCount({})
  }

  /** Inside a transaction. */
  remove(place: BlockLocation): void {
    if (this.#count === 0) return
    this.#database.removeSync(placeKey(place))
    this.#count = this.#database.getKeysCount({})
  }

  /** Keys of a realm's blocks that lie, or lay, at a damaged place; of the first `MAX_KEYS` notes. */
  keysOf(realm: string): BlockKey[] {
    if (this.#count === 0) return []
    const prefix = Buffer.from(`${realm}\0`)
    const keys: BlockKey[] = []
    for (const { value } of this.#database.getRange({ limit: MAX_KEYS }))
      if (value.subarray(0, prefix.length).equals(prefix))
        keys.push(bytesToKey(Buffer.from(value.subarray(prefix.length))))
    return keys
  }

  /** Inside a transaction: the segment is gone. */
  forget(segment: number): void {
    if (this.#count === 0) return
    const range = { start: placeKey({ segment, offset: 0 }), end: placeKey({ segment: segment + 1, offset: 0 }) }
    for (const key of [...this.#database.getKeys(range)].map((found) => Buffer.from(found)))
      this.#database.removeSync(key)
    this.#count = this.#database.getKeysCount({})
  }
}

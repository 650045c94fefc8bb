import { MemoryDatastore } from 'datastore-core'

type Key = Parameters<MemoryDatastore['put']>[0]
type Options = Parameters<MemoryDatastore['put']>[2]

/** Of `/amino/record/…`: what peers ask us to keep for others. */
const RECORD = /^\/[^/]+\/record\//
const MAX_RECORDS = 2_000

/**
 * What libp2p keeps in memory. Records of strangers are 10 KiB each at most, and anybody can make valid ones: the oldest go when there are too many.
 */
export class PeerDatastore extends MemoryDatastore {
  readonly #records = new Map<string, Key>()
  readonly #maxRecords: number

  constructor(maxRecords = MAX_RECORDS) {
    super()
    this.#maxRecords = maxRecords
  }

  override put(key: Key, value: Uint8Array, options?: Options): Key | Promise<Key> {
    const text = key.toString()
    if (!RECORD.test(text)) return super.put(key, value, options)
    this.#records.delete(text)
    this.#records.set(text, key)
    const [oldest] = this.#records
    if (this.#records.size > this.#maxRecords && oldest !== undefined) void this.delete(oldest[1])
    return super.put(key, value, options)
  }

  override delete(key: Key, options?: Options): void | Promise<void> {
    this.#records.delete(key.toString())
    return super.delete(key, options)
  }
}

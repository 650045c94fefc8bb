import { MemoryDatastore } from 'datastore-core'

type Key = Parameters<MemoryDatastore['put']>[0]
type Options = Parameters<MemoryDatastore['put']>[2]

/** Of `/amino/record/…` and `/amino/provider/…/PEER`: what peers ask us to keep for others. */
const OF_OTHERS = /^\/[^/]+\/(record|provider)\//
type Kind = 'record' | 'provider'

/** Records have 10 KiB each at most. All providers are looked through for each question about any. */
const MOST: Record<Kind, number> = { record: 2_000, provider: 10_000 }

/**
 * What libp2p keeps in memory. Anybody can make valid records, and say to provide whatever they like: the oldest go when there are too many. What we provide ourselves
 * stays.
 */
export class PeerDatastore extends MemoryDatastore {
  readonly #kept: Record<Kind, Map<string, Key>> = { record: new Map(), provider: new Map() }
  readonly #self: string
  readonly #most: Record<Kind, number>

  /** @param self our peer id */
  constructor(self: string, most = MOST) {
    super()
    this.#self = self
    this.#most = most
  }

  override put(key: Key, value: Uint8Array, options?: Options): Key | Promise<Key> {
    const text = key.toString()
    const kind = this.#kindOf(text)
    if (kind === undefined) return super.put(key, value, options)
    const kept = this.#kept[kind]
    kept.delete(text)
    kept.set(text, key)
    const [oldest] = kept
    if (kept.size > this.#most[kind] && oldest !== undefined) void this.delete(oldest[1])
    return super.put(key, value, options)
  }

  override delete(key: Key, options?: Options): void | Promise<void> {
    const text = key.toString()
    const kind = this.#kindOf(text)
    if (kind !== undefined) this.#kept[kind].delete(text)
    return super.delete(key, options)
  }

  #kindOf(text: string): Kind | undefined {
    const kind = OF_OTHERS.exec(text)?.[1] as Kind | undefined
    return kind === 'provider' && text.endsWith(`/${this.#self}`) ? undefined : kind
  }
}

import type { BlockKey } from '../block-store/block-key.ts'

type CacheList = { bytes: number; keys: readonly BlockKey[] }

/** Which blocks are kept in which list, the least recently used list first. */
export class CacheLists {
  readonly #lists = new Map<string, CacheList>()
  readonly #listOf = new Map<BlockKey, string>()
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  get oldest(): string | undefined {
    return this.#lists.keys().next().value
  }

  has(key: BlockKey): boolean {
    return this.#listOf.has(key)
  }

  /** The list that has this block, which is the most recently used one from now on. */
  use(key: BlockKey): string | undefined {
    const id = this.#listOf.get(key)
    const list = id === undefined ? undefined : this.#lists.get(id)
    if (id === undefined || list === undefined) return undefined
    this.#lists.delete(id)
    this.#lists.set(id, list)
    return id
  }

  add(id: string, list: CacheList): void {
    this.#lists.set(id, list)
    this.#bytes += list.bytes
    for (const key of list.keys) this.#listOf.set(key, id)
  }

  delete(id: string): void {
    const list = this.#lists.get(id)
    if (list === undefined) return
    this.#lists.delete(id)
    this.#bytes -= list.bytes
    for (const key of list.keys) if (this.#listOf.get(key) === id) this.#listOf.delete(key)
  }
}

/** A cache bounded by the weight of what it holds; the least recently used goes first. */
export class WeightedCache<V> {
  readonly #entries = new Map<string, { value: V; weight: number }>()
  readonly #limit: number
  #weight = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  /** What weighs more than a quarter of the whole is not kept: it would push out everything else. */
  set(key: string, value: V, weight: number): void {
    this.delete(key)
    if (weight > this.#limit / 4) return
    this.#entries.set(key, { value, weight })
    this.#weight += weight
    while (this.#weight > this.#limit) {
      const [oldest] = this.#entries.keys()
      if (oldest === undefined) return
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#weight -= entry.weight
  }

  clear(): void {
    this.#entries.clear()
    this.#weight = 0
  }

  get weight(): number {
    return this.#weight
  }

  get size(): number {
    return this.#entries.size
  }
}

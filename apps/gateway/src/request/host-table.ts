/** A domain's 255 characters with a port: what is longer is no host that anybody has. */
export const MAX_HOST = 261

const MAX_KNOWN = 10_000

/** What each Host header was read as, so that one of a thousand requests is read once. Hosts are a stranger's to invent: long ones are not remembered, and a full table starts anew. */
export class HostTable<T> {
  readonly #read: (host: string) => T
  readonly #limit: number
  readonly #known = new Map<string, { read: T }>()

  constructor(read: (host: string) => T, limit = MAX_KNOWN) {
    this.#read = read
    this.#limit = limit
  }

  of(host: string): T {
    const known = this.#known.get(host)
    if (known !== undefined) return known.read
    const read = this.#read(host)
    if (host.length > MAX_HOST) return read
    if (this.#known.size >= this.#limit) this.#known.clear()
    this.#known.set(host, { read })
    return read
  }
}

import { BlockList, isIP } from 'node:net'

/** `::ffff:192.0.2.1` is 192.0.2.1 to people. */
const plain = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address

const REMEMBERED = 1_000

/** Addresses and CIDR blocks, read once. One list each, for BlockList would find every IPv4 address in `::/0`. */
export class Networks {
  readonly #v4 = new BlockList()
  readonly #v6 = new BlockList()
  /** A look at a list costs as much as the rest of a request to a gateway. */
  readonly #known = new Map<string, boolean>()

  /** @param ranges as they were checked when they came in */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [text = '', bits] = range.split('/')
      const address = plain(text)
      const isV4 = isIP(address) === 4
      // A mapped block counts its bits from the mapping's 96 on.
      const length = bits === undefined ? undefined : Number(bits) - (address === text ? 0 : 96)
      if (isIP(address) === 0 || (length !== undefined && length < 0)) continue
      const list = isV4 ? this.#v4 : this.#v6
      if (length === undefined) list.addAddress(address, isV4 ? 'ipv4' : 'ipv6')
      else list.addSubnet(address, length, isV4 ? 'ipv4' : 'ipv6')
    }
  }

  /** What cannot be read is in none. */
  has(text: string): boolean {
    let known = this.#known.get(text)
    if (known === undefined) {
      known = this.#look(text)
      // Addresses are many: a full table starts anew.
      if (this.#known.size >= REMEMBERED) this.#known.clear()
      this.#known.set(text, known)
    }
    return known
  }

  #look(text: string): boolean {
    const address = plain(text)
    const version = isIP(address)
    if (version === 0) return false
    return version === 4 ? this.#v4.check(address, 'ipv4') : this.#v6.check(address, 'ipv6')
  }
}

import { BlockList, isIP, isIPv6 } from 'node:net'
import { readableChain } from '@packages/runtime/forwarded-for'

/** Networks whose `X-Forwarded-For` is believed. */
export class TrustedProxies {
  readonly #networks = new BlockList()
  readonly #none: boolean

  /** @param networks addresses and CIDR blocks, as the setting TRUSTED_PROXIES was checked */
  constructor(networks: readonly string[]) {
    this.#none = networks.length === 0
    for (const network of networks) {
      const [address = '', bits] = network.split('/')
      const family = isIPv6(address) ? 'ipv6' : 'ipv4'
      if (bits === undefined) this.#networks.addAddress(address, family)
      else this.#networks.addSubnet(address, Number(bits), family)
    }
  }

  /** The last address that no trusted proxy vouches for; what a client writes itself is never believed. */
  clientOf(peer: string, forwarded: string | undefined): string {
    let address = plain(peer)
    if (this.#none || forwarded === undefined) return address
    for (const hop of readableChain(forwarded).toReversed()) {
      if (!this.#trusts(address)) break
      address = plain(hop)
    }
    return address
  }

  /** Whether what this peer says of a request's origin is believed. */
  trusts(peer: string): boolean {
    return !this.#none && this.#trusts(plain(peer))
  }

  #trusts(address: string): boolean {
    return isIP(address) !== 0 && this.#networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  }
}

const plain = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address

import { BlockList, isIPv4 } from 'node:net'
import { ipv4Text, ipv6Groups } from './ip-text.ts'
import { REFUSED_IPV4, REFUSED_IPV6 } from './refused-networks.ts'

const blockListOf = (networks: typeof REFUSED_IPV4, family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList()
  for (const [network] of networks) {
    const [address = '', prefix = ''] = network.split('/')
    list.addSubnet(address, Number(prefix), family)
  }
  return list
}

const refusedIpv4 = blockListOf(REFUSED_IPV4, 'ipv4')
const refusedIpv6 = blockListOf(REFUSED_IPV6, 'ipv6')

const GLOBAL_UNICAST = new BlockList()
GLOBAL_UNICAST.addSubnet('2000::', 3, 'ipv6')

/** An IPv4 address in an interface id (ISATAP, RFC 5214, 6.1): a router of the network could deliver to it. */
const isatapIpv4 = (groups: readonly number[]): string | undefined => {
  const [, , , , marker = 0, protocol = 0, high = 0, low = 0] = groups
  return (marker & 0xfdff) === 0 && protocol === 0x5efe ? ipv4Text(high * 65_536 + low) : undefined
}

/**
 * Pure: may no call for a user be made to this address? True for everything that is not a plain, globally reachable
 * unicast address, and for what is no address at all.
 */
export const isRefusedAddress = (address: string): boolean => {
  if (isIPv4(address)) return refusedIpv4.check(address, 'ipv4')
  const groups = ipv6Groups(address)
  if (groups === undefined) return true
  if (!GLOBAL_UNICAST.check(address, 'ipv6') || refusedIpv6.check(address, 'ipv6')) return true
  const embedded = isatapIpv4(groups)
  return embedded !== undefined && refusedIpv4.check(embedded, 'ipv4')
}

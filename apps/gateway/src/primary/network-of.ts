import { ipv4Text, ipv6Groups } from '@packages/runtime/outgoing/ip-text'

/** What an address counts as: who has IPv6 has a /64 at least, so all of it is one client. Mapped IPv4 is IPv4. */
export const networkOf = (address: string): string => {
  const groups = ipv6Groups(address.split('%', 1)[0] ?? address)
  if (groups === undefined) return address
  const [high = 0, low = 0] = groups.slice(6)
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) return ipv4Text(high * 65_536 + low)
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

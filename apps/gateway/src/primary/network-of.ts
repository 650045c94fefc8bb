import { ipv4Text, ipv6Groups } from '@packages/runtime/outgoing/ip-text'

const prefixOf = (groups: readonly number[], bits: number): string =>
  `${groups
    .slice(0, bits / 16)
    .map((group) => group.toString(16))
    .join(':')}::/${bits}`

const groupsOf = (address: string): number[] | undefined => ipv6Groups(address.split('%', 1)[0] ?? address)

const isMapped = (groups: readonly number[]): boolean =>
  groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)

/** What an address counts as: who has IPv6 has a /64 at least, so all of it is one client. Mapped IPv4 is IPv4. */
export const networkOf = (address: string): string => {
  const groups = groupsOf(address)
  if (groups === undefined) return address
  const [high = 0, low = 0] = groups.slice(6)
  return isMapped(groups) ? ipv4Text(high * 65_536 + low) : prefixOf(groups, 64)
}

/** The /48 that it is of, which one customer may have, with 65,536 of those; null for IPv4. */
export const widerNetworkOf = (address: string): string | null => {
  const groups = groupsOf(address)
  return groups === undefined || isMapped(groups) ? null : prefixOf(groups, 48)
}

/** What is counted of a client: itself, and all of the wider network; null where there is none. */
export type ClientNetworks = { client: string; wider: string | null }

export const networksOf = (address: string): ClientNetworks => ({
  client: networkOf(address),
  wider: widerNetworkOf(address),
})

import { isIPv6 } from 'node:net'

const GROUPS = 8

const split = (part: string): string[] => (part === '' ? [] : part.split(':'))

/** The eight groups of a valid IPv6 address, without leading zeros. */
const groupsOf = (address: string): string[] => {
  // An IPv4 tail stands for two groups, which nobody asks for here.
  const [head = '', tail] = (
    address.includes('.') ? `${address.slice(0, address.lastIndexOf(':'))}:0:0` : address
  ).split('::')
  const [left, right] = [split(head), split(tail ?? '')]
  const zeros = Array.from({ length: GROUPS - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16).toString(16))
}

/**
 * What a caller's address counts as in limits. A subscriber of IPv6 has at least a /64 and may take any address of it,
 * so that all of them count as one. IPv4 stays as it is, also when mapped (`::ffff:192.0.2.1`).
 */
export const addressKey = (ip: string): string => {
  if (!isIPv6(ip)) return ip
  const groups = groupsOf(ip.split('%', 1)[0] ?? ip)
  if (groups[5] === 'ffff' && groups.slice(0, 5).every((group) => group === '0')) return ip
  return `${groups.slice(0, 4).join(':')}::/64`
}

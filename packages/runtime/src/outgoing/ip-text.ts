import { isIPv4, isIPv6 } from 'node:net'

/** The 32 bits of a dotted IPv4 address. */
export const ipv4Bits = (address: string): number =>
  address.split('.').reduce((bits, part) => bits * 256 + Number(part), 0)

export const ipv4Text = (bits: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join('.')

/** The eight 16-bit groups of an IPv6 address, whichever way it is written; undefined for anything else, zones included. */
export const ipv6Groups = (address: string): number[] | undefined => {
  if (!isIPv6(address) || address.includes('%')) return undefined
  const tail = address.slice(address.lastIndexOf(':') + 1)
  const hex = isIPv4(tail) ? address.slice(0, -tail.length) + dottedAsGroups(tail) : address
  const [before = '', after] = hex.split('::')
  const left = groupsOf(before)
  const right = groupsOf(after ?? '')
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))

const dottedAsGroups = (address: string): string => {
  const bits = ipv4Bits(address)
  return `${Math.floor(bits / 65_536).toString(16)}:${(bits % 65_536).toString(16)}`
}

import { BlockList, isIP } from 'node:net'

/** `::ffff:192.0.2.1` is 192.0.2.1 to people. */
const plain = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return mapped ?? address
}

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined => {
  const version = isIP(address)
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6'
}

/** An address or a CIDR block (`192.0.2.0/24`, `2001:db8::/32`); zones and leading zeros are refused. */
export const isAddressRange = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/')
  const family = familyOf(address)
  if (family === undefined || rest.length > 0 || address.includes('%')) return false
  if (bits === undefined) return true
  return /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (family === 'ipv4' ? 32 : 128)
}

/** Whether an address lies in one of the ranges; none given means that all do. What cannot be read matches nothing. */
export const allowsAddress = (ranges: readonly string[], address: string): boolean => {
  if (ranges.length === 0) return true
  const asked = plain(address)
  const family = familyOf(asked)
  if (family === undefined) return false
  const list = new BlockList()
  for (const range of ranges) {
    const [text = '', bits] = range.split('/')
    const start = plain(text)
    // BlockList would find every IPv4 address in `::/0`.
    if (familyOf(start) !== family) continue
    // A mapped block counts its bits from the mapping's 96 on.
    const mapped = start !== text
    if (bits === undefined) list.addAddress(start, family)
    else if (!mapped) list.addSubnet(start, Number(bits), family)
    else if (Number(bits) >= 96) list.addSubnet(start, Number(bits) - 96, family)
  }
  return list.check(asked, family)
}

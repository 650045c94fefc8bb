import type { PeerRecord } from './peer-record.ts'

export type PeerFilters = { addrs: readonly string[]; protocols: readonly string[] }

const UNKNOWN = 'unknown'
/** Names of transfer protocols have this many characters at most (IPIP-484). */
const MAX_NAME = 63
const MAX_NAMES = 100

/** A comma-separated list, in small letters. `undefined` for one that is too long. */
export const filterNames = (list: string | undefined): string[] | undefined => {
  const names = (list ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== '!')
  return names.length <= MAX_NAMES && names.every((name) => name.length <= MAX_NAME + 1) ? names : undefined
}

const protocolsOf = (address: string): string[] => address.toLowerCase().split('/')

/** The addresses that all negative filters and one of the positive let pass. */
const passing = (addresses: readonly string[], filters: readonly string[]): string[] => {
  const not = filters.filter((name) => name.startsWith('!')).map((name) => name.slice(1))
  const any = filters.filter((name) => !name.startsWith('!') && name !== UNKNOWN)
  const onlyNegative = not.length === filters.length
  return addresses.filter((address) => {
    const names = protocolsOf(address)
    return not.every((name) => !names.includes(name)) && (onlyNegative || any.some((name) => names.includes(name)))
  })
}

/**
 * Peers by their addresses and protocols (IPIP-484). Of a peer that passes only the addresses that pass are left, and all of its
 * protocols.
 */
export const filterPeers = (peers: readonly PeerRecord[], { addrs, protocols }: PeerFilters): PeerRecord[] =>
  peers.flatMap((peer) => {
    const names = peer.Protocols.map((name) => name.toLowerCase())
    const speaks =
      protocols.length === 0 ||
      (names.length === 0 ? protocols.includes(UNKNOWN) : protocols.some((name) => names.includes(name)))
    if (!speaks) return []
    if (addrs.length === 0) return [peer]
    if (peer.Addrs.length === 0) return addrs.includes(UNKNOWN) ? [peer] : []
    const left = passing(peer.Addrs, addrs)
    return left.length === 0 ? [] : [{ ...peer, Addrs: left }]
  })

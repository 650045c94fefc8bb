import type { ConnectionGater } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { isRefusedAddress } from '@packages/runtime/outgoing/refused-address'

export type DialPolicyOptions = {
  /** Nobody is dialled at all. */
  dialsNobody: boolean
  /** Addresses of the own network may be dialled: for platforms and nodes side by side on one machine. */
  dialsPrivate: boolean
  /** Addresses from the settings: the operator's word, wherever they lead. */
  named: readonly string[]
}

const withoutPeer = (address: Multiaddr): string => address.decapsulateCode(421).toString()

/** Names and numbers of the protocols in the order of the address; empty for what cannot be read. */
const partsOf = (address: Multiaddr) => {
  try {
    return address.getComponents()
  } catch {
    return []
  }
}

/**
 * Whether an address that a stranger names may be dialled: an IP address outside of every network that `isRefusedAddress` knows (ADR 0107), TCP or
 * a WebSocket over it. No names, which lead elsewhere a moment later; no relays, whose other end nobody can see; no UDP.
 */
export const isDialable = (address: Multiaddr, dialsPrivate: boolean): boolean => {
  const [host, port, ...rest] = partsOf(address)
  if (host === undefined || (host.name !== 'ip4' && host.name !== 'ip6') || port?.name !== 'tcp') return false
  if (!rest.every(({ name }) => name === 'ws' || name === 'p2p')) return false
  return dialsPrivate || !isRefusedAddress(host.value ?? '')
}

/**
 * What libp2p asks before it dials, and before it remembers an address (its own answer in Node is yes to all). It is asked about each address as it
 * is dialled, after names from the settings were looked up.
 */
export const dialPolicy = ({ dialsNobody, dialsPrivate, named }: DialPolicyOptions): ConnectionGater => {
  const allowed = new Set(named.map((text) => withoutPeer(multiaddr(text))))
  const may = (address: Multiaddr): boolean =>
    !dialsNobody && (isDialable(address, dialsPrivate) || allowed.has(withoutPeer(address)))
  return {
    denyDialPeer: () => dialsNobody,
    denyDialMultiaddr: (address) => !may(address),
    filterMultiaddrForPeer: (_peer, address) => isDialable(address, dialsPrivate),
  }
}

/** The addresses of these texts that may be dialled; what is no multiaddr, or leads where nobody may go, is left out. */
export const dialableOrigins = (texts: readonly string[], dialsPrivate: boolean): Multiaddr[] =>
  texts.flatMap((text) => {
    try {
      const address = multiaddr(text)
      return isDialable(address, dialsPrivate) && address.toString().includes('/p2p/') ? [address] : []
    } catch {
      return []
    }
  })

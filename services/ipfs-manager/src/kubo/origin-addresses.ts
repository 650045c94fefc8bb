import { isRefusedAddress } from '@packages/runtime/outgoing/refused-address'

const MAX_ORIGINS = 20
const PEER_ID = /^[1-9A-HJ-NP-Za-km-z]{40,110}$|^[a-z2-7]{50,110}$/
const TRANSPORTS = new Set(['tcp', 'udp', 'quic-v1', 'ws', 'webtransport', 'certhash', 'p2p'])

export type Origin = { address: string; peerId: string }

/**
 * Of the addresses that a user names as holders of a CID, those that a node may be told to dial: an IP address of everybody's network, directly, and
 * whose it is. Names are left out, because they may lead anywhere by the time Kubo asks; so are relays. Best effort: others are passed over.
 */
export const dialableOrigins = (
  origins: readonly string[],
  { allowPrivate }: { allowPrivate: boolean },
): readonly Origin[] =>
  origins.slice(0, MAX_ORIGINS).flatMap((text) => {
    const [empty, family, ip = '', transport, port = '', ...rest] = text.split('/')
    if (empty !== '' || (family !== 'ip4' && family !== 'ip6') || !TRANSPORTS.has(transport ?? '')) return []
    if (!/^\d{1,5}$/.test(port) || (!allowPrivate && isRefusedAddress(ip))) return []
    const peerId = rest.at(-1) ?? ''
    const isPlain = rest.at(-2) === 'p2p' && PEER_ID.test(peerId) && !rest.includes('p2p-circuit')
    return isPlain && text.length <= 1_000 ? [{ address: text, peerId }] : []
  })

import { createPrivateKey, createPublicKey } from 'node:crypto'
import { isIP } from 'node:net'
import type { SealingKey } from '@packages/runtime/sealing-key'
import { base58btc } from 'multiformats/bases/base58'

/** PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410, 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
/** An identity multihash of libp2p's PublicKey message: type Ed25519, 32 bytes of data (peer-ids specification). */
const PEER_ID_HEAD = Buffer.from('002408011220', 'hex')

export type PeerIdentity = {
  /** The 32 bytes that the Ed25519 key is made from. */
  seed: Uint8Array
  /** As `/p2p/…` names it: `12D3KooW…`. */
  peerId: string
}

/**
 * Who the platform is on the IPFS network. It comes from the derivation secret, so it outlives the master key, and a platform that is restored
 * from its database and key is the same peer.
 */
export const peerIdentity = (masterKey: Pick<SealingKey, 'derive'>): PeerIdentity => {
  const seed = masterKey.derive('holdfast/libp2p-identity/v1')
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return { seed, peerId: base58btc.baseEncode(Buffer.concat([PEER_ID_HEAD, spki.subarray(-32)])) }
}

/** The TCP multiaddr of a peer. @param host an address or a name; brackets of IPv6 may stay */
export const peerAddress = (host: string, port: number, peerId: string): string => {
  const plain = host.replace(/^\[|\]$/g, '')
  const version = isIP(plain)
  return `/${version === 0 ? 'dns' : `ip${version}`}/${plain}/tcp/${port}/p2p/${peerId}`
}

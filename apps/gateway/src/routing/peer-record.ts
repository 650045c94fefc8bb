import { createHash } from 'node:crypto'
import { isIP, isIPv6 } from 'node:net'
import { CODEC_LIBP2P_KEY, HASH_SHA2_256 } from '@packages/shared/cid'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

/** Delegated Routing V1, "Peer Schema". */
export type PeerRecord = {
  Schema: 'peer'
  ID: string
  Addrs: readonly string[]
  Protocols: readonly string[]
}

const addressOf = ({ protocol, hostname, port }: URL): string => {
  const host = hostname.replace(/^\[|\]$/g, '')
  const kind = isIP(host) === 0 ? 'dns' : isIPv6(host) ? 'ip6' : 'ip4'
  const secure = protocol === 'https:'
  return `/${kind}/${host}/tcp/${port === '' ? (secure ? 443 : 80) : port}${secure ? '/tls' : ''}/http`
}

/**
 * This gateway as a peer that gives blocks by HTTP. Its id is the hash of its origin: it has no key, so nobody can speak in its
 * name, and nobody is asked to believe it, for blocks are verified by their CIDs.
 * @param origin where people reach the gateway
 */
export const gatewayPeer = (origin: string): PeerRecord => {
  const digest = Digest.create(HASH_SHA2_256, createHash('sha256').update(`ipfs-gateway:${origin}`).digest())
  return {
    Schema: 'peer',
    ID: CID.createV1(CODEC_LIBP2P_KEY, digest).toString(base36),
    Addrs: [addressOf(new URL(origin))],
    Protocols: ['transport-ipfs-gateway-http'],
  }
}

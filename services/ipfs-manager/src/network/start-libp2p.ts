import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { kadDHT, passthroughMapper, removePrivateAddressesMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'
import { base58btc } from 'multiformats/bases/base58'
import { dialPolicy } from './dial-policy.ts'
import { selectIpns, validateIpns } from './ipns-values.ts'
import { PeerDatastore } from './peer-datastore.ts'

export type Libp2pOptions = {
  /** Of the Ed25519 key by which peers know this platform. */
  seed: Uint8Array
  /** Multiaddrs to listen on. */
  listen: readonly string[]
  /** Multiaddrs that others are told besides. */
  announce: readonly string[]
  /** From the settings: dialled to find the network. */
  bootstrap: readonly string[]
  /** `none`: nobody is dialled, nothing is asked of a routing. */
  network: 'public' | 'none'
  dialsPrivate: boolean
}

const MAX_CONNECTIONS = 96
const AMINO = '/ipfs/kad/1.0.0'
const LAN = '/ipfs/lan/kad/1.0.0'

/** Which values of strangers a DHT takes: records of IPNS names, and public keys. */
const VALUES = { validators: { ipns: validateIpns }, selectors: { ipns: selectIpns } }

const routings = ({ network, announce, dialsPrivate }: Libp2pOptions) => {
  if (network === 'none') return {}
  return {
    amino: kadDHT({
      ...VALUES,
      protocol: AMINO,
      peerInfoMapper: removePrivateAddressesMapper,
      // Records of strangers are kept by those alone who can be reached.
      clientMode: announce.length === 0,
      logPrefix: 'libp2p:amino',
      datastorePrefix: '/amino',
      metricsPrefix: 'amino',
    }),
    // Nodes side by side on one machine or network find one another by this one; Kubo speaks it there.
    ...(dialsPrivate
      ? {
          lan: kadDHT({
            ...VALUES,
            protocol: LAN,
            peerInfoMapper: passthroughMapper,
            clientMode: false,
            logPrefix: 'libp2p:lan',
            datastorePrefix: '/lan',
            metricsPrefix: 'lan',
          }),
        }
      : {}),
  }
}

/**
 * A libp2p node of what stands here and nothing else: TCP, WebSocket, noise, yamux, identify, ping and Kademlia. No WebRTC, no mDNS, no UPnP, no relays
 * (ADR 0139). Loading this file takes a second: it is imported when the platform is ready.
 */
export const startLibp2p = async (options: Libp2pOptions): Promise<Libp2p> => {
  const privateKey = await generateKeyPairFromSeed('Ed25519', options.seed)
  return createLibp2p({
    privateKey,
    datastore: new PeerDatastore(base58btc.baseEncode(privateKey.publicKey.toMultihash().bytes)),
    nodeInfo: { name: 'holdfast', userAgent: 'holdfast' },
    addresses: { listen: [...options.listen], appendAnnounce: [...options.announce] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { maxConnections: MAX_CONNECTIONS, maxParallelDials: 16, maxIncomingPendingConnections: 16 },
    connectionMonitor: { pingInterval: 30_000 },
    connectionGater: dialPolicy({
      dialsNobody: options.network === 'none',
      dialsPrivate: options.dialsPrivate,
      named: options.bootstrap,
    }),
    services: { identify: identify(), ping: ping(), ...routings(options) },
  })
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Libp2p, PeerId } from '@libp2p/interface'
import type { CID } from 'multiformats/cid'
import type { TriedProvider } from '../pin-backend.ts'
import type { BitswapSession } from './bitswap/bitswap-session.ts'
import { dialableOrigins } from './dial-policy.ts'

export type PeerSearchDeps = {
  libp2p: Pick<Libp2p, 'getPeers' | 'getConnections' | 'dial' | 'contentRouting'>
  session: Pick<BitswapSession, 'addPeer'>
  dialsPrivate: boolean
  /** There is nobody whom a routing could be asked for. */
  isAlone: boolean
  onTried(tried: TriedProvider): void
}

const DIAL_MS = 10_000
const ROUTING_MS = 60_000
const AGAIN_MS = 30_000
/** `POST /pins` takes this many. */
const MAX_ORIGINS = 20
const MAX_PROVIDERS = 20

/**
 * Brings peers into a session until the signal ends it: who is connected, the origins that were named, and who says of a root that he has it. Each is tried
 * as well as it goes; nobody's failure is the search's.
 */
export const searchPeers = async (
  deps: PeerSearchDeps,
  { root, origins, signal }: { root: CID; origins: readonly string[]; signal: AbortSignal },
): Promise<void> => {
  const { libp2p, session } = deps
  const tried = new Set<string>()
  const dial = async (target: Parameters<Libp2p['dial']>[0], peer: string): Promise<void> => {
    if (tried.has(peer)) return
    tried.add(peer)
    try {
      const within = AbortSignal.any([signal, AbortSignal.timeout(DIAL_MS)])
      const connection = await libp2p.dial(target, { signal: within })
      deps.onTried({ peerId: peer, outcome: 'dialled' })
      session.addPeer(connection.remotePeer)
    } catch {
      if (!signal.aborted) deps.onTried({ peerId: peer, outcome: 'failed' })
      tried.delete(peer)
    }
  }
  const named = dialableOrigins(origins.slice(0, MAX_ORIGINS), deps.dialsPrivate)
  while (!signal.aborted) {
    for (const peer of speakers(libp2p)) session.addPeer(peer)
    await Promise.all([
      ...named.map((address) => dial(address, address.toString().split('/p2p/').at(-1) ?? '')),
      deps.isAlone ? undefined : providers(libp2p, { root, signal, dial }),
    ])
    await sleep(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/** Connected peers that speak Bitswap with us, as far as is known. */
const speakers = (libp2p: PeerSearchDeps['libp2p']): PeerId[] =>
  libp2p
    .getPeers()
    .filter((peer) =>
      libp2p.getConnections(peer).some(({ status, limits }) => status === 'open' && limits === undefined),
    )

const providers = async (
  libp2p: PeerSearchDeps['libp2p'],
  { root, signal, dial }: { root: CID; signal: AbortSignal; dial: (target: PeerId, peer: string) => Promise<void> },
): Promise<void> => {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ROUTING_MS)])
  const dials: Promise<void>[] = []
  try {
    for await (const { id } of libp2p.contentRouting.findProviders(root, { signal: within })) {
      dials.push(dial(id, id.toString()))
      if (dials.length >= MAX_PROVIDERS) break
    }
  } catch {
    // Nobody answered; it is asked again.
  }
  await Promise.all(dials)
}

import type { Libp2p } from '@libp2p/interface'
import type { NetworkSession } from '@packages/content/block-sources/network-blocks'
import type { CID } from 'multiformats/cid'
import type { Bitswap } from './bitswap/bitswap.ts'
import { BitswapSession } from './bitswap/bitswap-session.ts'
import { searchPeers } from './peer-search.ts'

export type OpenSessionDeps = {
  libp2p: Libp2p
  bitswap: Bitswap
  dialsPrivate: boolean
  /** Nobody is asked who has it: the network is nobody but those who connect. */
  isAlone: boolean
}

/** Asks whoever is connected for a root and what is below it, and whoever the routing names as they are found; keeps nothing. */
export const openSession = ({ bitswap, ...deps }: OpenSessionDeps, root: CID): NetworkSession => {
  const ending = new AbortController()
  const session = new BitswapSession({ bitswap })
  void searchPeers({ ...deps, session, onTried: () => undefined }, { root, origins: [], signal: ending.signal })
  return {
    get: (cid, signal) => session.get(cid, signal),
    close: () => {
      ending.abort()
      session.close()
    },
  }
}

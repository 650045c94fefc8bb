import type { Delegates } from '@apps/api/features/psa/delegates'
import type { Config } from '@packages/runtime/config'
import type { MasterKey } from '@packages/runtime/master-key'
import type { EmbeddedNetwork } from '@services/ipfs-manager/network/embedded-network'
import { peerAddress, peerIdentity } from '@services/ipfs-manager/peer-identity'

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/**
 * The platform's own node, at which clients of the Pinning Service API are to connect: where it listens, or the public host name when it
 * listens everywhere. While it starts it is waited for (ADR 0127). Nothing where there is no node, or it could not start.
 */
export const ownDelegates = (
  { host, publicUrl, swarm }: Pick<Config, 'host' | 'publicUrl' | 'swarm'>,
  masterKey: MasterKey,
  network: Pick<EmbeddedNetwork, 'settled'> | null,
): Delegates => {
  const reached = WILDCARDS.has(host) ? new URL(publicUrl).hostname : host
  const { peerId } = peerIdentity(masterKey)
  return async () => {
    if (network === null || swarm.port === null) return []
    const { state, addresses } = await network.settled()
    if (state !== 'up' && state !== 'starting') return []
    // A port that is free is known when the node listens.
    if (swarm.port === 0) return addresses.slice(0, 1)
    return [peerAddress(reached, swarm.port, peerId)]
  }
}

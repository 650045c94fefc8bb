import type { Delegates } from '@apps/api/features/psa/delegates'
import type { Config } from '@packages/runtime/config'
import type { MasterKey } from '@packages/runtime/master-key'
import type { EmbeddedNetwork } from '@services/ipfs-manager/network/embedded-network'
import { peerAddress, peerIdentity } from '@services/ipfs-manager/peer-identity'

/** Of every client's list one address has to be there, also where nobody listens. */
const SWARM_PORT = 4001
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/**
 * The platform's own node, at which clients of the Pinning Service API are to connect: where it listens, or the public host name when it
 * listens everywhere. Its identity is there before the node is (ADR 0127).
 */
export const ownDelegates = (
  { host, publicUrl, swarm }: Pick<Config, 'host' | 'publicUrl' | 'swarm'>,
  masterKey: MasterKey,
  network: Pick<EmbeddedNetwork, 'report'> | null,
): Delegates => {
  const reached = WILDCARDS.has(host) ? new URL(publicUrl).hostname : host
  const address = peerAddress(reached, swarm.port ?? SWARM_PORT, peerIdentity(masterKey).peerId)
  // A port that is free is known when the node listens.
  const listening = (): readonly string[] => (swarm.port === 0 ? (network?.report().addresses ?? []) : [])
  return () => [listening()[0] ?? address]
}

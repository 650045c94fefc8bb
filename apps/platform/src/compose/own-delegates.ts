import type { Delegates } from '@apps/api/features/psa/delegates'
import type { Config } from '@packages/runtime/config'
import type { MasterKey } from '@packages/runtime/master-key'
import { peerAddress, peerIdentity } from '@services/ipfs-manager/peer-identity'

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/**
 * The platform's own node, at which clients of the Pinning Service API are to connect: where it listens, or the public host name when it
 * listens everywhere. Its identity is there before the node is (ADR 0127).
 */
export const ownDelegates = (
  { host, publicUrl, swarmPort }: Pick<Config, 'host' | 'publicUrl' | 'swarmPort'>,
  masterKey: MasterKey,
): Delegates => {
  const reached = WILDCARDS.has(host) ? new URL(publicUrl).hostname : host
  const address = peerAddress(reached, swarmPort, peerIdentity(masterKey).peerId)
  return () => [address]
}

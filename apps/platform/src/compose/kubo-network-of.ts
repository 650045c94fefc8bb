import type { NetworkBlocks } from '@packages/content/block-sources/network-blocks'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { FetchedGarbage } from '@services/ipfs-manager/garbage/fetched-garbage'
import type { KuboFinder } from '@services/ipfs-manager/kubo/kubo-finder'
import { KuboNetwork } from '@services/ipfs-manager/kubo/kubo-network'
import { tellFailedFetches } from '@services/ipfs-manager/kubo/tell-failed-fetches'

const STOP_MS = 1_500

/** The network as public nodes of the pool reach it; what they fetch for it is written down as their garbage. */
export const kuboNetworkOf = async (
  finder: Pick<KuboFinder, 'nodes'>,
  { stack, db, logger }: { stack: ServiceStack; db: Pick<Database, 'kysely'>; logger: MinimalLogger },
): Promise<NetworkBlocks> => {
  const garbage = await stack.acquire(
    'garbage of fetches',
    async () => new FetchedGarbage({ db, logger }),
    (opened) => opened.stop(),
    STOP_MS,
  )
  return new KuboNetwork({
    nodes: () => finder.nodes,
    onFetched: (nodeId, bytes) => garbage.add(nodeId, bytes),
    onFailed: tellFailedFetches(logger),
  })
}

import { WithholdingBlocks } from '@apps/gateway/content/withholding-blocks'
import { StoreBlocks } from '@apps/gateway/content/open-held-blocks'
import type { Denylist } from '@apps/gateway/denylist/denylist'
import { WithheldRoots } from '@apps/gateway/primary/withheld-roots'
import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import type { ServedBlocks } from '@services/ipfs-manager/network/bitswap/peer-channel'
import { Announcer } from '@services/ipfs-manager/network/announcer'
import { EmbeddedNetwork } from '@services/ipfs-manager/network/embedded-network'

export type NetworkParts = {
  stack: ServiceStack
  db: Database
  store: BlockStore
  masterKey: MasterKey
  /** The own store's row in `nodes`. */
  nodeId: string
  logger: MinimalLogger
  denylist: Pick<Denylist, 'statusOfBlock'>
  reportDamage: (report: { realm: string; cid: string }) => void
}

/** What peers may see: the gateway's public realm, without what it withholds (ADR 0123). Private ciphertext and the cache are other realms. */
export const startServedBlocks = async ({
  stack,
  db,
  store,
  logger,
  reportDamage,
  denylist,
}: Omit<NetworkParts, 'masterKey' | 'nodeId'>): Promise<ServedBlocks> => {
  const blocks = new WithholdingBlocks(new StoreBlocks(store.reader('public')))
  let isKnown = false
  const withhold = (roots: readonly string[]): void =>
    void blocks.withhold(roots).then(
      () => {
        blocks.open()
        isKnown = true
      },
      (err: unknown) => logger.debug({ err }, 'withheld roots were not walked'),
    )
  const roots = new WithheldRoots({ db, logger, onChange: withhold, onLooked: () => undefined })
  await stack.start({ name: 'withheld roots of peers', start: () => roots.start(), stop: () => roots.stop() })
  if (roots.roots !== null) withhold(roots.roots)
  // Until it is known what is withheld, peers see nothing.
  const sizeOf: ServedBlocks['sizeOf'] = (cid) =>
    isKnown && denylist.statusOfBlock(cid) === null ? blocks.sizeOf(cid) : undefined
  return {
    sizeOf,
    get: async (cid) => {
      const size = sizeOf(cid)
      if (size === undefined) return undefined
      const bytes = Buffer.allocUnsafeSlow(size)
      try {
        await blocks.read(cid, 0, bytes)
        return bytes
      } catch (error) {
        if (error instanceof Error && error.name === 'CorruptBlock') reportDamage({ realm: 'public', cid: `${cid}` })
        return undefined
      }
    },
  }
}

export type OwnNetwork = {
  network: EmbeddedNetwork
  /** Tells the network what is here; none where nobody is dialled. */
  announcer: Announcer | null
}

/**
 * The platform's node in the IPFS network, not started: that comes last, when everything else is ready. null where the settings have none: `SWARM_PORT=off`,
 * Kubo nodes, which are peers themselves, and private networks, in which public content has no place.
 */
export const networkOf = async (config: Config, parts: NetworkParts): Promise<OwnNetwork | null> => {
  const { port, bootstrap, announce } = config.swarm
  const { backend, network, dialPrivate } = config.ipfs
  if (port === null || network === 'private' || backend === 'kubo') return null
  const { db, nodeId, store, masterKey, logger } = parts
  const blocks = await startServedBlocks(parts)
  const own = new EmbeddedNetwork({
    settings: { network, host: config.host, port, bootstrap, announce, dialsPrivate: dialPrivate },
    blocks,
    store,
    masterKey,
    logger,
  })
  const announcer = new Announcer({ db, nodeId, routing: () => own.routing(), served: blocks, logger })
  return { network: own, announcer: network === 'none' ? null : announcer }
}

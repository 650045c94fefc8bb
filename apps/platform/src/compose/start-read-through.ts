import { type FarRealm, ReadThrough } from '@packages/content/block-sources/read-through'
import type { NetworkBlocks } from '@packages/content/block-sources/network-blocks'
import type { BlockStore } from '@packages/content/block-store/block-store'
import type { BlockSource } from '@packages/content/block-source'
import { BlockCache } from '@packages/content/cache/block-cache'
import type { Keys } from '@packages/db/keys/open-keys'
import { fromNodes } from '@packages/content/private/node-tree'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { KuboBackend } from '@services/ipfs-manager/kubo/kubo-backend'
import { KuboFinder } from '@services/ipfs-manager/kubo/kubo-finder'
import type { WorksWithNodes } from '@services/ipfs-manager/kubo/kubo-pool'
import { ReadNodes } from '@services/ipfs-manager/kubo/read-nodes'
import type { BadBlock } from '@services/ipfs-manager/kubo/kubo-blocks'
import type { FindIpnsRouting } from '@services/ipfs-manager/names/ipns-routing'
import type { PinBackend } from '@services/ipfs-manager/pin-backend'
import { kuboNetworkOf } from './kubo-network-of.ts'
import { kuboRoutingOf } from './kubo-routing-of.ts'

/** Who hears of blocks that nodes do not give as they should be; the same one is told once a minute. */
export const tellBadBlocks = (logger: MinimalLogger): ((bad: BadBlock) => void) => {
  const told = new Map<string, number>()
  return (bad) => {
    const key = `${bad.node} ${bad.cid}`
    const now = performance.now()
    if (now - (told.get(key) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS) return
    if (told.size >= MAX_TOLD) told.clear()
    told.set(key, now)
    logger.error(
      { ...bad },
      'a node does not give a block as it should be; it is not used: see `ipfs repo verify --heal`',
    )
  }
}

const TELL_AGAIN_MS = 60_000
const MAX_TOLD = 10_000
const STOP_MS = 1_500

/** Reads on to the nodes in the process that has the store: what is read is kept there. */
export const startReadThrough = async ({
  stack,
  store,
  backend,
  cacheBytes: maxBytes,
  hasRoom,
  logger,
}: ReadThroughDeps): Promise<{ far: ReadThrough; cache: BlockCache }> => {
  const cache = await stack.acquire(
    'cache of blocks',
    async () => new BlockCache({ store, maxBytes, hasRoom, logger }),
    (opened) => opened.stop(),
    STOP_MS,
  )
  await cache.start()
  return { far: new ReadThrough({ nodes: blocksOf(backend), cache }), cache }
}

const blocksOf =
  (backend: Pick<PinBackend, 'blocks'>) =>
  (holders: readonly string[], realm: FarRealm): BlockSource =>
    realm === 'private' ? fromNodes(backend.blocks('private', holders)) : backend.blocks('public', holders)

export type ReadThroughDeps = {
  stack: ServiceStack
  store: BlockStore
  backend: Pick<PinBackend, 'blocks'>
  cacheBytes: number
  /** Whether the disk has room for what may go again. */
  hasRoom: (bytes: number) => Promise<boolean>
  logger: MinimalLogger
}

/** The same for a gateway alone, which may not write to the store: nothing is kept. It hears of nodes that are added or removed while it runs. */
export const startReadOnly = async (
  { ipfs }: Config,
  {
    stack,
    db,
    keys,
    logger,
  }: { stack: ServiceStack; db: Database; keys: Pick<Keys, 'masterKey'>; logger: MinimalLogger },
): Promise<ReadElsewhere | null> => {
  const isLeaving = ipfs.backend === 'embedded'
  const named = isLeaving ? ipfs.leaving : ipfs.nodes
  if (isLeaving && named.length === 0) return null
  const { dialPrivate } = ipfs
  const backend = await stack.acquire(
    'Kubo nodes that are read',
    async () => new KuboBackend({ install: '', nodes: [], dialPrivate, onBadBlock: tellBadBlocks(logger) }),
    async (opened) => opened.stop(),
  )
  const far = new ReadThrough({ nodes: blocksOf(backend), cache: null })
  const onChange = (): void => far.forget()
  const { masterKey } = keys
  const finder = await stack.acquire(
    'Kubo nodes that are asked',
    async () => new KuboFinder([]),
    async (opened) => opened.stop(),
  )
  const pool = both(backend, finder)
  const nodes = new ReadNodes({ db, masterKey, named, withAdded: !isLeaving, pool, onChange, logger })
  await stack.start({
    name: 'nodes that are read',
    start: () => nodes.start(),
    stop: () => nodes.stop(),
    stopTimeoutMs: STOP_MS,
  })
  const network = await kuboNetworkOf(finder, { stack, db, logger })
  // While nodes are being left, the platform's own node is what speaks to the DHT.
  return { far, network, ipnsRouting: isLeaving ? null : kuboRoutingOf(finder, ipfs) }
}

/** `network`: by what those are asked whom the nodes find. `ipnsRouting`: by what the DHT is asked of IPNS names; null where nobody may be. */
type ReadElsewhere = { far: ReadThrough; network: NetworkBlocks; ipnsRouting: FindIpnsRouting | null }

const both = (...pools: readonly WorksWithNodes[]): WorksWithNodes => ({
  add: (node) => {
    for (const pool of pools) pool.add(node)
  },
  drop: (nodeId) => {
    for (const pool of pools) pool.drop(nodeId)
  },
})

import type { NetworkBlocks } from '@packages/content/block-sources/network-blocks'
import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { EXIT_CONFIG, StartError } from '@packages/runtime/start-error'
import { EmbeddedBackend, type EmbeddedBackendDeps } from '@services/ipfs-manager/embedded/embedded-backend'
import { ensureKuboNodes, NetworkChanged } from '@services/ipfs-manager/kubo/ensure-kubo-nodes'
import { gatedBackend } from '@services/ipfs-manager/garbage/gated-backend'
import { NodeGate } from '@services/ipfs-manager/garbage/node-gate'
import { KuboBackend } from '@services/ipfs-manager/kubo/kubo-backend'
import { readAddedNodes } from '@services/ipfs-manager/kubo/added-nodes'
import { KuboFinder } from '@services/ipfs-manager/kubo/kubo-finder'
import { KuboPool } from '@services/ipfs-manager/kubo/kubo-pool'
import type { FindIpnsRouting } from '@services/ipfs-manager/names/ipns-routing'
import { takeNodesBack } from '@services/ipfs-manager/moving/leave-nodes'
import { Findability } from '@services/ipfs-manager/network/findability'
import type { PinBackend } from '@services/ipfs-manager/pin-backend'
import { kuboNetworkOf } from './kubo-network-of.ts'
import { kuboRoutingOf } from './kubo-routing-of.ts'
import type { OwnNetwork } from './network-of.ts'
import { withLeavingNodes } from './start-leaving-nodes.ts'
import { tellBadBlocks } from './start-read-through.ts'

export type BackendDeps = {
  stack: ServiceStack
  db: Database
  logger: MinimalLogger
  masterKey: MasterKey
  store: BlockStore
  /** The own store's row in `nodes`; also who we are in the labels of pins. */
  nodeId: string
  /** The own node in the IPFS network; null where there is none. */
  peers: OwnNetwork | null
}

const reachedBy = ({
  network,
  announcer,
}: OwnNetwork): Pick<EmbeddedBackendDeps, 'fetchDag' | 'peers' | 'provide'> => ({
  fetchDag: (root, { origins }, options) => network.fetch(root, origins, options),
  peers: () => network.report(),
  ...(announcer === null ? {} : { provide: () => announcer.figures() }),
})

/** `nodePool`: where operators may add nodes. `ipnsRouting`: by what the DHT is told and asked; null where nobody is dialled. */
export type StartedBackend = {
  backend: PinBackend
  findability: Findability
  nodePool: KuboPool | null
  ipnsRouting: FindIpnsRouting | null
  /** By what a gateway fetches what is not here; null without a network. */
  fetchesBy: NetworkBlocks | null
}

/** Who keeps pinned content: the own store, or a pool of Kubo nodes, which are looked at first. @throws StartError with exit code 78 for nodes that must not be used */
export const startBackend = async (config: Config, deps: BackendDeps): Promise<StartedBackend> => {
  const { ipfs } = config
  const { stack, db, masterKey, store, nodeId, peers } = deps
  if (ipfs.backend === 'embedded') {
    const network = ipfs.network === 'private' ? 'private' : 'public'
    const own = new EmbeddedBackend({ store, nodeId, network, ...(peers === null ? {} : reachedBy(peers)) })
    const backend = await withLeavingNodes(own, config, deps)
    const findability = new Findability({ ask: (cid, signal) => peers?.network.find(cid, signal) ?? null })
    const ipnsRouting = peers === null || peers.announcer === null ? null : () => peers.network.routing()
    return { backend, findability, nodePool: null, ipnsRouting, fetchesBy: peers?.network ?? null }
  }
  const readAdded = () => readAddedNodes(db, masterKey)
  const { named, added } = await ensureKuboNodes(db, ipfs.nodes, readAdded).catch((error: unknown) => {
    if (error instanceof NetworkChanged)
      throw new StartError([`KUBO_NODES: ${error.message}`], { exitCode: EXIT_CONFIG })
    throw error
  })
  const nodes = [...named, ...added]
  await takeNodesBack(
    { db },
    nodes.map((node) => node.nodeId),
  )
  const { dialPrivate } = ipfs
  const onBadBlock = tellBadBlocks(deps.logger)
  const backend = await stack.acquire(
    'Kubo nodes',
    async () => new KuboBackend({ install: nodeId, nodes, dialPrivate, onBadBlock }),
    async (opened) => opened.stop(),
  )
  await lookAtNodes(backend, deps, new Set(added.map((node) => node.nodeId)))
  const finder = await stack.acquire(
    'Kubo nodes that are asked',
    async () => new KuboFinder(nodes),
    async (opened) => opened.stop(),
  )
  return {
    backend: gatedBackend(backend, new NodeGate({ db })),
    findability: new Findability({ ask: (cid, signal) => finder.find(cid, signal) }),
    nodePool: new KuboPool({ backend, finder, dialPrivate, isProduction: config.production }),
    fetchesBy: await kuboNetworkOf(finder, deps),
    ipnsRouting: kuboRoutingOf(finder, ipfs),
  }
}

/**
 * A node that is down comes back some time; one that answers and is wrong would be wrong for ever. What an operator has added by the API does not keep the
 * platform from starting: by the API it is removed again.
 */
const lookAtNodes = async (
  backend: KuboBackend,
  { logger }: BackendDeps,
  added: ReadonlySet<string>,
): Promise<void> => {
  const reports = await backend.nodes(AbortSignal.timeout(10_000))
  const refused = reports.filter(({ state, nodeId }) => state === 'refused' && !added.has(nodeId))
  if (refused.length > 0)
    throw new StartError(
      refused.map(({ name, reason }) => `KUBO_NODES: ${name} cannot be used. ${reason}`),
      { exitCode: EXIT_CONFIG },
    )
  for (const { name, state, reason } of reports)
    if (state === 'refused') logger.error({ node: name, reason }, 'a node that was added cannot be used')
    else if (state === 'down')
      logger.warn({ node: name, reason }, 'a Kubo node does not answer; it is used when it does')
  for (const { name, warnings } of backend.warnings())
    for (const warning of warnings) logger.warn({ node: name }, `a Kubo node could be set better: ${warning}`)
}

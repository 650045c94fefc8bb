import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Denylist } from '@apps/gateway/denylist/denylist'
import { TrustlessGateway } from '@packages/content/block-sources/trustless-gateway'
import type { FarBlocks } from '@packages/content/block-sources/read-through'
import { BlockStore } from '@packages/content/block-store/block-store'
import { IngestCommitter } from '@packages/db/ingest-committer'
import type { Database } from '@packages/db/open-database'
import { setReplicationDefault } from '@packages/db/pins/replication-default'
import { openEpoch } from '@packages/db/store-epoch'
import type { Config } from '@packages/runtime/config'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { ensureEmbeddedNode } from '@services/ipfs-manager/embedded-node'
import { IpfsManager } from '@services/ipfs-manager/ipfs-manager'
import type { Findability } from '@services/ipfs-manager/network/findability'
import { nodeHealSources } from '@services/ipfs-manager/scrub/node-heal-sources'
import { networkOf, type OwnNetwork } from './network-of.ts'
import { startBackend, type StartedBackend } from './start-backend.ts'
import { startNodeCopies } from './start-node-copies.ts'

export type ReportDamage = (report: { realm: string; cid: string }) => void

export type ContentParts = {
  store: BlockStore
  nodeId: string
  committer: Pick<IngestCommitter, 'commit'>
  manager: IpfsManager
  /** Not started: that comes last. */
  network: OwnNetwork | null
  /** What nodes have and the own store does not; null where there are no nodes. */
  far: FarBlocks | null
  /** Lets go what was read from nodes. */
  evictCached: (() => Promise<unknown>) | undefined
  /** Where operators may add nodes; null with the embedded backend. */
  nodePool: StartedBackend['nodePool']
  /** By what the DHT is told and asked of IPNS names; null where nobody is dialled. */
  ipnsRouting: StartedBackend['ipnsRouting']
  /** By what a gateway fetches what is not here; null without a network. */
  fetchesBy: StartedBackend['fetchesBy']
  /** Whether others find what is here. */
  findability: Findability
  reportDamage: ReportDamage
}

/** Where a data folder keeps its block store. */
export const storeDirectoryOf = (dataDir: string): string => join(dataDir, 'store')

/** A block has 2 MiB at most; the source says so itself, in its own words. */
const HEAL_BODY_BYTES = 4 * 1024 * 1024
const HOUR_MS = 60 * 60_000
const JOBS_DRAIN_MS = 1_000
const STOP_MS = 1_500

/** Nobody can be asked: a wish waits for as long as it takes, and is looked at now and then. */
const WAITING = { giveUpMs: Number.POSITIVE_INFINITY, searchMs: HOUR_MS }

/**
 * The writer's side of content: the block store (recovered first), the committer of uploads, and what keeps store and
 * database in step. A misfit of the two starts as well; then nothing is collected and the alarm is raised.
 */
export const startContent = async (
  config: Config,
  {
    stack,
    db,
    logger,
    masterKey,
    denylist,
  }: {
    stack: ServiceStack
    db: Database
    logger: MinimalLogger
    masterKey: MasterKey
    denylist: Pick<Denylist, 'statusOfBlock'>
  },
): Promise<ContentParts> => {
  const directory = storeDirectoryOf(config.dataDir)
  const store = await stack.acquire(
    'block store',
    () => BlockStore.open({ directory, logger }),
    (opened) => opened.close(),
    STOP_MS,
  )
  // Handlers use the store: they end before it does.
  const endJobs = (): Promise<void> => db.jobs.stop({ drainMs: JOBS_DRAIN_MS })
  await stack.acquire('jobs', async () => db.jobs, endJobs, STOP_MS)
  const network = config.ipfs.network === 'private' ? 'private' : 'public'
  const nodeId = await ensureEmbeddedNode(db, network)
  await setReplicationDefault(db, config.ipfs.replication)
  // The operator names them, and may name one of the own network.
  const outgoing = new OutgoingCalls({ steeredBy: 'operator', maxBodyBytes: HEAL_BODY_BYTES })
  const raiseEpoch = () => openEpoch(db, store, { nodeId })
  const reportDamage: ReportDamage = (report) => manager.damage.reportDamage(report)
  const peers = await networkOf(config, { stack, db, store, nodeId, masterKey, logger, denylist, reportDamage })
  const started = await startBackend(config, { stack, db, logger, masterKey, store, nodeId, peers })
  const { backend, findability, nodePool, ipnsRouting, fetchesBy } = started
  const nodes = nodeHealSources(backend)
  const manager: IpfsManager = new IpfsManager({
    db,
    store,
    nodeId,
    backend,
    ...(config.ipfs.backend === 'embedded' && (peers === null || config.ipfs.network === 'none')
      ? { pins: { retry: WAITING } }
      : {}),
    ...(config.ipfs.backend === 'kubo' && config.ipfs.evictBelowBytes > 0
      ? { replication: { leastOnNodes: config.ipfs.ackCopies } }
      : {}),
    isDenied: (cid) => denylist.statusOfBlock(cid) !== null,
    raiseEpoch,
    logger,
    compaction: config.compaction,
    scrub: { ...config.scrub, stateFile: join(directory, 'scrub.json') },
    healSources: [
      ...(config.ipfs.backend === 'kubo' ? [nodes.open] : []),
      ...config.scrub.healGateways.map((origin) => new TrustlessGateway({ origin, outgoing })),
    ],
    privateHealSources: config.ipfs.backend === 'kubo' ? [nodes.vault] : [],
  })
  await stack.start({
    name: manager.name,
    start: () => manager.start(),
    stop: () => Promise.race([manager.stop(), sleep(STOP_MS, undefined, { ref: false })]),
    stopTimeoutMs: STOP_MS,
  })
  const committer = await stack.acquire(
    'committer',
    async () => new IngestCommitter({ unitOfWork: db.unitOfWork, logger }),
    (opened) => opened.close(),
    STOP_MS,
  )
  const { locks, gate } = manager
  const copies = { stack, db, logger, store, nodeId, backend, locks, gate, committer }
  const { committer: copying, far, evictCached } = await startNodeCopies(config, copies)
  const parts = { store, nodeId, committer: copying, manager, network: peers, far, findability, reportDamage }
  return { ...parts, evictCached, nodePool, ipnsRouting, fetchesBy }
}

import type { Gateway } from '@apps/gateway/start-gateway'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { readPurgeFigures } from '@packages/db/cache-purges/due-purges'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import { addFigures, createMetrics, type Figure } from '@packages/runtime/metrics/figures'
import { MetricsServer } from '@packages/runtime/metrics/metrics-server'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import type { IpfsManager } from '@services/ipfs-manager/ipfs-manager'
import { readProvideFigures } from '@services/ipfs-manager/network/provide-figures'
import { PURGE_FIGURES } from '../cdn/cache-purges.ts'
import { type DenylistSubscriptions, SUBSCRIPTION_FIGURES } from '../denylists/denylist-subscriptions.ts'
import type { OwnNetwork } from './network-of.ts'
import { fetchFigures } from './fetch-figures.ts'
import { REDIS_FIGURES, readRedis, type SharedRedis } from './start-redis.ts'

export type MetricsParts = {
  stack: ServiceStack
  db: Pick<Database, 'kysely'>
  logger: MinimalLogger
  /** What the writer's process knows; null in others. */
  content: {
    store: BlockStore
    manager: IpfsManager
    network: OwnNetwork | null
    subscriptions: DenylistSubscriptions
  } | null
  redis: SharedRedis | null
  /** Null where it does not run. */
  gateway: Pick<Gateway, 'fetched'> | null
}

const gauge = (name: string, help: string): Figure => ({ name, help, kind: 'gauge' })
const counter = (name: string, help: string): Figure => ({ name, help, kind: 'counter' })

const STORE_FIGURES = [
  gauge('holdfast_store_bytes', 'Bytes of all segment files.'),
  gauge('holdfast_store_live_bytes', 'Bytes of blocks that some root holds.'),
  gauge('holdfast_store_blocks', 'Blocks that some root holds.'),
  gauge('holdfast_store_roots', 'Roots in the store.'),
  gauge('holdfast_store_segments', 'Segment files.'),
  gauge('holdfast_store_broken_roots', 'Roots that were not whole when the index was rebuilt.'),
  gauge('holdfast_blocks_damaged', 'Blocks that are damaged and not healed yet.'),
  counter('holdfast_blocks_healed_total', 'Damaged blocks that were healed.'),
  counter('holdfast_scrub_blocks_total', 'Blocks that the scrub has hashed.'),
  counter('holdfast_scrub_bytes_total', 'Bytes that the scrub has hashed.'),
  gauge('ipfs_peers_connected', 'Peers of the IPFS network that are connected.'),
  counter('ipfs_bitswap_sent_bytes_total', 'Bytes of blocks that peers were sent.'),
  gauge('holdfast_scrub_last_completed_timestamp_seconds', 'When the last pass over the whole store ended.'),
]

/** As nodes were last asked, a few seconds ago. */
const PROVIDE_FIGURES = [
  gauge('ipfs_provide_queue_length', 'Roots that wait to be announced, on all public nodes.'),
  gauge('ipfs_provide_lag_seconds', 'How long the first of them has waited.'),
]

const readProvide = async (db: Pick<Database, 'kysely'>) => {
  const { queued, lagSeconds } = await readProvideFigures(db)
  return { ipfs_provide_queue_length: queued, ipfs_provide_lag_seconds: lagSeconds }
}

const readPurges = async (db: Pick<Database, 'kysely'>) => {
  const { pending, failing, oldestSeconds } = await readPurgeFigures(db.kysely)
  return {
    holdfast_cache_purges_pending: pending,
    holdfast_cache_purges_failing: failing,
    holdfast_cache_purges_oldest_seconds: oldestSeconds,
  }
}

const readStore = async ({ store, manager, network }: NonNullable<MetricsParts['content']>) => {
  const stats = await store.stats()
  const scrub = manager.scrub?.figures
  const peers = network?.network.report()
  return {
    ipfs_peers_connected: peers?.peers ?? 0,
    ipfs_bitswap_sent_bytes_total: peers?.sentBytes ?? 0,
    holdfast_store_bytes: stats.bytes,
    holdfast_store_live_bytes: stats.liveBytes,
    holdfast_store_blocks: stats.blocks,
    holdfast_store_roots: stats.roots,
    holdfast_store_segments: stats.segments,
    holdfast_store_broken_roots: stats.brokenRoots,
    holdfast_blocks_damaged: manager.damage.damagedBlocks,
    holdfast_blocks_healed_total: manager.damage.healedBlocks,
    holdfast_scrub_blocks_total: scrub?.blocks ?? 0,
    holdfast_scrub_bytes_total: scrub?.bytes ?? 0,
    holdfast_scrub_last_completed_timestamp_seconds:
      scrub?.completedAt === undefined ? undefined : scrub.completedAt / 1_000,
  }
}

/**
 * Listens with the figures of this process. Watching must not keep the platform from its work: a port that is taken is told, and it goes on without.
 * @returns the address; null when nothing listens
 */
export const startMetrics = async (
  { metricsPort, cdnCaches }: Config,
  { stack, db, logger, content, redis, gateway }: MetricsParts,
): Promise<string | null> => {
  if (metricsPort === null) return null
  const registry = createMetrics()
  if (content !== null) addFigures(registry, { figures: STORE_FIGURES, read: () => readStore(content) })
  if (content !== null) addFigures(registry, { figures: PROVIDE_FIGURES, read: () => readProvide(db) })
  if (content !== null)
    addFigures(registry, { figures: SUBSCRIPTION_FIGURES, read: () => content.subscriptions.figures() })
  if (content !== null && cdnCaches.length > 0)
    addFigures(registry, { figures: PURGE_FIGURES, read: () => readPurges(db) })
  const fetches = gateway === null ? null : fetchFigures(gateway)
  if (fetches !== null) addFigures(registry, fetches)
  if (redis !== null) addFigures(registry, { figures: REDIS_FIGURES, read: () => readRedis(redis) })
  try {
    const server = await stack.acquire(
      'metrics',
      () => MetricsServer.start(registry, metricsPort),
      (started) => started.stop(),
    )
    return `http://127.0.0.1:${server.port}/metrics`
  } catch (error) {
    logger.warn({ err: error, port: metricsPort }, 'METRICS_PORT cannot be used: nobody can ask for metrics')
    return null
  }
}

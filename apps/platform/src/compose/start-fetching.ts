import type { NetworkFetching } from '@apps/gateway/primary/gateway-primary'
import { FetchQuota, type QuotaOf } from '@apps/gateway/primary/fetch-quota'
import { CLIENTS_OF_NETWORK } from '@apps/gateway/primary/network-reader'
import { freeSpaceOf } from '@apps/api/features/files/free-space'
import type { NetworkBlocks } from '@packages/content/block-sources/network-blocks'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { BlockCache, NETWORK_CACHE_REALM } from '@packages/content/cache/block-cache'
import type { Config } from '@packages/runtime/config'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'
import { insuredLimiter } from './api-rate-limiters.ts'
import type { SharedRedis } from './start-redis.ts'

export type FetchingParts = {
  /** What is kept, when the writer is of this process; else nothing is. */
  fetched: BlockCache | null
  /** Who is asked for what is not here. */
  network: NetworkBlocks | null
  redis: SharedRedis | null
}

const STOP_MS = 1_500
const ROOM_EVERY_MS = 5_000
/** Clients of a gateway of an organization together. */
const CLIENTS_OF_GATE = 10

/** What a gateway in mode `open` fetches by; null in mode `pinned`. */
export const networkFetching = (config: Config, parts: FetchingParts): NetworkFetching | null => {
  const { gatewayFetching: settings } = config
  const { fetched, network, redis } = parts
  if (settings === null || network === null) return null
  const { quota, cacheBytes: _, ...limits } = settings
  const ofQuota = (whose: string, times: number): QuotaOf => {
    const limiter = (what: 'fetches' | 'bytes') =>
      insuredLimiter(redis, { name: `${whose}-${what}`, limit: quota[what] * times, windowMs: quota.windowMs })
    return { fetches: limiter('fetches'), bytes: limiter('bytes') }
  }
  return {
    network,
    limits,
    quota: new FetchQuota({
      client: ofQuota('fetch-client', 1),
      wider: ofQuota('fetch-network', CLIENTS_OF_NETWORK),
      gate: ofQuota('fetch-gate', CLIENTS_OF_GATE),
    }),
    cache: fetched,
  }
}

export type FetchedCacheParts = {
  stack: ServiceStack
  store: BlockStore
  logger: MinimalLogger
  /** Of the disk that the store is on; asked of it by default. */
  freeSpace?: () => Promise<number>
  /** How often it is looked at; 5 s by default. */
  everyMs?: number
}

/**
 * What was fetched from the network and is kept. It never has more of the disk than it leaves to uploads, and goes as they take it: it is nobody's. In mode `pinned` as well,
 * where it goes at the start: somebody may have had the other mode before.
 */
export const startFetchedCache = async (
  { dataDir, gatewayFetching, limits: { minFreeBytes } }: Config,
  { stack, store, logger, freeSpace = freeSpaceOf(dataDir), everyMs = ROOM_EVERY_MS }: FetchedCacheParts,
): Promise<BlockCache> => {
  const maxBytes = gatewayFetching?.cacheBytes ?? 0
  const left = async (): Promise<number> =>
    minFreeBytes === 0 ? Number.POSITIVE_INFINITY : Math.max(0, (await freeSpace()) - minFreeBytes)
  const hasRoom = async (bytes: number): Promise<boolean> => cache.bytes + bytes <= (await left()) - bytes
  const cache: BlockCache = await stack.acquire(
    'cache of the network',
    async () => new BlockCache({ realm: NETWORK_CACHE_REALM, store, maxBytes, hasRoom, logger }),
    (opened) => opened.stop(),
    STOP_MS,
  )
  await cache.start()
  const room = new RepeatingTask({
    name: 'room of what was fetched',
    everyMs,
    run: async () => {
      await cache.evict(Math.min(maxBytes, await left()))
    },
    logger,
  })
  await stack.start({
    name: 'room of what was fetched',
    start: async () => room.start(),
    stop: () => room.stop(),
    stopTimeoutMs: STOP_MS,
  })
  return cache
}

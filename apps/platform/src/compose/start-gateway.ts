import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { openGatewayReaders } from '@apps/api/gateway-readers'
import type { FindInDht, RoutedRecordsOptions } from '@apps/gateway/names/routed-records'
import { type Gateway, startGateway } from '@apps/gateway/start-gateway'
import type { FarBlocks } from '@packages/content/block-sources/read-through'
import type { NetworkBlocks } from '@packages/content/block-sources/network-blocks'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { type BlockCache, NETWORK_CACHE_REALM } from '@packages/content/cache/block-cache'
import { CACHE_REALM } from '@packages/content/car/cache-car'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import type { Keys } from '@packages/db/keys/open-keys'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { createTxtLookUp } from '@packages/runtime/dns/txt-look-up'
import { nameServersOf } from '@packages/runtime/dns/name-servers'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { strictTransport } from '@packages/runtime/tls/strict-transport'
import type { TlsCertificates } from '@packages/runtime/tls/tls-certificates'
import { StartError } from '@packages/runtime/start-error'
import type { FindIpnsRouting } from '@services/ipfs-manager/names/ipns-routing'
import { routingKeyOf } from '@services/ipfs-manager/network/ipns-values'
import { nameQuotaOf } from './name-quota-of.ts'
import { networkFetching } from './start-fetching.ts'
import type { SharedRedis } from './start-redis.ts'
import { denylistFilesOf } from './start-denied.ts'
import { reportElsewhere } from './report-elsewhere.ts'
import { startReadOnly } from './start-read-through.ts'
import { storeDirectoryOf } from './start-store.ts'

export type GatewayParts = {
  stack: ServiceStack
  db: Database
  logger: MinimalLogger
  /** The writer, when it is of this process. */
  store: BlockStore | null
  /** What nodes have and the own store does not, where the writer is of this process. */
  far: FarBlocks | null
  /** Mode `open`: who is asked for what is not here, where the writer is of this process. */
  network: NetworkBlocks | null
  /** What that gave and is kept, where the writer is of this process. */
  fetched: BlockCache | null
  /** Where limits are counted; null in memory. */
  redis: SharedRedis | null
  /** Told of damaged blocks, where the writer is of this process. */
  reportDamage: ((report: { realm: string; cid: string }) => void) | null
  /** By what the DHT is asked of IPNS names, where the writer is of this process. */
  ipnsRouting: FindIpnsRouting | null
  keys: Keys
  workers: 'processes' | 'in-process'
  tls: TlsCertificates | null
}

const DRAIN_MS = 2_500
const STOP_MS = 3_000

/** The operator has named them; a record has 10 KiB at most. */
const TO_ROUTERS = { steeredBy: 'operator', maxBodyBytes: 16_384, timeoutMs: 5_000 } as const

/** Wrong passwords of one link from one client; what was right is remembered and not counted again. */
const PASSWORD_TRIES = { name: 'link-password', limit: 10, windowMs: 15 * 60_000 }
/** And from all clients: who has many addresses must not have as many tries. */
const ALL_PASSWORD_TRIES = { name: 'link-passwords', limit: 200, windowMs: 15 * 60_000 }

/** How long a second node is waited for when one has a record: somebody waits for the answer. */
const SECOND_NODE_MS = 2_000

/** The DHT as a source of records; none where nobody is dialled. */
const dhtOf = (ipnsRouting: FindIpnsRouting | null): Pick<RoutedRecordsOptions, 'dht'> => {
  if (ipnsRouting === null) return {}
  const dht: FindInDht = async (key, signal) => {
    const routing = await ipnsRouting()
    return routing?.findValues(routingKeyOf(key), signal, { graceMs: SECOND_NODE_MS }) ?? null
  }
  return { dht }
}

/** A gateway alone reads what the role api has made. @throws StartError */
export const requireStore = async ({ dataDir }: Pick<Config, 'dataDir'>): Promise<void> => {
  const storeDirectory = storeDirectoryOf(dataDir)
  try {
    await access(join(storeDirectory, 'index', 'data.mdb'))
  } catch (cause) {
    throw new StartError(
      `DATA_DIR has no content store yet: start the process with the role api on it first (${storeDirectory})`,
      { cause },
    )
  }
}

/** The gateway on the store of this data folder. @throws StartError */
export const startPlatformGateway = async (config: Config, parts: GatewayParts): Promise<Gateway> => {
  const { stack, db, logger, store, reportDamage, keys, workers, tls } = parts
  const storeDirectory = storeDirectoryOf(config.dataDir)
  const inProcess = workers === 'in-process'
  const elsewhere = store === null ? await startReadOnly(config, parts) : null
  const far = store === null ? (elsewhere?.far ?? null) : parts.far
  const network = store === null ? (elsewhere?.network ?? null) : parts.network
  const ipnsRouting = store === null ? (elsewhere?.ipnsRouting ?? null) : parts.ipnsRouting
  const fetching = networkFetching(config, { ...parts, network })
  const own = store === null ? {} : { readerCheck: () => void store.checkReaders() }
  const { publicUrl, trustedProxies } = config
  const denylists = await denylistFilesOf(config)
  const readers = await stack.acquire(
    'gateway readers',
    () => openGatewayReaders({ db, keys, publicUrl, logger }),
    (open) => open.stop(),
  )
  return stack.acquire(
    'gateway',
    () =>
      startGateway({
        db,
        storeDirectory,
        ...own,
        onCorrupt:
          reportDamage === null
            ? reportElsewhere(storeDirectory, { db, logger })
            : (cid) => reportDamage({ realm: 'public', cid }),
        ...(inProcess && store !== null
          ? {
              reader: store.reader('public'),
              cachedReader: store.reader(CACHE_REALM),
              fetchedReader: store.reader(NETWORK_CACHE_REALM),
              privateReader: store.reader(PRIVATE_REALM),
            }
          : {}),
        files: {
          passwordTries: {
            client: createMemoryRateLimiter(PASSWORD_TRIES),
            link: createMemoryRateLimiter(ALL_PASSWORD_TRIES),
          },
          privateFiles: readers.privateFiles,
          authenticateReader: (credential) => readers.authenticate(credential),
          hear: (entries) => readers.hear(entries),
        },
        trustedProxies,
        dnslinks: { map: config.dnslinkMap, lookUp: createTxtLookUp(nameServersOf(config.dnsServers)) },
        routers: { origins: config.ipnsRouters, outgoing: new OutgoingCalls(TO_ROUTERS), ...dhtOf(ipnsRouting) },
        nameQuota: nameQuotaOf(config, parts),
        far,
        sharedCaches: config.cdnCaches.length > 0,
        fetching,
        denylists,
        redirectsElsewhere: config.gatewayRedirectsElsewhere,
        sendfile: config.gatewaySendfile,
        accessLog: config.gatewayAccessLog,
        sites: { subdomainHosts: config.gatewayHosts.subdomains, dnslinkHosts: config.gatewayHosts.dnslink },
        host: config.host,
        port: config.gatewayPort,
        origin: config.gatewayUrl,
        ...(tls === null ? {} : { tls }),
        hsts: strictTransport(config.gatewayUrl, { other: config.publicUrl, subdomains: config.hstsSubdomains }),
        workers: inProcess ? 'in-process' : config.gatewayWorkers,
        logger,
        logLevel: config.log.level,
        logFormat: config.log.format,
      }),
    (gateway) => gateway.stop(DRAIN_MS),
    STOP_MS,
  )
}

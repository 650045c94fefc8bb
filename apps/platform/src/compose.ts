import { buildApi } from '@apps/api/app'
import { freeSpaceOf } from '@apps/api/features/files/free-space'
import type { FarBlocks } from '@packages/content/block-sources/read-through'
import type { Gateway } from '@apps/gateway/start-gateway'
import type { NetworkBlocks } from '@packages/content/block-sources/network-blocks'
import type { Denylist } from '@apps/gateway/denylist/denylist'
import type { BlockCache } from '@packages/content/cache/block-cache'
import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Keys } from '@packages/db/keys/open-keys'
import type { Database } from '@packages/db/open-database'
import { type Config, localOrigin } from '@packages/runtime/config'
import { lockDataFolder } from '@packages/runtime/data-folder-lock'
import type { Logger } from '@packages/runtime/logger'
import { ServiceStack, type StopProblem } from '@packages/runtime/service-stack'
import type { TlsCertificates } from '@packages/runtime/tls/tls-certificates'
import type { IpfsManager } from '@services/ipfs-manager/ipfs-manager'
import { kuboDelegates } from '@services/ipfs-manager/kubo/kubo-delegates'
import type { FindIpnsRouting } from '@services/ipfs-manager/names/ipns-routing'
import { auditLog } from './compose/audit-log.ts'
import { apiRateLimiters, gatewayChangesLimiter } from './compose/api-rate-limiters.ts'
import type { DenylistSubscriptions } from './denylists/denylist-subscriptions.ts'
import { dashboardFolder } from './build-dashboard.ts'
import { choosePorts } from './choose-ports.ts'
import { endingNames } from './compose/ending-names.ts'
import { firstAdministrator } from './compose/first-administrator.ts'
import { domainLooks, gatewayDomainsOf } from './compose/gateway-domains.ts'
import { gatewayImports } from './compose/gateway-imports.ts'
import { housekeeping } from './compose/housekeeping.ts'
import { openPlatformKeys } from './compose/open-keys.ts'
import type { OwnNetwork } from './compose/network-of.ts'
import { ownDelegates } from './compose/own-delegates.ts'
import { startApi } from './compose/start-api.ts'
import { startMetrics } from './compose/start-metrics.ts'
import { startNetwork } from './compose/start-network.ts'
import { startRedis, type SharedRedis } from './compose/start-redis.ts'
import { connectDatabase, migrateDatabase, requireMigrated } from './compose/start-database.ts'
import { startFetchedCache } from './compose/start-fetching.ts'
import { requireStore, startPlatformGateway } from './compose/start-gateway.ts'
import { startCachePurges } from './compose/start-cache-purges.ts'
import { startDenied } from './compose/start-denied.ts'
import { startErasures } from './compose/start-erasures.ts'
import { startMail } from './compose/start-mail.ts'
import { warningsOf } from './compose/warn-of-plain-http.ts'
import { startTls } from './compose/start-tls.ts'
import { startStaging } from './compose/start-staging.ts'
import { type ReportDamage, startContent } from './compose/start-store.ts'

export type ComposeOptions = {
  logger: Logger
  /** `in-process` runs the gateway's one worker here, for tests. */
  gatewayWorkers: 'processes' | 'in-process'
  /** Told when the platform cannot go on, such as when its database server ended. */
  onFatal: (reason: string) => void
}

export type RunningPlatform = {
  config: Config
  db: Database
  /** Where it listens, as seen from this machine; null for a role that does not run here. */
  apiUrl: string | null
  gatewayUrl: string | null
  /** On loopback; null when nothing listens. */
  metricsUrl: string | null
  /** The one-time link, while there is no administrator. */
  setupUrl: string | null
  /** What the operator should hear. */
  warnings: readonly string[]
  /** Reads again what is kept in files: the certificate. */
  reload(): Promise<void>
}

export type Platform = {
  /** Resolves when everything listens. When it rejects, `stop` still has to be called. @throws StartError */
  start(): Promise<RunningPlatform>
  /** Drains and stops all, within 10 s; idempotent, also while it starts. */
  stop(): Promise<StopProblem[]>
}

/** What the process that owns the block store has. */
type Writer = {
  store: BlockStore
  manager: IpfsManager
  network: OwnNetwork | null
  ipnsRouting: FindIpnsRouting | null
  denylist: Denylist
  far: FarBlocks | null
  fetchesBy: NetworkBlocks | null
  fetched: BlockCache
  reportDamage: ReportDamage
  setupUrl: string | null
  subscriptions: DenylistSubscriptions
}

const start = async (given: Config, stack: ServiceStack, options: ComposeOptions): Promise<RunningPlatform> => {
  const { logger, onFatal } = options
  const isWriter = given.roles.has('api')
  if (isWriter)
    await stack.acquire(
      'data folder',
      () => lockDataFolder(given.dataDir),
      (lock) => lock.release(),
    )
  const tls = await startTls(given, { stack, logger })
  const config = await choosePorts(given)
  const db = await connectDatabase(config, { stack, logger, onFatal })
  if (!isWriter) await requireMigrated(db)
  if (!isWriter && config.roles.has('gateway')) await requireStore(config)
  const counts =
    isWriter || (config.roles.has('gateway') && (config.gatewayFetching !== null || config.gatewayNameQuota > 0))
  const redis = counts ? await startRedis(config, { stack, logger }) : null
  if (isWriter) await migrateDatabase(db, logger)
  const keys = await openPlatformKeys(config, { db, logger, create: isWriter })
  const api = isWriter ? await startWriter(config, stack, { db, logger, redis, keys, tls }) : null
  let gateway: Gateway | null = null
  if (config.roles.has('gateway')) {
    await stack.start(domainLooks(config, { db, logger }))
    gateway = await startPlatformGateway(config, {
      stack,
      db,
      logger,
      store: api?.store ?? null,
      far: api?.far ?? null,
      reportDamage: api?.reportDamage ?? null,
      ipnsRouting: api?.ipnsRouting ?? null,
      network: api?.fetchesBy ?? null,
      fetched: api?.fetched ?? null,
      redis,
      keys,
      workers: options.gatewayWorkers,
      tls,
    })
  }
  const warnings = warningsOf(config)
  for (const warning of warnings) logger.warn({}, warning)
  const metricsUrl = await startMetrics(config, { stack, db, logger, content: api, redis, gateway })
  if (api !== null) await startNetwork({ stack, db, logger, ...api })
  return {
    config,
    db,
    metricsUrl,
    apiUrl: api === null ? null : localOrigin(config, config.apiPort),
    gatewayUrl: config.roles.has('gateway') ? localOrigin(config, config.gatewayPort) : null,
    setupUrl: api?.setupUrl ?? null,
    warnings,
    reload: async () => tls?.reload(),
  }
}

/** The roles `api` and `ipfs-manager`, which own the block store. */
const startWriter = async (
  config: Config,
  stack: ServiceStack,
  deps: { db: Database; logger: Logger; redis: SharedRedis | null; keys: Keys; tls: TlsCertificates | null },
): Promise<Writer> => {
  const { db, logger, redis, keys, tls } = deps
  const { masterKey, tenantKeys, rootKeys } = keys
  const { denylist, subscriptions } = await startDenied(config, { stack, db, logger })
  await startCachePurges(config, { stack, db, denylist, logger })
  const content = await startContent(config, { stack, db, logger, masterKey, denylist })
  await stack.start(housekeeping(config, { db, logger }))
  await stack.start(auditLog(config, { db, logger, masterKey }))
  await startMail(config, { stack, db, masterKey, logger })
  await stack.start(endingNames(config, { db, logger, masterKey }))
  const setupUrl = await firstAdministrator(config, { db, logger })
  const { publicUrl, gatewayUrl, trustedProxies, corsOrigins, limits } = config
  const { manager, reportDamage, network: own, evictCached, nodePool, ipnsRouting, fetchesBy, ...parts } = content
  const network = own?.network ?? null
  const freeSpace = freeSpaceOf(config.dataDir)
  const staging = await startStaging(config, stack)
  await stack.start(gatewayImports(config, { store: content.store, freeSpace, logger }))
  const clock = { now: Date.now, expiresAfterMs: limits.uploadExpiresMs }
  const fetched = await startFetchedCache(config, { stack, store: content.store, logger })
  // Some of what is erased may have been read by strangers before it was brought here.
  const evictAll = (): Promise<unknown> => Promise.all([evictCached?.(), fetched.evict(0)])
  await startErasures(config, {
    stack,
    db,
    logger,
    masterKey,
    store: content.store,
    manager,
    staging,
    evictCached: evictAll,
  })
  await startApi(config, {
    stack,
    build: () =>
      buildApi({
        db,
        masterKey,
        tenantKeys,
        rootKeys,
        logger,
        publicUrl,
        ...(tls === null ? {} : { tls }),
        hstsSubdomains: config.hstsSubdomains,
        trustedProxies,
        corsOrigins,
        registration: config.registration,
        oidc: config.oidc,
        gatewayDomains: gatewayDomainsOf(config),
        denylist,
        organizationsPerUser: config.organizationsPerUser,
        mailConfigured: config.mail !== null,
        rateLimiters: apiRateLimiters(limits.rate, redis),
        gatewayChanges: gatewayChangesLimiter(redis),
        signingKeyMaxAgeMs: config.signingKeyMaxAgeMs,
        linkMaxAgeMs: config.linkMaxAgeMs,
        content: {
          ...parts,
          releases: manager.releases,
          alarms: manager.alarms,
          freeSpace,
          limits,
          staging,
          clock,
          delegates: config.ipfs.backend === 'kubo' ? kuboDelegates(db) : ownDelegates(config, masterKey, network),
          network,
          announcer: own?.announcer ?? null,
          denylists: subscriptions,
          redis: redis?.connection ?? null,
        },
        dashboard: { directory: dashboardFolder, gatewayUrl },
        backupRetentionMs: config.backupRetentionMs,
        nodePool,
      }),
  })
  const { store, far } = content
  return {
    store,
    manager,
    network: own,
    ipnsRouting,
    fetchesBy,
    fetched,
    denylist,
    far,
    reportDamage,
    setupUrl,
    subscriptions,
  }
}

/** Wires the platform by hand: the only place that picks adapters. Two can run in one process. */
export const composePlatform = (config: Config, options: ComposeOptions): Platform => {
  const stack = new ServiceStack({ logger: options.logger })
  return { start: () => start(config, stack, options), stop: () => stack.stop() }
}

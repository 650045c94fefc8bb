import type { FarBlocks } from '@packages/content/block-sources/read-through'
import { StoreReader } from '@packages/content/block-store/store-reader'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import type { Database } from '@packages/db/open-database'
import type { LoggerOptions } from '@packages/runtime/logger'
import type { TlsCertificates } from '@packages/runtime/tls/tls-certificates'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { CachedToo } from './content/cached-too.ts'
import type { HeldBlocks } from './content/held-blocks.ts'
import { openFetchedBlocks, openHeldBlocks, StoreBlocks } from './content/open-held-blocks.ts'
import type { DnslinkFinderOptions } from './names/dnslink-finder.ts'
import { type NameQuota, NO_NAME_QUOTA } from './names/look-up-places.ts'
import type { RoutedRecordsOptions } from './names/routed-records.ts'
import { checkAccessLog } from './access-log/access-log.ts'
import { freePort } from './primary/free-port.ts'
import {
  type FetchFigures,
  type FileReading,
  GatewayPrimary,
  type GatewayStatus,
  type NetworkFetching,
} from './primary/gateway-primary.ts'
import { spawnLocalWorker } from './primary/spawn-local-worker.ts'
import { spawnProcessWorker } from './primary/spawn-process-worker.ts'
import type { SiteSettings } from './request/site.ts'
import type { HttpLimits } from './serve/http-limits.ts'

export type GatewayOptions = {
  db: Pick<Database, 'kysely' | 'listen' | 'unitOfWork'>
  /** The block store's folder; its writer must have made it. */
  storeDirectory: string
  /** For workers in this process, which may hold the writer as well. Its owner closes it. */
  reader?: StoreReader
  /** The same for what is served without a pin; nothing is, without it. */
  cachedReader?: StoreReader
  /** The same for what was fetched from the network. */
  fetchedReader?: StoreReader
  /** The same for the realm of private content. */
  privateReader?: StoreReader
  host: string
  /** 0 takes a free one. */
  port: number
  /** Where people reach it; by default at this machine. */
  origin?: string
  /** Listens with TLS; workers show each new certificate. */
  tls?: TlsCertificates
  /** What browsers are told of reaching this host by HTTPS alone. */
  hsts?: string | undefined
  /** Processes, or one worker within this process. */
  workers: number | 'in-process'
  logger: MinimalLogger
  /** Of worker processes, which write their own lines to the same output. */
  logLevel?: LoggerOptions['level']
  logFormat?: LoggerOptions['format']
  /** Memory of one worker for small files and layouts; 64 MiB by default. */
  hotBytes?: number
  /** Who reads what under /files. */
  files: FileReading
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  trustedProxies?: readonly string[]
  /** Which hosts are more than path gateways; none by default. */
  sites?: SiteSettings
  /** DNSLinks that the operator has set, and who is asked for others; by default there are none. */
  dnslinks?: DnslinkFinderOptions
  /** Delegated routers, asked for IPNS names that are not kept here; by default there are none. */
  routers?: RoutedRecordsOptions
  /** What clients may have looked up of DNSLinks and records within a window; by default as much as they like. */
  nameQuota?: NameQuota
  /** Whether there are shared caches in front that are purged (ADR 0160); by default there are none. */
  sharedCaches?: boolean
  /** Whether `_redirects` files may lead to other hosts; by default they may not. */
  redirectsElsewhere?: boolean
  /** The file that gets a line for each answer; by default there is none. */
  accessLog?: string | null
  /** Whether the kernel sends from the store's files where it can (ADR 0173); by default it does. */
  sendfile?: boolean
  /** What nodes have and the own store does not; by default there are no nodes. */
  far?: FarBlocks | null
  /** Mode `open`: what is not here is fetched from the network by this; by default nothing is. */
  fetching?: NetworkFetching | null
  /** Files of the operator's denylists; none by default. */
  denylists?: readonly string[]
  /** Called when a worker process has gone: the store's writer then frees the reader slots of dead processes. */
  readerCheck?(): void
  /** Called when a stored block did not match its hash; it was not served. Called again for each request that meets it. */
  onCorrupt?(cid: string): void
  /** For workers within this process. */
  limits?: Partial<HttpLimits>
}

export type Gateway = {
  port: number
  status(): GatewayStatus
  /** What was fetched from the network; null in mode `pinned`. */
  fetched(): FetchFigures | null
  /** Drains for at most `deadlineMs` (5,000 by default), then ends everything. */
  stop(deadlineMs?: number): Promise<void>
}

const NO_DNSLINKS: DnslinkFinderOptions = { map: new Map(), lookUp: async () => null }
const NO_ROUTERS: RoutedRecordsOptions = {
  origins: [],
  outgoing: { call: () => Promise.reject(new Error('there are no routers')) },
}
const blocksOf = (reader: StoreReader, cached: StoreReader | undefined): HeldBlocks =>
  cached === undefined ? new StoreBlocks(reader) : new CachedToo(new StoreBlocks(reader), new StoreBlocks(cached))

/** Its reader belongs to whoever gave it. */
const notClosed = (blocks: HeldBlocks): HeldBlocks => Object.assign(blocks, { close: () => Promise.resolve() })

const HOT_BYTES = 64 * 1024 * 1024

/**
 * Starts the gateway: follows the policy log here, serves in workers.
 * @throws StartError when the port cannot be had
 */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { reader, cachedReader, fetchedReader, privateReader, storeDirectory, workers, logger, limits } = options
  const realm = 'public'
  if (options.accessLog != null) await checkAccessLog(options.accessLog)
  const far = options.far ?? null
  const fetching = options.fetching ?? null
  const spawn =
    workers === 'in-process'
      ? spawnLocalWorker({
          openBlocks: async () =>
            reader === undefined
              ? openHeldBlocks({ directory: storeDirectory, realm })
              : notClosed(blocksOf(reader, cachedReader)),
          openFetchedBlocks: async () =>
            fetchedReader === undefined ? openFetchedBlocks(storeDirectory) : notClosed(new StoreBlocks(fetchedReader)),
          openPrivateBlocks: async () =>
            privateReader === undefined
              ? StoreReader.open({ directory: storeDirectory, realm: PRIVATE_REALM })
              : { get: (cid, how) => privateReader.get(cid, how), close: () => Promise.resolve() },
          logger,
          limits,
        })
      : spawnProcessWorker
  const primary = new GatewayPrimary({
    db: options.db,
    logger,
    spawn,
    count: workers === 'in-process' ? 1 : workers,
    settings: {
      storeDirectory,
      realm,
      host: options.host,
      port: options.port === 0 && workers !== 'in-process' ? await freePort(options.host) : options.port,
      ownSockets: process.platform === 'linux' && workers !== 'in-process' && workers > 1,
      trustedProxies: options.trustedProxies ?? [],
      origin: options.origin ?? 'http://localhost',
      sharedCaches: options.sharedCaches ?? false,
      redirectsElsewhere: options.redirectsElsewhere ?? false,
      sendfile: options.sendfile ?? true,
      accessLog: options.accessLog ?? null,
      denylists: options.denylists ?? [],
      readsOn: far !== null,
      fetches: fetching === null ? null : { timeoutMs: fetching.limits.timeoutMs },
      sites: options.sites ?? { subdomainHosts: [], dnslinkHosts: [] },
      tls: options.tls?.current ?? null,
      hsts: options.hsts ?? null,
      hotBytes: options.hotBytes ?? HOT_BYTES,
      logLevel: options.logLevel ?? 'info',
      logFormat: options.logFormat ?? 'auto',
    },
    files: options.files,
    far,
    fetching,
    dnslinks: options.dnslinks ?? NO_DNSLINKS,
    routers: options.routers ?? NO_ROUTERS,
    nameQuota: options.nameQuota ?? NO_NAME_QUOTA,
    readerCheck: options.readerCheck ?? (() => {}),
    onCorrupt: options.onCorrupt ?? (() => {}),
  })
  const unfollow = options.tls?.onChange((tls) => primary.showCertificate(tls))
  const stop = async (deadlineMs?: number): Promise<void> => {
    unfollow?.()
    await primary.stop(deadlineMs)
  }
  const port = await primary.start().catch((error: unknown) => {
    unfollow?.()
    throw error
  })
  return { port, status: () => primary.status(), fetched: () => primary.fetched(), stop }
}

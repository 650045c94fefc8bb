import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { CdnCache } from './config/cdn-caches.ts'
import { contradictions } from './config/contradictions.ts'
import { isLoopback } from './config/is-loopback.ts'
import { type KuboNodeConfig, uploadNodes } from './config/kubo-nodes.ts'
import { type PostgresAddress, vouchedBy } from './config/postgres-address.ts'
import type { NameServer } from './config/gateway-schemas.ts'
import { type Environment, readSettings } from './config/read-settings.ts'
import type { Role, SettingValues } from './config/settings.ts'
import type { RedisAddress } from './redis/redis-address.ts'
import type { SmtpServer } from './config/value-schemas.ts'
import { EXIT_CONFIG, StartError } from './start-error.ts'
import type { TlsSettings } from './tls/tls-certificates.ts'

/** The settings, typed. Where one choice excludes others it is a union that says so. */
export type Config = {
  production: boolean
  roles: ReadonlySet<Role>
  /** Absolute. */
  dataDir: string
  host: string
  /** 0 means a free one; `publicUrl` and `gatewayUrl` then carry port 0 until the platform has chosen. */
  apiPort: number
  gatewayPort: number
  /** On loopback; null listens nowhere. */
  metricsPort: number | null
  /** Origins without a closing slash. */
  publicUrl: string
  gatewayUrl: string
  /** Of the listeners of API and gateway; null is plain HTTP. */
  tls: TlsSettings | null
  /** HSTS holds for hosts below that of API and gateway, too. */
  hstsSubdomains: boolean
  database: { kind: 'embedded' } | { kind: 'external'; url: string; tls: PostgresAddress['tls'] }
  redis: RedisAddress | null
  ipfs: {
    network: SettingValues['IPFS_NETWORK']
    /** Whether `origins` of pins may be private addresses. */
    dialPrivate: boolean
    /** Of pins whose organization says nothing: copies that have to be confirmed, and that are made. */
    replication: { min: number; max: number }
  } & (
    | { backend: 'embedded'; leaving: readonly KuboNodeConfig[] }
    | {
        backend: 'kubo'
        nodes: readonly KuboNodeConfig[]
        ackCopies: number
        /** Of what was read from nodes. */
        cacheBytes: number
        /** Free space below which the own store lets go what nodes have. */
        evictBelowBytes: number
      }
  )
  /** The embedded node in the IPFS network; `port` is null where there is none. */
  swarm: { port: number | null; bootstrap: readonly string[]; announce: readonly string[] }
  log: { level: SettingValues['LOG_LEVEL']; format: SettingValues['LOG_FORMAT'] }
  admin: { email: string; password: string } | null
  registration: { mode: SettingValues['REGISTRATION']; perAddress: number; perDomain: number }
  organizationsPerUser: number
  /** Null: no single sign-on. */
  oidc: OidcConfig | null
  /** Null: no mail is sent. */
  mail: MailConfig | null
  /** 0 keeps one key. */
  signingKeyMaxAgeMs: number
  /** Who has the master key: the data folder, the settings, or a program that prints it. */
  masterKey:
    | { kind: 'file' }
    | { kind: 'given'; keys: readonly Uint8Array[] }
    | { kind: 'operators-file'; path: string }
    | { kind: 'command'; command: readonly string[] }
  linkMaxAgeMs: number
  gatewayWorkers: number
  /** Which hosts of the gateway are more than path gateways. */
  gatewayHosts: { subdomains: readonly string[]; dnslink: readonly string[] }
  /** DNSLinks by domain. */
  dnslinkMap: ReadonlyMap<string, string>
  /** Who is asked for TXT records. */
  dnsServers: 'system' | readonly NameServer[]
  /** Origins of delegated routers. */
  ipnsRouters: readonly string[]
  /** Names that one client may have looked up in a minute; 0 turns the limit off. */
  gatewayNameQuota: number
  /** Whether sites may redirect to other hosts. */
  gatewayRedirectsElsewhere: boolean
  /** The file that has a line for each answer of the gateway. */
  gatewayAccessLog: string | null
  /** Whether the gateway has the kernel send from files where it can. */
  gatewaySendfile: boolean
  /** Files of denylists. */
  denylists: readonly string[]
  /** Addresses of denylists, and how often they are asked for. */
  denylistSubscriptions: { urls: readonly string[]; everyMs: number }
  /** Shared caches in front of the gateway. */
  cdnCaches: readonly CdnCache[]
  /** Mode `open`; null in mode `pinned`. */
  gatewayFetching: GatewayFetching | null
  /** Of what is served without a pin. */
  gatewayCacheBytes: number
  trustedProxies: readonly string[]
  /** Whose pages may call the API; `*` is everybody's. */
  corsOrigins: '*' | readonly string[]
  /** How space comes back; no bytes per second turn it off. */
  compaction: { bytesPerSecond: number; everyMs: number }
  /** How stored blocks are looked at again, and who is asked for those that are damaged. No bytes per second turn the looking off. */
  scrub: { bytesPerSecond: number; everyMs: number; healGateways: readonly string[] }
  auditRetentionMs: number
  /** How long the operator keeps backups; null when it was not told. */
  backupRetentionMs: number | null
  receiptRetentionMs: number
  limits: {
    uploadMaxBytes: number
    uploadExpiresMs: number
    minFreeBytes: number
    /** Per minute; 0 turns one off. */
    rate: { login: number; anonymous: number; credential: number; user: number; address: number }
  }
}

/** What requests to a gateway in mode `open` may have fetched from the network. */
export type GatewayFetching = {
  timeoutMs: number
  maxMs: number
  maxBytes: number
  maxBlocks: number
  atOnce: number
  atOncePerClient: number
  /** Of one client within a window. */
  quota: { fetches: number; bytes: number; windowMs: number }
  /** What is kept of it; 0 keeps nothing. */
  cacheBytes: number
}

export type OidcConfig = {
  issuer: string
  clientId: string
  clientSecret: string
  label: string
  policy: {
    domains: readonly string[]
    claims: readonly { name: string; value: string }[]
    linkByEmail: boolean
    trustSecondFactor: boolean
  }
}

const oidcConfig = (values: SettingValues): OidcConfig | null => {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret, OIDC_LABEL: label } = values
  if (issuer === null || clientId === null || clientSecret === null) return null
  const policy = {
    domains: values.OIDC_DOMAINS ?? [],
    claims: values.OIDC_CLAIMS ?? [],
    linkByEmail: values.OIDC_LINK === 'verified-email',
    trustSecondFactor: values.OIDC_SECOND_FACTOR === 'provider',
  }
  return { issuer, clientId, clientSecret, label, policy }
}

export type MailConfig = {
  server: SmtpServer
  from: { name: string; address: string }
  /** Nothing is sent in clear: in production mode and with a password, except to this machine. */
  requireTls: boolean
  /** PEM of those who alone may vouch for the server; null: whom Node knows. */
  ca: string | null
}

const mailConfig = (values: SettingValues): MailConfig | null => {
  const { SMTP_URL: server, MAIL_FROM: from, SMTP_CA: ca, NODE_ENV: mode } = values
  if (server === null || from === null) return null
  const secret = mode === 'production' || server.password !== null
  return { server, from, requireTls: ca !== null || (secret && !isLoopback(server.host)), ca }
}

const databaseConfig = ({ DATABASE_URL: address, DATABASE_CA: ca }: SettingValues): Config['database'] => {
  if (address === null) return { kind: 'embedded' }
  const { url, tls } = vouchedBy(address, ca)
  return { kind: 'external', url, tls }
}

const redisConfig = ({ REDIS_URL: address, REDIS_CA: ca }: SettingValues): RedisAddress | null => {
  if (address === null || ca === null || !address.socket.tls) return address
  return { ...address, socket: { ...address.socket, ca } }
}

const masterKeyConfig = (
  { SECRET_KEY: keys, MASTER_KEY_COMMAND: command }: SettingValues,
  path: string | undefined,
): Config['masterKey'] => {
  if (keys !== null) return path ? { kind: 'operators-file', path: resolve(path) } : { kind: 'given', keys }
  return command === null ? { kind: 'file' } : { kind: 'command', command }
}

/** Settings that cannot be used: every problem, one line each. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError'

  constructor(problems: readonly string[]) {
    super(problems, { exitCode: EXIT_CONFIG })
  }
}

/** The origin by which a listener on `host` is reached from this machine. */
export const localOrigin = ({ host, tls }: Pick<Config, 'host' | 'tls'>, port: number): string => {
  const scheme = tls === null ? 'http' : 'https'
  if (host === '0.0.0.0' || host === '::') return `${scheme}://127.0.0.1:${port}`
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

const tlsSettings = ({ TLS_CERT: cert, TLS_KEY: key, TLS_MIN_VERSION: version }: SettingValues): TlsSettings | null => {
  if (cert === null || key === null) return null
  return { certFile: resolve(cert), keyFile: resolve(key), minVersion: `TLSv${version}` }
}

const gatewayFetching = (values: SettingValues): GatewayFetching | null =>
  values.GATEWAY_MODE === 'pinned'
    ? null
    : {
        timeoutMs: values.GATEWAY_FETCH_TIMEOUT,
        maxMs: values.GATEWAY_FETCH_MAX_TIME,
        maxBytes: values.GATEWAY_FETCH_MAX_BYTES,
        maxBlocks: values.GATEWAY_FETCH_MAX_BLOCKS,
        atOnce: values.GATEWAY_FETCHES,
        atOncePerClient: values.GATEWAY_FETCHES_PER_CLIENT,
        quota: {
          fetches: values.GATEWAY_FETCH_QUOTA,
          bytes: values.GATEWAY_FETCH_QUOTA_BYTES,
          windowMs: values.GATEWAY_FETCH_WINDOW,
        },
        cacheBytes: values.GATEWAY_FETCH_CACHE_BYTES,
      }

const ipfsConfig = (values: SettingValues): Config['ipfs'] => {
  const shared = { network: values.IPFS_NETWORK, dialPrivate: values.IPFS_DIAL_PRIVATE === 'yes' }
  const { KUBO_NODES: nodes, UPLOAD_ACK_COPIES: copies } = values
  const { REPLICATION_MIN: least, REPLICATION_MAX: most } = values
  if (nodes === null)
    return {
      ...shared,
      backend: 'embedded',
      leaving: values.LEAVE_KUBO_NODES ?? [],
      replication: { min: 1, max: most ?? 1 },
    }
  const ackCopies = copies ?? Math.min(2, uploadNodes(nodes))
  const min = least ?? Math.min(2, uploadNodes(nodes), most ?? 2)
  // The own store has a copy as well.
  return {
    ...shared,
    backend: 'kubo',
    nodes,
    ackCopies,
    replication: { min, max: most ?? Math.max(min, 1 + ackCopies) },
    cacheBytes: values.NODE_CACHE_BYTES,
    evictBelowBytes: values.EVICT_BELOW_BYTES,
  }
}

/** As many as cores: one fewer leaves a quarter of two cores idle when the gateway is all that is asked (4.2 for 5.2 times Kubo at 1 KiB). */
const defaultWorkers = (): number => Math.min(4, availableParallelism())

/**
 * Reads the environment into a typed configuration. Nothing else reads `process.env`.
 * @throws ConfigError with every problem found.
 */
export const loadConfig = (environment: Environment): Config => {
  const read = readSettings(environment)
  if ('problems' in read) throw new ConfigError(read.problems)
  const { values } = read
  const problems = contradictions(values)
  if (problems.length > 0) throw new ConfigError(problems)
  const [host, tls] = [values.HOST, tlsSettings(values)]
  return {
    production: values.NODE_ENV === 'production',
    roles: values.ROLES,
    dataDir: resolve(values.DATA_DIR),
    host,
    tls,
    hstsSubdomains: values.HSTS_SUBDOMAINS === 'include',
    apiPort: values.API_PORT,
    gatewayPort: values.GATEWAY_PORT,
    metricsPort: values.METRICS_PORT,
    publicUrl: values.PUBLIC_URL ?? localOrigin({ host, tls }, values.API_PORT),
    gatewayUrl: values.GATEWAY_URL ?? localOrigin({ host, tls }, values.GATEWAY_PORT),
    database: databaseConfig(values),
    redis: redisConfig(values),
    ipfs: ipfsConfig(values),
    swarm: { port: values.SWARM_PORT, bootstrap: values.IPFS_BOOTSTRAP, announce: values.IPFS_ANNOUNCE },
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
    admin:
      values.ADMIN_EMAIL !== null && values.ADMIN_PASSWORD !== null
        ? { email: values.ADMIN_EMAIL, password: values.ADMIN_PASSWORD }
        : null,
    registration: {
      mode: values.REGISTRATION,
      perAddress: values.SIGN_UPS_PER_ADDRESS,
      perDomain: values.SIGN_UPS_PER_DOMAIN,
    },
    organizationsPerUser: values.ORGANIZATIONS_PER_USER,
    oidc: oidcConfig(values),
    mail: mailConfig(values),
    signingKeyMaxAgeMs: values.SIGNING_KEY_MAX_AGE,
    masterKey: masterKeyConfig(values, environment.SECRET_KEY_FILE?.trim()),
    linkMaxAgeMs: values.LINK_MAX_AGE,
    gatewayWorkers: values.GATEWAY_WORKERS ?? defaultWorkers(),
    gatewayHosts: {
      subdomains: values.GATEWAY_SUBDOMAIN_HOSTS,
      dnslink: [...values.GATEWAY_DNSLINK_HOSTS, ...(values.DNSLINK_MAP?.keys() ?? [])],
    },
    dnslinkMap: values.DNSLINK_MAP ?? new Map(),
    dnsServers: values.DNS_SERVERS,
    ipnsRouters: values.IPNS_ROUTERS ?? [],
    gatewayNameQuota: values.GATEWAY_NAME_QUOTA,
    gatewayRedirectsElsewhere: values.GATEWAY_REDIRECTS_ELSEWHERE,
    gatewayAccessLog: values.GATEWAY_ACCESS_LOG ?? null,
    gatewaySendfile: values.GATEWAY_SENDFILE,
    denylists: values.DENYLISTS ?? [],
    denylistSubscriptions: { urls: values.DENYLIST_URLS ?? [], everyMs: values.DENYLIST_INTERVAL },
    cdnCaches: values.CDN_CACHES ?? [],
    gatewayFetching: gatewayFetching(values),
    gatewayCacheBytes: values.GATEWAY_CACHE_BYTES,
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    corsOrigins: values.CORS_ORIGINS ?? [],
    compaction: { bytesPerSecond: values.COMPACT_BYTES_PER_SECOND, everyMs: values.COMPACT_EVERY },
    scrub: {
      bytesPerSecond: values.SCRUB_BYTES_PER_SECOND,
      everyMs: values.SCRUB_EVERY,
      healGateways: values.HEAL_GATEWAYS ?? [],
    },
    auditRetentionMs: values.AUDIT_RETENTION,
    backupRetentionMs: values.BACKUP_RETENTION,
    receiptRetentionMs: values.RECEIPT_RETENTION,
    limits: {
      uploadMaxBytes: values.UPLOAD_MAX_BYTES,
      uploadExpiresMs: values.UPLOAD_EXPIRES,
      minFreeBytes: values.MIN_FREE_BYTES,
      rate: {
        login: values.RATE_LIMIT_LOGIN,
        anonymous: values.RATE_LIMIT_ANONYMOUS,
        credential: values.RATE_LIMIT_CREDENTIAL,
        user: values.RATE_LIMIT_USER,
        address: values.RATE_LIMIT_ADDRESS,
      },
    },
  }
}

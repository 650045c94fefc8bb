import type { BlockStore } from '@packages/content/block-store/block-store'
import { checkDatabase } from '@packages/db/check-database'
import type { Database } from '@packages/db/open-database'
import type { Announcer } from '@services/ipfs-manager/network/announcer'
import type { EmbeddedNetwork, NetworkReport } from '@services/ipfs-manager/network/embedded-network'
import type { StoreAlarms } from '@services/ipfs-manager/store-alarms'
import { type HealthAlarm, type HealthReport, worstOf } from './health-report.ts'
import { isPool, nodeAlarms, readKuboNodes } from './kubo-nodes.ts'

export type HealthDeps = {
  db: Pick<Database, 'pool' | 'ping'>
  store: Pick<BlockStore, 'id' | 'epoch' | 'stats'>
  alarms: Pick<StoreAlarms, 'list'>
  /** Bytes that are free on the store's disk. */
  freeSpace: () => Promise<number>
  limits: { minFreeBytes: number }
  /** Where processes count and cache together; none when each does so for itself. */
  redis?: { readonly state: { up: boolean } } | null
  /** How the embedded node stands in the IPFS network; null where there is none. */
  network?: Pick<EmbeddedNetwork, 'report'> | null
  /** Denylists that are fetched by their address. */
  denylists?: { report(): { url: string; checkedAt: string | null; error: string | null }[] }
  /** Tells the network what is here; null where there is none to be told. */
  announcer?: Pick<Announcer, 'report'> | null
}

/** Longer than a healthy database ever takes, shorter than any prober waits. */
const DATABASE_MS = 2_000

export const checkDb = async ({ db }: Pick<HealthDeps, 'db'>): Promise<HealthReport> => {
  try {
    const health = await within(checkDatabase(db))
    return { status: health.pending.length === 0 ? 'ok' : 'unavailable', detail: { ...health } }
  } catch (error) {
    return { status: 'unavailable', detail: { error: error instanceof Error ? error.message : String(error) } }
  }
}

/** The content store and the nodes; `alarm` when something needs an operator, or the disk is so full that uploads are refused. */
export const checkIpfs = async (deps: HealthDeps): Promise<HealthReport> => {
  const network = deps.network?.report() ?? null
  const nodes = await within(readKuboNodes(deps.db)).catch(() => [])
  const alarms = [
    ...storeAlarms(deps),
    ...(await diskAlarm(deps)),
    ...nodeAlarms(nodes),
    ...networkAlarm(network),
    ...listAlarms(deps),
  ]
  const { id, epoch } = deps.store
  const announcing = (await within(deps.announcer?.report() ?? Promise.resolve(null)).catch(() => null)) ?? null
  const [stats, freeBytes] = await Promise.all([deps.store.stats(), deps.freeSpace()])
  return {
    status: alarms.length > 0 ? 'alarm' : 'ok',
    alarms,
    detail: {
      backend: isPool(nodes) ? 'kubo' : 'embedded',
      store: { id, epoch, ...stats },
      freeBytes,
      network,
      announcing,
      ...(deps.denylists === undefined ? {} : { denylists: deps.denylists.report() }),
      ...(nodes.length === 0 ? {} : { nodes }),
    },
  }
}

/** While Redis is lost the platform works, and nobody can sign in. */
export const checkCache = ({ redis = null }: Pick<HealthDeps, 'redis'>): HealthReport => {
  if (redis === null) return { status: 'not_configured' }
  const alarms = cacheAlarm({ redis })
  return { status: alarms.length > 0 ? 'alarm' : 'ok', alarms }
}

/** Whether requests should be sent here: the database answers, and the platform is not stopping. */
export const checkReady = async (deps: HealthDeps, stopping: boolean): Promise<HealthReport> => {
  if (stopping) return { status: 'unavailable', detail: { reason: 'stopping' } }
  const answers = await within(deps.db.ping()).then(
    () => true,
    () => false,
  )
  const [ofStore, ofCache] = [[...storeAlarms(deps), ...(await diskAlarm(deps))], cacheAlarm(deps)]
  const parts: HealthReport[] = [
    { status: answers ? 'ok' : 'unavailable' },
    { status: ofStore.length > 0 ? 'alarm' : 'ok' },
    { status: ofCache.length > 0 ? 'alarm' : 'ok' },
  ]
  const alarms = [...ofStore, ...ofCache]
  return { status: worstOf(parts), alarms, detail: { db: parts[0]?.status, ipfs: parts[1]?.status } }
}

const storeAlarms = ({ alarms }: Pick<HealthDeps, 'alarms'>): HealthAlarm[] =>
  alarms.list().map(({ code, since, detail }) => ({ code, since: since.toISOString(), detail }))

/** To have no peers is none: a platform works without a network. */
const networkAlarm = (network: NetworkReport | null): HealthAlarm[] =>
  network?.state === 'failed' ? [{ code: 'network_down', detail: network.reason ?? undefined }] : []

/** The last good copy holds meanwhile; a list that was never here denies nothing. */
const listAlarms = ({ denylists }: Pick<HealthDeps, 'denylists'>): HealthAlarm[] =>
  (denylists?.report() ?? []).flatMap(({ url, checkedAt, error }) =>
    error === null ? [] : [{ code: 'denylist_not_renewed', since: checkedAt ?? undefined, detail: `${url}: ${error}` }],
  )

const cacheAlarm = ({ redis = null }: Pick<HealthDeps, 'redis'>): HealthAlarm[] =>
  redis === null || redis.state.up
    ? []
    : [{ code: 'redis_lost', detail: 'Sign-in is refused until it is back; other limits are counted in memory.' }]

const diskAlarm = async ({ freeSpace, limits }: Pick<HealthDeps, 'freeSpace' | 'limits'>): Promise<HealthAlarm[]> => {
  const free = await freeSpace()
  if (limits.minFreeBytes === 0 || free >= limits.minFreeBytes) return []
  return [{ code: 'disk_full', detail: `Uploads are refused: ${free} bytes are free, ${limits.minFreeBytes} needed.` }]
}

const within = async <T>(work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer in time')), DATABASE_MS)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

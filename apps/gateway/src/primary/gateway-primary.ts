import type { FarBlocks } from '@packages/content/block-sources/read-through'
import type { Database } from '@packages/db/open-database'
import { readOpenGateways } from '@packages/db/open-gateways'
import { readTakedowns, Takedowns } from '@packages/db/takedowns'
import type { ListenerTls } from '@packages/runtime/tls/tls-server'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'
import { Gates } from '../gates/gates.ts'
import { NameAnswerer } from '../names/name-answerer.ts'
import { createDnslinkFinder, type DnslinkFinderOptions } from '../names/dnslink-finder.ts'
import type { NameQuota } from '../names/look-up-places.ts'
import { RoutedRecords, type RoutedRecordsOptions } from '../names/routed-records.ts'
import type { WorkerSettings } from '../worker/worker-protocol.ts'
import { FarReader } from './far-reader.ts'
import { FileAccess, type FileAccessDeps } from './file-access.ts'
import { NameFinder } from './name-finder.ts'
import { NetworkReader, type NetworkReaderDeps } from './network-reader.ts'
import { OpenSuspensions } from './open-suspensions.ts'
import { PolicyFollower } from './policy-follower.ts'
import type { SpawnWorker } from './worker-handle.ts'
import { WithheldRoots } from './withheld-roots.ts'
import { WorkerPool } from './worker-pool.ts'

/** The tries at links' passwords, and who Bearer credentials of accounts are; without the latter links alone open files. */
export type FileReading = Omit<FileAccessDeps, 'db' | 'logger'> & {
  /** Told of the policy log before workers are: what is asked by then is answered by what holds from now on. */
  hear?(entries: readonly PolicyEntry[]): void
}

export type NetworkFetching = Pick<NetworkReaderDeps, 'network' | 'limits' | 'quota' | 'cache'>

export type GatewayPrimaryDeps = {
  db: Pick<Database, 'kysely' | 'listen' | 'unitOfWork'>
  logger: MinimalLogger
  spawn: SpawnWorker
  count: number
  settings: WorkerSettings
  readerCheck(): void
  /** Who reads what under /files. */
  files: FileReading
  /** The operator's DNSLinks, and who is asked for others. */
  dnslinks: DnslinkFinderOptions
  /** Delegated routers of IPNS names. */
  routers: RoutedRecordsOptions
  /** What clients may have looked up of both within a window. */
  nameQuota: NameQuota
  /** What nodes have and the own store does not; null where there are no nodes. */
  far: FarBlocks | null
  /** Mode `open`: by what content is fetched that is not here; null in mode `pinned`. */
  fetching: NetworkFetching | null
  /** Told of each stored block that did not match its hash. */
  onCorrupt(cid: string): void
}

export type GatewayStatus = {
  port: number
  workers: { wanted: number; listening: number }
  /** Milliseconds since the policy log was last read to its end. */
  policyAgeMs: number
  /** Blocks that did not match their hash, since the start; none of them was served. */
  corruptBlocks: number
}

export type FetchFigures = Pick<
  NetworkReader['figures'],
  'visits' | 'ms' | 'blocks' | 'bytes' | 'late' | 'quota' | 'busy' | 'limit' | 'failed'
> & { running: number; wanted: number }

const DRAIN_MS = 5000

/** The gateway's half in the platform's process: workers on one side, the database on the other. */
export class GatewayPrimary {
  readonly #deps: GatewayPrimaryDeps
  readonly #pool: WorkerPool
  readonly #policy: PolicyFollower
  readonly #withheld: WithheldRoots
  readonly #network: NetworkReader | null
  readonly #suspensions = new OpenSuspensions()
  #takedowns = new Takedowns()
  #gates = new Gates()
  #port = 0
  #corruptBlocks = 0

  constructor(deps: GatewayPrimaryDeps) {
    this.#deps = deps
    const names = new NameFinder(deps.db)
    const answerer = new NameAnswerer({
      ...deps,
      findDnslink: createDnslinkFinder({ ...deps.dnslinks, quota: deps.nameQuota }),
      routed: new RoutedRecords({ ...deps.routers, quota: deps.nameQuota }),
    })
    const far = deps.far === null ? null : new FarReader({ ...deps, far: deps.far })
    const network =
      deps.fetching === null
        ? null
        : new NetworkReader({
            ...deps.fetching,
            isWithheld: (root) => this.#withheld.roots?.includes(root) ?? true,
            logger: deps.logger,
          })
    this.#network = network
    const files = new FileAccess({ ...deps.files, db: deps.db, logger: deps.logger })
    this.#withheld = new WithheldRoots({
      ...deps,
      onChange: (roots) => this.#pool.withhold(roots),
      onLooked: () => this.#policy.publish(),
    })
    this.#pool = new WorkerPool({
      ...deps,
      withheld: () => this.#withheld.roots,
      position: () => this.#policy.position,
      takedowns: () => this.#takedowns.list(),
      gateways: () => this.#gates.list(),
      findName: (cid, name) => names.find(cid, name),
      findFile: (question) => files.find(question),
      takeDownload: (question) => files.take(question),
      answerName: (question) => answerer.answer(question),
      readFar: async (question) => (far === null ? { state: 'unknown' } : far.answer(question)),
      fetch: async (worker, visit, question) =>
        network === null ? { state: 'failed' } : network.answer(worker, visit, question),
      leave: (worker, visit) => (visit === 'all' ? network?.leaveAll(worker) : network?.leave(worker, visit)),
      onChange: () => this.#policy.publish(),
      onWorkerLost: () => deps.readerCheck(),
      onCorrupt: (cid) => this.#countCorrupt(cid),
    })
    this.#policy = new PolicyFollower({
      ...deps,
      tell: (position, entries, before) => {
        deps.files.hear?.(entries)
        this.#takedowns.hear(entries)
        this.#gates.hear(entries)
        this.#withheld.hear(entries)
        if (entries.some(({ kind }) => kind === 'organization.changed'))
          this.#suspensions.add(before, this.#withheld.asked)
        this.#pool.tell(position, entries)
      },
      acknowledged: () => this.#inForce(),
    })
  }

  /** @throws StartError */
  async start(): Promise<number> {
    await this.#policy.start(async () => {
      this.#takedowns = new Takedowns(await readTakedowns(this.#deps.db.kysely))
      this.#gates = new Gates(await readOpenGateways(this.#deps.db.kysely))
    })
    try {
      await this.#withheld.start()
      this.#port = await this.#pool.start()
    } catch (error) {
      await this.stop(0)
      throw error
    }
    return this.#port
  }

  showCertificate(tls: ListenerTls): void {
    this.#pool.showCertificate(tls)
  }

  /** What was fetched from the network; null in mode `pinned`. */
  fetched(): FetchFigures | null {
    return this.#network === null
      ? null
      : { ...this.#network.figures, running: this.#network.running, wanted: this.#network.wanted }
  }

  status(): GatewayStatus {
    return {
      port: this.#port,
      workers: { wanted: this.#deps.count, listening: this.#pool.listening },
      policyAgeMs: Math.round(this.#policy.ageMs),
      corruptBlocks: this.#corruptBlocks,
    }
  }

  async stop(deadlineMs = DRAIN_MS): Promise<void> {
    await this.#pool.stop(deadlineMs)
    this.#network?.stop()
    await this.#policy.stop()
    await this.#withheld.stop()
  }

  /** How far of the policy log: in what workers were told, and in what they withhold. */
  #inForce(): LogPosition {
    if (this.#pool.withholdsAll) this.#suspensions.settle(this.#withheld.looked)
    return this.#suspensions.upTo(this.#pool.acknowledged() ?? this.#policy.position)
  }

  #countCorrupt(cid: string): void {
    this.#corruptBlocks++
    this.#deps.logger.error({ cid }, 'a stored block does not match its hash; it was not served')
    this.#deps.onCorrupt(cid)
  }
}

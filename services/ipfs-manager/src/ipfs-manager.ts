import { type NamedSource, SourceChain } from '@packages/content/block-sources/chain'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { NETWORK_CACHE_REALM, NODE_CACHE_REALM } from '@packages/content/cache/block-cache'
import type { Database } from '@packages/db/open-database'
import type { EpochState } from '@packages/db/store-epoch'
import { settleAllGroups } from '@packages/db/groups/settle-groups'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { checkHeldContents } from './check-held-contents.ts'
import { ElapsedTime } from './elapsed-time.ts'
import { compactStore } from './compact-store.ts'
import { expirePins } from './expire-pins.ts'
import { dropStaleParts } from './network/fetch-parts.ts'
import { recallPlans } from './recall-plans.ts'
import { restoreFetches } from './restore-fetches.ts'
import { collectOrphans } from './orphan-collector.ts'
import type { PinBackend } from './pin-backend.ts'
import { PinLoop, type PinLoopSettings } from './pin-loop.ts'
import { ReleaseWorker } from './release-worker.ts'
import { ReplicationLoop, type ReplicationSettings } from './replication/replication-loop.ts'
import { RepeatingTask } from './repeating-task.ts'
import { RootLocks } from './root-locks.ts'
import type { IsDenied } from './run-fetch.ts'
import { DamageDesk } from './scrub/damage-desk.ts'
import { StoreScrub } from './scrub/store-scrub.ts'
import { StoreAlarms } from './store-alarms.ts'
import { StoreEpochGuard } from './store-epoch-guard.ts'

export type IpfsManagerDeps = {
  db: Database
  store: BlockStore
  /** This store's row in `nodes`: `ensureEmbeddedNode`. */
  nodeId: string
  /** Where pinned content is kept. */
  backend: PinBackend
  pins?: Partial<PinLoopSettings>
  replication?: Partial<ReplicationSettings>
  /** What is not fetched, whoever has pinned it. */
  isDenied?: IsDenied
  /** `openEpoch` of @packages/db/store-epoch, bound to this database, store and node. */
  raiseEpoch: () => Promise<EpochState>
  logger: MinimalLogger
  /** How space of what was deleted comes back; not at all without it. */
  compaction?: { bytesPerSecond: number; everyMs: number }
  /** How stored blocks are looked at again; not at all without it. Damage that others report is healed in any case. */
  scrub?: { bytesPerSecond: number; everyMs: number; stateFile: string }
  /** Who else may have public content: asked for blocks that are damaged here. */
  healSources?: readonly NamedSource[]
  /** The same of private content: private nodes alone. */
  privateHealSources?: readonly NamedSource[]
  now?: () => number
}

const HOUR_MS = 60 * 60_000
const MINUTE_MS = 60_000
const HEAL_EVERY_MS = 30_000
const EXPIRE_EVERY_MS = 30_000
const SETTLE_GROUPS_EVERY_MS = 1_000
/** How often it is asked whether a pass is due. */
const LOOK_EVERY_MS = 10 * MINUTE_MS
/** Realms whose blocks are what everybody may see: one may have what is damaged in another. */
const SHARED_REALMS = ['public', 'incomplete', 'cache', NODE_CACHE_REALM, NETWORK_CACHE_REALM]

/** What has the bytes of a block that is damaged: the other realms, and the entry whose key has flipped. */
const ownSources = (store: BlockStore): NamedSource[] =>
  SHARED_REALMS.flatMap((realm) => {
    const reader = store.reader(realm)
    return [
      { name: `store:${realm}`, get: (cid, options) => reader.get(cid, options) },
      { name: `index:${realm}`, get: (cid) => Promise.resolve(store.readMisplaced({ realm, cid })) },
    ] satisfies NamedSource[]
  })

/** Everything that keeps the store and the database in step. `releases` and `alarms` are what others ask. */
export class IpfsManager implements Service {
  readonly name = 'ipfs-manager'
  readonly stopTimeoutMs = 5_000
  readonly alarms: StoreAlarms
  readonly gate: StoreEpochGuard
  readonly releases: ReleaseWorker
  /** Who acts on a root on a node, one at a time. */
  readonly locks = new RootLocks()
  /** Brings what is wanted. */
  readonly pinLoop: PinLoop
  /** Keeps as many copies as are wished for. */
  readonly replication: ReplicationLoop
  /** Where readers report blocks that are not what they should be. */
  readonly damage: DamageDesk
  readonly scrub: StoreScrub | undefined
  readonly #deps: IpfsManagerDeps
  readonly #elapsed = new ElapsedTime()
  readonly #reportDamage = (damage: { realm: string; cid: string }): void =>
    this.damage.reportDamage({ realm: damage.realm, cid: damage.cid })
  readonly #tasks: { task: RepeatingTask; firstAfterMs: number }[]

  constructor(deps: IpfsManagerDeps) {
    this.#deps = deps
    const { logger } = deps
    this.alarms = new StoreAlarms(logger, deps.now)
    this.gate = new StoreEpochGuard({ raise: deps.raiseEpoch, alarms: this.alarms, logger })
    this.releases = new ReleaseWorker({ ...deps, gate: this.gate })
    const { locks } = this
    this.pinLoop = new PinLoop({ ...deps, locks, settings: deps.pins ?? {} })
    this.replication = new ReplicationLoop({ ...deps, locks, gate: this.gate, settings: deps.replication ?? {} })
    this.damage = new DamageDesk({
      ...deps,
      own: new SourceChain(ownSources(deps.store)),
      foreign: new SourceChain(deps.healSources ?? []),
      vault: new SourceChain(deps.privateHealSources ?? []),
      alarms: this.alarms,
    })
    const task = (name: string, firstAfterMs: number, run: (signal: AbortSignal) => Promise<unknown>) => ({
      firstAfterMs,
      task: new RepeatingTask({
        name,
        everyMs: HOUR_MS,
        run: async (signal) => void (await run(signal)),
        logger,
      }),
    })
    this.#tasks = [
      task('check held contents', 0, async (signal) => {
        // A foreign database lists what was never here; that is no loss of ours to write into it.
        if (this.gate.misfit !== null && this.gate.misfit !== 'database_older_than_store') return
        const onDamaged = this.#reportDamage
        await checkHeldContents({ ...deps, alarms: this.alarms, onDamaged }, signal)
      }),
      task('collect orphans', 5 * MINUTE_MS, async (signal) => {
        // Never on an old answer: a database may have been restored under our feet.
        await this.gate.raise()
        await collectOrphans({ ...deps, elapsed: this.#elapsed, gate: this.gate, alarms: this.alarms }, signal)
      }),
      task('restore fetches', 0, () => restoreFetches(deps)),
      task('drop what fetches left', MINUTE_MS, () => dropStaleParts(deps)),
    ]
    this.#tasks.push({
      firstAfterMs: EXPIRE_EVERY_MS,
      task: new RepeatingTask({
        name: 'expire pins',
        everyMs: EXPIRE_EVERY_MS,
        run: async (signal) => void (await expirePins(deps, signal)),
        logger,
      }),
    })
    this.#tasks.push({
      firstAfterMs: 0,
      task: new RepeatingTask({
        name: 'recall plans of another clock',
        everyMs: MINUTE_MS,
        run: async () => void (await recallPlans(deps)),
        logger,
      }),
    })
    this.#tasks.push({
      firstAfterMs: 0,
      task: new RepeatingTask({
        name: 'settle groups',
        everyMs: SETTLE_GROUPS_EVERY_MS,
        run: (signal) => settleAllGroups(deps, signal),
        logger,
      }),
    })
    const { compaction } = deps
    if (compaction !== undefined && compaction.bytesPerSecond > 0)
      this.#tasks.push({
        firstAfterMs: compaction.everyMs,
        task: new RepeatingTask({
          name: 'compact the store',
          everyMs: compaction.everyMs,
          run: (signal) =>
            compactStore(
              { ...deps, onDamaged: this.#reportDamage },
              { bytesPerSecond: compaction.bytesPerSecond, signal },
            ),
          logger,
        }),
      })
    this.#tasks.push({
      firstAfterMs: 0,
      task: new RepeatingTask({
        name: 'heal damaged blocks',
        everyMs: HEAL_EVERY_MS,
        run: async () => {
          await this.damage.lookAgain()
          await this.damage.heal()
        },
        logger,
      }),
    })
    this.scrub = this.#addScrub(deps)
  }

  #addScrub(deps: IpfsManagerDeps): StoreScrub | undefined {
    const { scrub: settings, logger } = deps
    if (settings === undefined || settings.bytesPerSecond === 0) return undefined
    const scrub = new StoreScrub({ ...deps, ...settings, desk: this.damage })
    const everyMs = Math.min(settings.everyMs, LOOK_EVERY_MS)
    this.#tasks.push({
      firstAfterMs: Math.min(everyMs, MINUTE_MS),
      task: new RepeatingTask({ name: 'scrub', everyMs, run: (signal) => scrub.runWhenDue(signal), logger }),
    })
    return scrub
  }

  async start(): Promise<void> {
    this.#deps.store.reportDamageTo(this.#reportDamage)
    await this.gate.start()
    await this.releases.start()
    await this.pinLoop.start()
    await this.replication.start()
    for (const { task, firstAfterMs } of this.#tasks) task.start(firstAfterMs)
  }

  async stop(): Promise<void> {
    await Promise.all([this.damage.stop(), ...this.#tasks.map(({ task }) => task.stop())])
    await Promise.all([this.pinLoop.stop(), this.replication.stop()])
    await this.releases.stop()
    await this.gate.stop()
  }
}

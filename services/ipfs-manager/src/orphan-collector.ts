import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { NETWORK_CACHE_REALM, NODE_CACHE_REALM } from '@packages/content/cache/block-cache'
import { FETCHING_REALM } from '@packages/content/block-store/realm-rules'
import { CACHE_REALM } from '@packages/content/car/cache-car'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { canonicalCid } from '@packages/shared/cid'
import { condemnRoots } from '@packages/db/condemn-roots'
import type { ElapsedTime } from './elapsed-time.ts'
import { collectionHalt, mayBeOrphan, QUARANTINE_MS, UNMEASURED_WAIT_MS } from './orphan-policy.ts'
import {
  countWaiting,
  leaveQuarantine,
  quarantinePage,
  type QuarantinedRoot,
  quarantineRoots,
  quarantineSums,
  unownedAmong,
} from './quarantine.ts'
import type { StoreAlarms } from './store-alarms.ts'
import type { StoreGate } from './store-gate.ts'

export type OrphanCollectorDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'id' | 'roots' | 'inFlight' | 'hasRoot' | 'stats'>
  gate: StoreGate
  alarms: StoreAlarms
  logger: MinimalLogger
  now?: () => number
  /** Between the runs of this process. */
  elapsed: ElapsedTime
}

export type CollectionReport = {
  /** Why nothing was collected; null when it was. Quarantine goes on while collection is halted by the share alone. */
  halted: string | null
  quarantined: number
  unquarantined: number
  condemned: number
}

const BATCH = 1_000
/** What is cached, or fetched in part: it goes by its own rule. */
const OWNED_BY_NOBODY: ReadonlySet<string> = new Set([
  CACHE_REALM,
  NODE_CACHE_REALM,
  NETWORK_CACHE_REALM,
  FETCHING_REALM,
])
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * One run over the store (hard case 7, rule 9): roots that no row owns go into quarantine; what has found an owner, or
 * is gone from the store, leaves it; what has waited there for seven days gets a tombstone, unless there is too much of
 * it. A jump of the clock is no waiting.
 * Nothing is given back here: that is the release worker's, by the tombstone.
 */
export const collectOrphans = async (deps: OrphanCollectorDeps, signal?: AbortSignal): Promise<CollectionReport> => {
  const report: CollectionReport = { halted: 'misfit', quarantined: 0, unquarantined: 0, condemned: 0 }
  if (!deps.gate.isOpen()) return report
  await countWaiting(deps.db.kysely, deps.store.id, {
    now: new Date((deps.now ?? Date.now)()),
    atMostMs: deps.elapsed.take() ?? UNMEASURED_WAIT_MS,
  })
  const ownedRoots = await findOrphans(deps, report, signal)
  await reviewQuarantine(deps, report, signal)
  const sums = await quarantineSums(deps.db.kysely, deps.store.id)
  const { bytes: storeBytes } = await deps.store.stats()
  report.halted = collectionHalt({
    quarantinedBytes: sums.bytes,
    quarantinedRoots: sums.roots,
    ownedRoots,
    storeBytes,
  })
  if (report.halted === null) deps.alarms.clear('orphans_exceed_limit')
  else deps.alarms.raise('orphans_exceed_limit', `Collection of orphans is halted: ${report.halted}.`)
  if (report.halted === null) await condemnOld(deps, report, signal)
  if (report.quarantined + report.unquarantined + report.condemned > 0)
    deps.logger.info(report, 'orphans were collected')
  return report
}

/** Walks the store's roots; answers how many have an owner. */
const findOrphans = async (
  deps: OrphanCollectorDeps,
  report: CollectionReport,
  signal?: AbortSignal,
): Promise<number> => {
  const now = (deps.now ?? Date.now)()
  let owned = 0
  let batch: { contentId: string; realm: string; cid: string; bytes: number; addedAt: number }[] = []
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted()
    const inFlight = deps.store.inFlight()
    const candidates = batch.filter((root) => mayBeOrphan(root, inFlight, now))
    const unowned = await unownedAmong(
      deps.db.kysely,
      candidates.map((root) => root.contentId),
    )
    owned += candidates.length - unowned.size
    const orphans: QuarantinedRoot[] = candidates.filter((root) => unowned.has(root.contentId))
    if (orphans.length > 0) report.quarantined += await quarantine(deps, orphans, new Date(now))
    batch = []
  }
  for await (const { realm, cid, contentId, addedAt, bytes } of deps.store.roots()) {
    if (OWNED_BY_NOBODY.has(realm)) continue
    batch.push({ realm, cid: canonicalCid(cid), contentId, addedAt, bytes: bytes ?? 0 })
    if (batch.length < BATCH) continue
    await flush()
    await nextTurn()
  }
  await flush()
  return owned
}

const quarantine = async (
  { db, store, logger }: OrphanCollectorDeps,
  orphans: readonly QuarantinedRoot[],
  now: Date,
): Promise<number> => {
  const { result } = await db.unitOfWork.run(async (uow) => {
    const added = await quarantineRoots(uow.tx, store.id, orphans, now)
    const payloads = new Map(orphans.map(({ contentId, realm, cid, bytes }) => [contentId, { realm, cid, bytes }]))
    for (const subject of added) {
      const payload = payloads.get(subject) ?? {}
      uow.record({ kind: 'content.quarantined', organizationId: null, actorId: null, subject, payload })
    }
    return added.length
  })
  if (result > 0) logger.warn({ roots: result }, 'roots without an owner went to quarantine')
  return result
}

/** Lets go what is owned after all, or not in the store any more. */
const reviewQuarantine = async (
  deps: OrphanCollectorDeps,
  report: CollectionReport,
  signal?: AbortSignal,
): Promise<void> => {
  const { kysely } = deps.db
  for (let after = FIRST_ID; ; ) {
    signal?.throwIfAborted()
    const rows = await quarantinePage(kysely, deps.store.id, { after, limit: BATCH })
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.contentId
    const unowned = await unownedAmong(
      kysely,
      rows.map((row) => row.contentId),
    )
    const freed = rows.filter(({ contentId }) => !unowned.has(contentId) || !deps.store.hasRoot(contentId))
    await leaveQuarantine(
      kysely,
      freed.map((row) => row.contentId),
    )
    report.unquarantined += freed.length
  }
}

const condemnOld = async (deps: OrphanCollectorDeps, report: CollectionReport, signal?: AbortSignal): Promise<void> => {
  for (let after = FIRST_ID; ; ) {
    signal?.throwIfAborted()
    const rows = await quarantinePage(deps.db.kysely, deps.store.id, { after, limit: BATCH, waitedMs: QUARANTINE_MS })
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.contentId
    report.condemned += await condemnBatch(deps, rows)
  }
}

/** Asks once more, in the transaction that writes the tombstones. */
const condemnBatch = async (
  { db, store, gate }: OrphanCollectorDeps,
  rows: readonly { contentId: string; realm: string; cid: string }[],
): Promise<number> => {
  const inFlight = store.inFlight()
  const waiting = rows.filter(({ contentId }) => !inFlight.has(contentId))
  const { result } = await db.unitOfWork.run(async (uow) => {
    const unowned = await unownedAmong(
      uow.tx,
      waiting.map((row) => row.contentId),
    )
    const condemned = waiting.filter(({ contentId }) => unowned.has(contentId))
    if (!gate.isOpen() || condemned.length === 0) return 0
    await condemnRoots(uow, condemned, 'orphan')
    await leaveQuarantine(
      uow.tx,
      condemned.map((row) => row.contentId),
    )
    for (const { contentId, realm, cid } of condemned)
      uow.record({
        kind: 'content.released',
        organizationId: null,
        actorId: null,
        subject: contentId,
        payload: { realm, cid, reason: 'orphan' },
      })
    return condemned.length
  })
  return result
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import { parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
import { loseReplica } from './confirm-replica.ts'
import type { StoreAlarms } from './store-alarms.ts'

export type CheckHeldDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'hasRoot' | 'adoptRoot' | 'settle' | 'isLost'>
  nodeId: string
  alarms: StoreAlarms
  /** Told of each root block that the store's index has lost. */
  onDamaged?: (damage: { realm: string; cid: string }) => void
}

const BATCH = 1_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Compares what the database says this node holds with the store's roots. Content whose root is missing (the store or
 * the database was restored from an older copy) gets its root back when its blocks are still there. Otherwise it is
 * wanted again: its pins show at once that nothing is there (`degraded`), and the next upload of the same bytes fills
 * it instead of being dropped as a duplicate. No pin is removed, nothing is given back.
 * @returns how many contents were found missing
 */
export const checkHeldContents = async (deps: CheckHeldDeps, signal?: AbortSignal): Promise<number> => {
  let lost = 0
  for (let after = FIRST_ID; ; ) {
    signal?.throwIfAborted()
    const rows = await deps.db.kysely
      .selectFrom('replicas')
      .innerJoin('contents', 'contents.id', 'replicas.content_id')
      .select(['contents.id', 'contents.cid', 'contents.realm'])
      .where('replicas.node_id', '=', deps.nodeId)
      .where('replicas.status', '=', 'pinned')
      .where('contents.state', '=', 'held')
      // Both sides are told where the page begins: a merge would read the other one from its beginning, each time (ADR 0164).
      .where('replicas.content_id', '>', after)
      .where('contents.id', '>', after)
      .orderBy('contents.id')
      .limit(BATCH)
      .execute()
    const last = rows.at(-1)
    if (last === undefined) break
    after = last.id
    for (const row of rows) {
      if (deps.store.isLost({ realm: row.realm, cid: parseCid(row.cid) })) deps.onDamaged?.(row)
      if (!deps.store.hasRoot(row.id) && !(await restoreRoot(deps, row))) lost += await markLost(deps, row.id)
    }
    await nextTurn()
  }
  await tellMissing(deps)
  return lost
}

/** Other content may hold the same blocks, for instance a later upload that was taken for a duplicate. */
const restoreRoot = async (
  { store }: CheckHeldDeps,
  { id: contentId, cid, realm }: { id: string; cid: string; realm: string },
): Promise<boolean> => {
  try {
    return await store.adoptRoot({ realm, contentId, cid: parseCid(cid) })
  } finally {
    store.settle(contentId)
  }
}

const tellMissing = async ({ db, alarms }: CheckHeldDeps): Promise<void> => {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from contents c
    where c.state = 'wanted' and exists (select from pins p where p.content_id = c.id and p.pinned_at is not null)
  `.execute(db.kysely)
  const count = rows[0]?.count ?? 0
  if (count === 0) alarms.clear('held_content_missing')
  else
    alarms.raise('held_content_missing', `Of the content that was pinned, ${count} DAGs are not in the store any more.`)
}

const LOST = 'The content is not in the store any more; upload it again.'

/** Rows are written after their blocks, so a root that is missing while its row is locked and held is lost. */
const markLost = async ({ db, store, nodeId }: CheckHeldDeps, contentId: string): Promise<number> => {
  const isLost = (): boolean => !store.hasRoot(contentId)
  const { result } = await db.unitOfWork.run((uow) => loseReplica(uow, { contentId, nodeId, isLost, reason: LOST }))
  return result ? 1 : 0
}

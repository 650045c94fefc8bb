import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'
import type { StoreGate } from './store-gate.ts'

export type ReleaseDeps = {
  db: Pick<Database, 'kysely'>
  store: Pick<BlockStore, 'release' | 'hasRoot'>
  gate: StoreGate
  /** This store's row in `nodes`. */
  nodeId: string
  logger: MinimalLogger
}

/** The store could not give some contents back. What it did give back is noted. */
export class ReleaseFailed extends AggregateError {
  override readonly name = 'ReleaseFailed'
}

/**
 * Gives the bytes of these contents back, if a tombstone says so, and notes that it was done. Running it twice, or on
 * two callers at once, does no harm. Answers the ids that are still open: the gate is closed, another node has it still, or giving
 * them back would be wrong (logged, never obeyed).
 * @throws ReleaseFailed after all were tried, when the store failed on some (logged)
 */
export const releaseContents = async (deps: ReleaseDeps, contentIds: readonly string[]): Promise<string[]> => {
  const rows = await openTombstones(deps, contentIds)
  const released: string[] = []
  const failures = new Map<string, unknown>()
  for (const row of rows) {
    if (!deps.gate.isOpen()) break
    if (!mayRelease(deps, row)) continue
    try {
      await deps.store.release(row.contentId)
      released.push(row.contentId)
    } catch (error) {
      failures.set(row.contentId, error)
    }
  }
  const closed = new Set(await markReleased(deps, released))
  if (failures.size > 0) {
    const error = new ReleaseFailed(failures.values(), `${failures.size} contents could not be released`)
    deps.logger.error({ err: error.errors[0], contentIds: [...failures.keys()] }, error.message)
    throw error
  }
  return rows.map((row) => row.contentId).filter((contentId) => !closed.has(contentId))
}

type OpenTombstone = {
  contentId: string
  /** Whether the row of this very content is alive. */
  alive: boolean
  /** The live, held row of the same root that counts on this store, if there is one. */
  twin: string | null
}

/**
 * Two things a tombstone must not do, whatever went wrong before it was written: name a content that is alive, or name
 * the last root of bytes that a live row counts on (a duplicate of content whose own root a restored store has lost).
 */
const mayRelease = ({ store, logger }: ReleaseDeps, { contentId, alive, twin }: OpenTombstone): boolean => {
  if (alive) {
    logger.error({ contentId }, 'a tombstone names a content that is alive; nothing was released')
    return false
  }
  if (twin !== null && !store.hasRoot(twin) && store.hasRoot(contentId)) {
    logger.error({ contentId, twin }, 'a tombstone names the last copy of a live content; nothing was released')
    return false
  }
  return true
}

const openTombstones = async (
  { db, nodeId }: Pick<ReleaseDeps, 'db' | 'nodeId'>,
  contentIds: readonly string[],
): Promise<OpenTombstone[]> => {
  const { rows } = await sql<OpenTombstone>`
    select t.content_id as "contentId",
      exists (select from contents c where c.id = t.content_id and c.state <> 'released') as alive,
      (select c.id from contents c where c.realm = t.realm and c.cid = t.cid and c.state = 'held'
        and exists (select from replicas r where r.content_id = c.id and r.node_id = ${nodeId})) as twin
    from tombstones t
    where t.content_id = any(${[...contentIds]}::uuid[]) and t.released_at is null
  `.execute(db.kysely)
  return rows
}

/** A tombstone is worked off when the last node has given the content back: until then its bytes are somewhere. */
const markReleased = async ({ db, nodeId }: ReleaseDeps, contentIds: string[]): Promise<string[]> => {
  if (contentIds.length === 0) return []
  return db.kysely.transaction().execute(async (tx) => {
    // Two nodes that let go at the same time would each see the other's copy.
    await sql`
      select from tombstones where content_id = any(${contentIds}::uuid[]) order by content_id for update
    `.execute(tx)
    await sql`delete from replicas where node_id = ${nodeId} and content_id = any(${contentIds}::uuid[])`.execute(tx)
    const { rows } = await sql<{ content_id: string }>`
      update tombstones t set released_at = now() where content_id = any(${contentIds}::uuid[])
        and not exists (select from replicas r where r.content_id = t.content_id)
      returning content_id
    `.execute(tx)
    return rows.map((row) => row.content_id)
  })
}

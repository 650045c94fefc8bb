import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'
import type { StoreGate } from './store-gate.ts'

export type ReleaseDeps = {
  database: Pick<Database, 'kysely'>
  store: Pick<BlockStore, 'release'>
  gate: StoreGate
  /** This store's row in `nodes`. */
  nodeId: string
  logger: MinimalLogger
}

/**
 * Gives the bytes of these contents back, if a tombstone says so, and notes that it was done. Running it twice, or on
 * two callers at once, does no harm. Answers the ids that are still open: the gate is closed, or the row that they
 * belong to is alive (a defect, logged, never obeyed).
 */
export const releaseContents = async (deps: ReleaseDeps, contentIds: readonly string[]): Promise<string[]> => {
  const open = await openTombstones(deps, contentIds)
  const released: string[] = []
  for (const contentId of open) {
    if (!deps.gate.isOpen()) break
    await deps.store.release(contentId)
    released.push(contentId)
  }
  await markReleased(deps, released)
  return open.filter((contentId) => !released.includes(contentId))
}

const openTombstones = async (
  { database, logger }: Pick<ReleaseDeps, 'database' | 'logger'>,
  contentIds: readonly string[],
): Promise<string[]> => {
  const rows = await database.kysely
    .selectFrom('tombstones')
    .leftJoin('contents', (join) =>
      join.onRef('contents.id', '=', 'tombstones.content_id').on('contents.state', '<>', 'released'),
    )
    .select(['tombstones.content_id', 'contents.id as alive'])
    .where(sql<boolean>`tombstones.content_id = any(${[...contentIds]}::uuid[])`)
    .where('tombstones.released_at', 'is', null)
    .execute()
  const alive = rows.filter((row) => row.alive !== null).map((row) => row.content_id)
  if (alive.length > 0)
    logger.error({ contentIds: alive }, 'tombstones name contents that are alive; nothing was released')
  return rows.filter((row) => row.alive === null).map((row) => row.content_id)
}

const markReleased = async ({ database, nodeId }: ReleaseDeps, contentIds: string[]): Promise<void> => {
  if (contentIds.length === 0) return
  await database.kysely.transaction().execute(async (tx) => {
    await sql`delete from replicas where node_id = ${nodeId} and content_id = any(${contentIds}::uuid[])`.execute(tx)
    await sql`update tombstones set released_at = now() where content_id = any(${contentIds}::uuid[])`.execute(tx)
  })
}

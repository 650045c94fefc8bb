import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

export type QuarantinedRoot = { contentId: string; realm: string; cid: string; bytes: number }

/**
 * Which of these content ids no live row owns and no open tombstone names (those are given back already). Must be
 * called after the in-flight set was read: an upload that is in neither has committed its rows before this read, or
 * never will.
 */
export const unownedAmong = async (kysely: Kysely<Tables>, contentIds: readonly string[]): Promise<Set<string>> => {
  const { rows } = await sql<{ id: string }>`
    select given.id from unnest(${[...contentIds]}::uuid[]) as given (id)
    where not exists (select from contents c where c.id = given.id and c.state <> 'released')
      and not exists (select from tombstones t where t.content_id = given.id and t.released_at is null)
  `.execute(kysely)
  return new Set(rows.map((row) => row.id))
}

/** Puts roots into quarantine; those that are there keep their date. Answers the ids that are new. */
export const quarantineRoots = async (
  kysely: Kysely<Tables>,
  storeId: string,
  roots: readonly QuarantinedRoot[],
  now: Date,
): Promise<string[]> => {
  if (roots.length === 0) return []
  const added = await kysely
    .insertInto('quarantine')
    .values(
      roots.map(({ contentId, realm, cid, bytes }) => ({
        content_id: contentId,
        store_id: storeId,
        realm,
        cid,
        bytes,
        found_at: now,
        counted_at: now,
      })),
    )
    .onConflict((conflict) => conflict.column('content_id').doNothing())
    .returning('content_id')
    .execute()
  return added.map((row) => row.content_id)
}

export const quarantineSums = async (
  kysely: Kysely<Tables>,
  storeId: string,
): Promise<{ bytes: number; roots: number }> => {
  const { rows } = await sql<{ bytes: number; roots: number }>`
    select coalesce(sum(bytes), 0)::bigint as bytes, count(*) as roots from quarantine where store_id = ${storeId}
  `.execute(kysely)
  return rows[0] ?? { bytes: 0, roots: 0 }
}

/**
 * Adds the time since the last count to what each root has waited: by the clock, but never more than `atMostMs`, and
 * nothing when the clock went back.
 */
export const countWaiting = async (
  kysely: Kysely<Tables>,
  storeId: string,
  { now, atMostMs }: { now: Date; atMostMs: number },
): Promise<void> => {
  await sql`
    update quarantine set
      waited_ms = waited_ms + least(${Math.floor(atMostMs)}::bigint,
        greatest(0, (extract(epoch from ${now}::timestamptz - counted_at) * 1000)::bigint)),
      counted_at = ${now}
    where store_id = ${storeId}
  `.execute(kysely)
}

/** One page of the quarantine, by id; those that have waited `waitedMs` alone, if that is given. */
export const quarantinePage = async (
  kysely: Kysely<Tables>,
  storeId: string,
  page: { after: string; limit: number; waitedMs?: number },
) => {
  let query = kysely
    .selectFrom('quarantine')
    .select(['content_id as contentId', 'realm', 'cid'])
    .where('store_id', '=', storeId)
    .where('content_id', '>', page.after)
    .orderBy('content_id')
    .limit(page.limit)
  if (page.waitedMs !== undefined) query = query.where('waited_ms', '>=', page.waitedMs)
  return query.execute()
}

export const leaveQuarantine = async (kysely: Kysely<Tables>, contentIds: readonly string[]): Promise<void> => {
  if (contentIds.length === 0) return
  await sql`delete from quarantine where content_id = any(${[...contentIds]}::uuid[])`.execute(kysely)
}

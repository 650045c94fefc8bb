import { isUrgent, TAG_OF_ALL, tagsOfEntry } from '@packages/shared/cache-tags'
import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'
import { type Kysely, sql } from 'kysely'
import { comparePositions } from '../policy-log/log-position.ts'
import { currentPolicyPosition, lastPolicyPosition } from '../policy-log/read-policy-log.ts'
import type { Tables } from '../tables.ts'
import { enqueuePurges } from './enqueue-purges.ts'

/** The log is kept for a day; who has not read it for half of one may have missed some of it. */
const FRESH = "interval '12 hours'"

/**
 * From where the policy log is to be read on. A cache that comes new, or while nobody read, may have kept anything: it is to let go all.
 * So are all of them where the cursor is ahead of the log: the database is one that was restored elsewhere, whose transactions are counted anew, and what
 * waits would wait for ever. Purges of caches that are no more go.
 */
export const openPurgeCursor = async (db: Kysely<Tables>, caches: readonly string[]): Promise<LogPosition> => {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ xid: string; id: string; caches: string[]; fresh: boolean }>`
      select xid::text as xid, id::text as id, caches, read_at > now() - ${sql.raw(FRESH)} as fresh
      from cache_purge_cursor for update
    `.execute(tx)
    const [before] = rows
    // With the cursor locked: before, somebody may have read on.
    const now = await currentPolicyPosition(tx)
    const isAhead = before !== undefined && comparePositions(before, now) > 0
    const isUsable = before?.fresh === true && !isAhead
    const known = isUsable ? before.caches : []
    const from = isUsable ? { xid: before.xid, id: before.id } : now
    await sql`
      delete from cache_purges where cache <> all(${[...caches]}::text[]) or ${isAhead}::boolean
    `.execute(tx)
    await enqueuePurges(tx, {
      caches: caches.filter((name) => !known.includes(name)),
      tags: [TAG_OF_ALL],
      position: await lastPolicyPosition(tx),
      isUrgent: true,
    })
    await sql`
      insert into cache_purge_cursor (xid, id, caches)
      values (${from.xid}::text::xid8, ${from.id}::text::bigint, ${[...caches]}::text[])
      on conflict (singleton) do update
        set xid = excluded.xid, id = excluded.id, caches = excluded.caches, read_at = now()
    `.execute(tx)
    return from
  })
}

/** What entries of the log have caches let go, with how far it was read, in one transaction. Entries that somebody has taken are passed over. */
export const takePolicyEntries = async (
  db: Kysely<Tables>,
  { entries, position, caches }: { entries: readonly PolicyEntry[]; position: LogPosition; caches: readonly string[] },
): Promise<void> => {
  await db.transaction().execute(async (tx) => {
    const { numAffectedRows } = await sql`
      update cache_purge_cursor
      set xid = ${position.xid}::text::xid8, id = ${position.id}::text::bigint, read_at = now()
      where (xid, id) < (${position.xid}::text::xid8, ${position.id}::text::bigint)
    `.execute(tx)
    if (numAffectedRows === 0n) return
    for (const urgent of [false, true]) {
      const tags = entries.filter((entry) => isUrgent(entry) === urgent).flatMap(tagsOfEntry)
      await enqueuePurges(tx, { caches, tags, position, isUrgent: urgent })
    }
  })
}

/** The log is being read, though nothing may have come. */
export const touchPurgeCursor = async (db: Kysely<Tables>): Promise<void> => {
  await sql`update cache_purge_cursor set read_at = now()`.execute(db)
}

import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * Deletes up to `limit` (10,000) rows of a log that are older than `olderThanMs`, oldest first. Returns how many, so
 * that the caller goes on until fewer came. Gateways take a snapshot at their start, so an hour of policy log is ample.
 */
export const pruneLog = async (
  db: Kysely<Tables>,
  log: 'policy_log' | 'events',
  options: { olderThanMs: number; limit?: number },
): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(log)} where ctid = any(array(
      select ctid from ${sql.table(log)}
      where created_at < now() - make_interval(secs => ${options.olderThanMs / 1_000})
      order by id limit ${options.limit ?? 10_000} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

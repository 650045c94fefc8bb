import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/**
 * Deletes up to `limit` sessions that expired a day ago and longer, with their refresh families; returns how many, so that a caller
 * goes on until fewer came. No policy entry is needed: an expired session is refused by its date.
 */
export const pruneSessions = async (db: Kysely<Tables>, limit: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from sessions where id = any(array(
      select id from sessions where expires_at < now() - interval '1 day' limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

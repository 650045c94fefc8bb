import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** Deletes up to `limit` links that have expired and counts that no window needs; returns the larger number of the two. */
export const pruneEmailTokens = async (db: Kysely<Tables>, limit: number): Promise<number> => {
  const tokens = await sql`
    delete from email_tokens where id = any(array(
      select id from email_tokens where expires_at < now() limit ${limit} for update skip locked))
  `.execute(db)
  const counts = await sql`
    delete from request_counts where ctid = any(array(
      select ctid from request_counts where window_start < now() - interval '2 days' limit ${limit} for update skip locked))
  `.execute(db)
  return Math.max(Number(tokens.numAffectedRows ?? 0), Number(counts.numAffectedRows ?? 0))
}

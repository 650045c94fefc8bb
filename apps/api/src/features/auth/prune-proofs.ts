import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** Deletes up to `limit` links of mails that have expired; returns how many. */
export const pruneEmailTokens = async (db: Kysely<Tables>, limit: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from email_tokens where id = any(array(
      select id from email_tokens where expires_at < now() limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** The same for counts of requests that no window needs any more. */
export const pruneRequestCounts = async (db: Kysely<Tables>, limit: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from request_counts where ctid = any(array(
      select ctid from request_counts where window_start < now() - interval '2 days' limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** The same for better-auth's own proofs of addresses. */
export const pruneVerifications = async (db: Kysely<Tables>, limit: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from verifications where id = any(array(
      select id from verifications where expires_at < now() limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

import { pruneRows } from '@packages/db/prune-rows'
import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/**
 * Deletes up to `limit` sessions that expired a day ago and longer, with their refresh families; returns how many, so that a caller
 * goes on until fewer came. No policy entry is needed: an expired session is refused by its date.
 */
export const pruneSessions = (db: Kysely<Tables>, limit: number): Promise<number> =>
  pruneRows(db, 'sessions', { where: sql`expires_at < now() - interval '1 day'`, limit })

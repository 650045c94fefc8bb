import { pruneRows } from '@packages/db/prune-rows'
import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** Deletes up to `limit` challenges that have expired; returns how many. */
export const pruneChallenges = (db: Kysely<Tables>, limit: number): Promise<number> =>
  pruneRows(db, 'mfa_challenges', { where: sql`expires_at < now()`, limit })

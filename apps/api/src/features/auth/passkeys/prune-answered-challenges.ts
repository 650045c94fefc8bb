import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** Deletes up to `limit` challenges that nobody could answer any more; returns how many. */
export const pruneAnsweredChallenges = async (db: Kysely<Tables>, limit: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from answered_challenges where challenge_hash = any(array(
      select challenge_hash from answered_challenges where expires_at < now() limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

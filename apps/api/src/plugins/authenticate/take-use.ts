import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** Takes one of a key's uses; false when none is left. One statement, so that no two requests take the same. */
export const takeUse = async (db: Kysely<Tables>, apiKeyId: string): Promise<boolean> => {
  const { numUpdatedRows } = await db
    .updateTable('api_keys')
    .set({ uses: sql`uses + 1`, last_used_at: sql`now()` })
    .where('id', '=', apiKeyId)
    .where('revoked_at', 'is', null)
    .whereRef('uses', '<', 'max_uses')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

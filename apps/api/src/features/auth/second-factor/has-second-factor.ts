import type { Tables } from '@packages/db/tables'
import type { Kysely } from 'kysely'

/** Whether signing in takes more than the password. */
export const hasSecondFactor = async (db: Kysely<Tables>, userId: string): Promise<boolean> => {
  const row = await db
    .selectFrom('two_factors')
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .select('user_id')
    .executeTakeFirst()
  return row !== undefined
}

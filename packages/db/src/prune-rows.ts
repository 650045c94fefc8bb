import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * Deletes up to `limit` rows of an unpartitioned table; rows that somebody holds are left for the next time. Returns how many, so that the caller
 * goes on until fewer came.
 */
export const pruneRows = async (
  db: Kysely<Tables>,
  table: keyof Tables & string,
  { where, limit }: { where: RawBuilder<unknown>; limit: number },
): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)} where ${where} limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

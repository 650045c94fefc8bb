import { type Kysely, sql } from 'kysely'
import type { Row, Tables } from '../tables.ts'

export type ErasureReceipt = Pick<
  Row<'erasures'>,
  'id' | 'kind' | 'requested_by' | 'step' | 'counts' | 'requested_at' | 'finished_at'
>

/** By the hash of the token that was given to who asked; undefined when there is none, or its time is over. */
export const findReceipt = (db: Kysely<Tables>, tokenHash: Buffer): Promise<ErasureReceipt | undefined> =>
  db
    .selectFrom('erasures')
    .select(['id', 'kind', 'requested_by', 'step', 'counts', 'requested_at', 'finished_at'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()

/** Deletes up to `limit` receipts of erasures that were done so long ago; returns how many. */
export const pruneReceipts = async (
  db: Kysely<Tables>,
  { olderThanMs, limit }: { olderThanMs: number; limit: number },
): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from erasures where id = any(array(
      select id from erasures where finished_at < now() - make_interval(secs => ${olderThanMs / 1_000})
      limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

import { type Kysely, sql, type Transaction } from 'kysely'
import type { Row, Tables } from '../tables.ts'

/** What is being erased, and how far that has come. */
export type Erasure = {
  id: string
  kind: 'user' | 'organization'
  step: Row<'erasures'>['step']
  userId: string | null
  /** In lower case. */
  email: string | null
  organizationIds: string[]
}

/** Those that are not done, the oldest first. */
export const openErasures = async (db: Kysely<Tables>): Promise<Erasure[]> => {
  const rows = await db
    .selectFrom('erasures')
    .select(['id', 'kind', 'step', 'user_id as userId', 'email', 'organization_ids as organizationIds'])
    .where('finished_at', 'is', null)
    .orderBy('requested_at')
    .limit(100)
    .execute()
  return rows
}

/** With the transaction of what was done, so that a step which is run again counts nothing twice. */
export const addCounts = async (
  tx: Transaction<Tables>,
  erasureId: string,
  counts: Readonly<Record<string, number>>,
): Promise<void> => {
  const some = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
  await sql`
    update erasures e set counts = e.counts || (
      select coalesce(jsonb_object_agg(key, value::bigint + coalesce((e.counts ->> key)::bigint, 0)), '{}')
      from jsonb_each_text(${JSON.stringify(some)}::jsonb))
    where id = ${erasureId}
  `.execute(tx)
}

export const setStep = async (tx: Kysely<Tables>, erasureId: string, step: Erasure['step']): Promise<void> => {
  await tx.updateTable('erasures').set({ step }).where('id', '=', erasureId).execute()
}

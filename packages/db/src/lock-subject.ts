import { sql, type Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * One change after another of the same thing, so that the policy log tells them in their order: it goes by the transactions' numbers, and a transaction
 * that waits here has none yet. To be called before anything is written.
 */
export const lockSubject = async (tx: Transaction<Tables>, subject: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${subject}, 0))`.execute(tx)
}

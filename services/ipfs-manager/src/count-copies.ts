import type { Tables } from '@packages/db/tables'
import { sql, type Transaction } from 'kysely'

/** Counts the confirmed copies of contents, whose rows are locked, after a change of their replicas. Those on staging nodes count for nothing. */
export const countCopies = async (tx: Transaction<Tables>, contentIds: readonly string[]): Promise<void> => {
  await sql`
    update contents c set confirmed = (
      select count(*) from replicas r join nodes n on n.id = r.node_id
      where r.content_id = c.id and r.status = 'pinned' and n.role = 'store')
    where c.id = any(${[...contentIds]}::uuid[])
  `.execute(tx)
}

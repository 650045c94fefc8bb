import { sql, type Transaction } from 'kysely'
import { RetryTransaction } from '../postgres-errors.ts'
import type { Tables } from '../tables.ts'

/** Locks the contents that pins of an organization stand on, by id. @returns their ids @throws RetryTransaction when a pin stands on another one by now */
export const lockContentsOf = async (
  tx: Transaction<Tables>,
  organizationId: string,
  pinIds: readonly string[],
): Promise<string[]> => {
  const own = sql`id = any(${[...pinIds]}::uuid[]) and organization_id = ${organizationId}`
  const { rows } = await sql<{ id: string }>`
    select c.id from contents c where c.id in (select content_id from pins where ${own}) order by c.id for update
  `.execute(tx)
  const contentIds = rows.map(({ id }) => id)
  // While the lock was waited for, what a pin wanted may have come: its pins stand on another row now.
  const { rows: moved } = await sql`
    select from pins where ${own} and content_id <> all(${contentIds}::uuid[]) limit 1
  `.execute(tx)
  if (moved.length > 0) throw new RetryTransaction('the content of a pin has come')
  return contentIds
}

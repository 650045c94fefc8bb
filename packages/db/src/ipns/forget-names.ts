import type { Transaction } from 'kysely'
import { appendOutbox } from '../append-outbox.ts'
import type { Tables } from '../tables.ts'

/** Tells gateways that the names of these organizations lead nowhere any more. To be called in the transaction that deletes them, before it does. */
export const forgetNames = async (tx: Transaction<Tables>, organizationIds: readonly string[]): Promise<void> => {
  if (organizationIds.length === 0) return
  const rows = await tx
    .selectFrom('ipns_keys')
    .select('name')
    .where('organization_id', 'in', organizationIds)
    .orderBy('name')
    .execute()
  const entries = rows.map(({ name }) => ({ kind: 'ipns.published' as const, name }))
  if (entries.length > 0) await appendOutbox(tx, { events: [], entries, audit: [] }, { last: false })
}

import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'

export const POLICY_CHANNEL = 'holdfast_policy'

/** Writes entries in order with one statement, wakes the readers at commit, and answers the last one's place. */
export const appendPolicy = async (tx: Transaction<Tables>, entries: PolicyEntry[]): Promise<LogPosition> => {
  const rows = entries.map(({ kind, ...payload }) => ({ kind, payload }))
  const { rows: places } = await sql<LogPosition & { notified: unknown }>`
    /* prepared */ with added as (
      insert into policy_log (kind, payload)
      select kind, payload
      from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (kind text, payload jsonb)) with ordinality
      order by ordinality
      returning xid, id
    )
    select max(xid::text) as xid, max(id)::text as id, pg_notify(${POLICY_CHANNEL}, '') as notified from added
  `.execute(tx)
  const place = places[0]
  if (!place) throw new Error('the policy log gave no place')
  return { xid: place.xid, id: place.id }
}

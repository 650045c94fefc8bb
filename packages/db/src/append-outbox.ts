import type { DomainEvent } from '@packages/shared/events'
import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'
import { type RawBuilder, sql, type Transaction } from 'kysely'
import { insertAuditRows } from './audit/audit-rows.ts'
import { LAST } from './pipelined-transactions.ts'
import { POLICY_CHANNEL } from './policy-log/policy-channel.ts'
import type { Tables } from './tables.ts'

/** What a change tells, beside its own rows. */
export type Outbox = { events: DomainEvent[]; entries: PolicyEntry[]; audit: object[] }

/**
 * Writes events, rows of the audit log and policy entries in order with one statement, and wakes the log's readers at commit.
 * @param rows more to write by the same statement: common table expressions without `with`. They must suit a prepared
 *   statement: always the same text, given rows only
 * @param last nothing follows in the transaction: it is committed at once
 * @returns the place of the last entry; undefined when there was none
 */
export const appendOutbox = async (
  tx: Transaction<Tables>,
  { events, entries, audit }: Outbox,
  { rows, last }: { rows?: RawBuilder<unknown> | undefined; last: boolean },
): Promise<LogPosition | undefined> => {
  const { rows: places } = await sql<{ xid: string | null; id: string | null }>`
    /* prepared */ with ${rows === undefined ? sql`` : sql`${rows},`} event as (
      insert into events (kind, organization_id, actor_id, subject, payload)
      select kind, organization_id, actor_id, subject, payload
      from jsonb_to_recordset(${JSON.stringify(eventRows(events))}::jsonb)
        as x (kind text, organization_id uuid, actor_id uuid, subject text, payload jsonb)
    ), audited as (${insertAuditRows(audit)}
    ), entry as (
      insert into policy_log (kind, payload)
      select kind, payload
      from rows from (jsonb_to_recordset(${JSON.stringify(entryRows(entries))}::jsonb) as (kind text, payload jsonb))
        with ordinality
      order by ordinality
      returning xid, id
    )
    select max(xid::text) as xid, max(id)::text as id,
      case when count(*) > 0 then pg_notify(${POLICY_CHANNEL}, '') end as notified
    from entry ${sql.raw(last ? LAST : '')}
  `.execute(tx)
  const { xid, id } = places[0] ?? { xid: null, id: null }
  if (entries.length === 0) return undefined
  if (xid === null || id === null) throw new Error('the policy log gave no place')
  return { xid, id }
}

const eventRows = (events: DomainEvent[]): object[] =>
  events.map(({ kind, organizationId, actorId, subject, payload }) => ({
    kind,
    organization_id: organizationId,
    actor_id: actorId,
    subject,
    payload,
  }))

const entryRows = (entries: PolicyEntry[]): object[] => entries.map(({ kind, ...payload }) => ({ kind, payload }))

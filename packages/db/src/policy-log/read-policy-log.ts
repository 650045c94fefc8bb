import { type LogPosition, type PolicyEntry, policyEntrySchema } from '@packages/shared/policy-log'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

export type PolicyLogEntry = { position: LogPosition; entry: PolicyEntry | null }

/**
 * The place from which to tail: take it first, then read the state (in the same or a later snapshot), then tail from
 * it. All below it is visible; what stands above may be told once more, so applying an entry must be idempotent.
 */
export const currentPolicyPosition = async (db: Kysely<Tables>): Promise<LogPosition> => {
  const { rows } = await sql<{ xid: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as xid
  `.execute(db)
  return { xid: rows[0]?.xid ?? '0', id: '0' }
}

/**
 * The last entry that readers can have come to. Who waits for all that is in the log waits for this one: `currentPolicyPosition` lies behind it, and nobody comes there
 * before there is another entry.
 */
export const lastPolicyPosition = async (db: Kysely<Tables>): Promise<LogPosition> => {
  const { rows } = await sql<LogPosition>`
    select xid::text as xid, id::text as id from policy_log
    where xid < pg_snapshot_xmin(pg_current_snapshot())
    order by policy_log.xid desc, policy_log.id desc
    limit 1
  `.execute(db)
  return rows[0] ?? { xid: '0', id: '0' }
}

/**
 * Entries after `from`, in the order of (xid, id) as numbers (a plain name in `order by` would mean the selected texts), at most `limit`; only of transactions below the oldest running one,
 * so that nothing can still appear before what was read. A long transaction anywhere in the server holds this back:
 * that is right, for it might yet write. An entry of a kind that this release does not know has `entry: null`.
 */
export const readPolicyLog = async (
  db: Kysely<Tables>,
  from: LogPosition,
  limit: number,
): Promise<PolicyLogEntry[]> => {
  const { rows } = await sql<{ xid: string; id: string; kind: string; payload: object }>`
    select xid::text as xid, id::text as id, kind, payload from policy_log
    where (xid, id) > (${from.xid}::text::xid8, ${from.id}::text::bigint)
      and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by policy_log.xid, policy_log.id
    limit ${limit}
  `.execute(db)
  return rows.map(({ xid, id, kind, payload }) => {
    const parsed = policyEntrySchema.safeParse({ ...payload, kind })
    return { position: { xid, id }, entry: parsed.success ? parsed.data : null }
  })
}

import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** An organization's month, as the database knows it; limits are null where there is none. */
export type MonthStand = {
  requests: number
  bandwidthBytes: number
  limits: { requests: number | null; bandwidthBytes: number | null }
  /** When the next month begins, in ms. */
  endsAt: number
}

export type UsageToAdd = { organizationId: string; requests: number; bytes: number }

/** Pure: the month of a time, UTC. */
export const monthOf = (now: number): { first: string; begins: number; ends: number } => {
  const date = new Date(now)
  const begins = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  const ends = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
  return { first: new Date(begins).toISOString().slice(0, 10), begins, ends }
}

type MonthRow = {
  organization_id: string
  requests: number
  bandwidth_bytes: number
  requests_per_month: number | null
  bandwidth_bytes_per_month: number | null
}

const standOf = (row: MonthRow, endsAt: number): MonthStand => ({
  requests: row.requests,
  bandwidthBytes: row.bandwidth_bytes,
  limits: { requests: row.requests_per_month, bandwidthBytes: row.bandwidth_bytes_per_month },
  endsAt,
})

/** @returns undefined when the organization is gone */
export const readMonth = async (
  db: Kysely<Tables>,
  organizationId: string,
  now: number,
): Promise<MonthStand | undefined> => {
  const { first, ends } = monthOf(now)
  const { rows } = await sql<MonthRow>`
    select l.organization_id, coalesce(m.requests, 0) as requests, coalesce(m.bandwidth_bytes, 0) as bandwidth_bytes,
      l.requests_per_month, l.bandwidth_bytes_per_month
    from organization_limits l
    left join usage_months m on m.organization_id = l.organization_id and m.month = ${first}::date
    where l.organization_id = ${organizationId}
  `.execute(db)
  return rows[0] === undefined ? undefined : standOf(rows[0], ends)
}

/** Adds what was counted, in one order everywhere. @returns the new stand of each organization that is still there */
export const addUsage = async (
  db: Kysely<Tables>,
  counted: UsageToAdd[],
  now: number,
): Promise<Map<string, MonthStand>> => {
  const { first, ends } = monthOf(now)
  const { rows } = await sql<MonthRow>`
    with added as (
      insert into usage_months as m (organization_id, month, requests, bandwidth_bytes)
      select o.id, ${first}::date, x.requests, x.bytes
      from jsonb_to_recordset(${JSON.stringify(counted)}::jsonb) as x ("organizationId" uuid, requests bigint, bytes bigint)
      join organizations o on o.id = x."organizationId"
      order by o.id
      on conflict (organization_id, month) do update
        set requests = m.requests + excluded.requests, bandwidth_bytes = m.bandwidth_bytes + excluded.bandwidth_bytes
      returning organization_id, requests, bandwidth_bytes
    )
    select a.organization_id, a.requests, a.bandwidth_bytes, l.requests_per_month, l.bandwidth_bytes_per_month
    from added a join organization_limits l on l.organization_id = a.organization_id
  `.execute(db)
  return new Map(rows.map((row) => [row.organization_id, standOf(row, ends)]))
}

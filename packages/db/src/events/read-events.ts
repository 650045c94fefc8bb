import type { LogPosition } from '@packages/shared/policy-log'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

export type StoredEvent = {
  position: LogPosition
  kind: string
  actorId: string | null
  subject: string
  payload: Record<string, unknown>
  createdAt: Date
}

/**
 * An organization's events of these kinds behind `after`, in the order of (xid, id), which are numbers (a plain name would mean the texts that are selected); only of transactions below the oldest running one, so that nothing can still
 * appear before what was read (architecture, hard case 11).
 */
export const readEvents = async (
  db: Kysely<Tables>,
  options: { organizationId: string; kinds: readonly string[]; after: LogPosition; limit: number },
): Promise<StoredEvent[]> => {
  const { organizationId, kinds, after, limit } = options
  const { rows } = await sql<{ xid: string; id: string } & Omit<StoredEvent, 'position'>>`
    select xid::text as xid, id::text as id, kind, actor_id as "actorId", subject, payload, created_at as "createdAt"
    from events
    where organization_id = ${organizationId} and (xid, id) > (${after.xid}::text::xid8, ${after.id}::text::bigint)
      and xid < pg_snapshot_xmin(pg_current_snapshot()) and kind = any(${[...kinds]}::text[])
    order by events.xid, events.id
    limit ${limit}
  `.execute(db)
  return rows.map(({ xid, id, ...event }) => ({ position: { xid, id }, ...event }))
}

/** Where the log ends now: what is committed later stands above it. */
export const currentEventPosition = async (db: Kysely<Tables>): Promise<LogPosition> => {
  const { rows } = await sql<{ xid: string }>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`.execute(db)
  return { xid: rows[0]?.xid ?? '0', id: '0' }
}

/**
 * Whether everything behind a place can still be told. Not when what was before it is gone, with what may have followed: events are kept 90 days. And
 * not when the place is one that the database has not come to yet: it was restored from a backup, and counts anew.
 */
export const isEventPositionKnown = async (db: Kysely<Tables>, { xid, id }: LogPosition): Promise<boolean> => {
  const { rows } = await sql<{ known: boolean }>`
    select ${xid}::text::xid8 <= pg_snapshot_xmax(pg_current_snapshot())
      and exists (select from events where (xid, id) <= (${xid}::text::xid8, ${id}::text::bigint)) as known
  `.execute(db)
  return rows[0]?.known ?? false
}

/** Which organizations have new events of transactions from `from` on, and from where to ask the next time. */
export const organizationsWithEvents = async (
  db: Kysely<Tables>,
  from: string,
): Promise<{ next: string; organizationIds: string[] }> => {
  const { rows } = await sql<{ next: string; ids: string[] | null }>`
    select h.xmin::text as next, (
      select array_agg(distinct e.organization_id::text) from events e
      where e.xid >= ${from}::text::xid8 and e.xid < h.xmin and e.organization_id is not null) as ids
    from (select pg_snapshot_xmin(pg_current_snapshot()) as xmin) h
  `.execute(db)
  return { next: rows[0]?.next ?? from, organizationIds: rows[0]?.ids ?? [] }
}

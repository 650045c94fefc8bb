import { microseconds } from '@packages/db/microseconds'
import { type FetchTold, fetchOfPin } from '@packages/db/pins/pin-info'
import type { PinRow, Tables } from '@packages/db/tables'
import { type Kysely, type RawBuilder, sql } from 'kysely'

export type PsaPin = Pick<PinRow, 'id' | 'cid' | 'name' | 'origins' | 'psa_status' | 'status' | 'copies_left'> &
  Pick<PinRow, 'meta' | 'info' | 'expires_at' | 'replication_min'> & {
    /** With microseconds. */
    created: string
    dag_size: number | null
    fetch?: FetchTold | null
  }

/** What every query of this API is about: pins that it knows at all. */
const columns = sql`pins.id, pins.cid, pins.name, pins.origins, pins.psa_status, pins.status, pins.copies_left, pins.meta, pins.info, pins.expires_at,
  pins.replication_min, ${microseconds('pins.created_at')} as created,
  (select c.dag_size from contents c where c.id = pins.content_id) as dag_size,
  ${fetchOfPin} as fetch`

/** The organization's pin with this requestid. */
export const findPin = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  id: string,
): Promise<PsaPin | undefined> => {
  const { rows } = await sql<PsaPin>`
    select ${columns} from pins where pins.id = ${id} and pins.organization_id = ${organizationId} and not pins.is_private
  `.execute(kysely)
  return rows[0]
}

/** The same for a change; under the lock on the organization's usage nobody else removes it meanwhile. */
export const pinToRemove = async (
  tx: Kysely<Tables>,
  organizationId: string,
  id: string,
): Promise<{ has_file: boolean; refund: number } | undefined> => {
  await sql`select from usage where organization_id = ${organizationId} for update`.execute(tx)
  const { rows } = await sql<{ has_file: boolean; refund: number }>`
    select exists (select from files f where f.pin_id = pins.id) as has_file,
      case when c.state = 'held' and not exists (
        select from pins o where o.content_id = c.id and o.organization_id = pins.organization_id and o.id <> pins.id)
      then coalesce(c.dag_size, 0) else 0 end as refund
    from pins join contents c on c.id = pins.content_id
    where pins.id = ${id} and pins.organization_id = ${organizationId} and not pins.is_private
  `.execute(tx)
  return rows[0]
}

/** Counts are exact up to here; beyond, this is what a list tells: there are at least so many (ADR 0130). */
export const COUNT_BOUND = 10_001

/** Which pins a list has. `byPart`: of a part of their names, which no order of an index helps to find. */
export type PinFilters = { conditions: RawBuilder<unknown>; byPart: boolean }

const pageAndCount = sql`select page.*, counted.count from counted left join page on true order by page.created_at desc`

/**
 * Exported for the test that looks at its plan. Counting goes in order too: nothing but an index is walked then. Parts of names are in no such index, so what
 * was found for the count is the page as well: looking twice took twice as long.
 */
export const pinPageQuery = ({ conditions, byPart }: PinFilters, limit: number) =>
  byPart
    ? sql<{ count: number } & PsaPin>`
  with found as materialized (
    select pins.id, pins.created_at from pins where ${conditions} order by pins.created_at desc limit ${COUNT_BOUND}
  ), page as (
    select ${columns}, pins.created_at from pins
    where pins.id in (select found.id from found order by found.created_at desc limit ${limit})
  ), counted as (select count(*) as count from found)
  ${pageAndCount}
`
    : sql<{ count: number } & PsaPin>`
  with page as (
    select ${columns}, pins.created_at from pins where ${conditions} order by pins.created_at desc limit ${limit}
  ), counted as (
    select count(*) as count from (
      select from pins where ${conditions} order by pins.created_at desc limit ${COUNT_BOUND}) as found
  )
  ${pageAndCount}
`

/** A page and how many there are, by one statement: both are of one moment. @param limit one more than the page shows */
export const pinPage = async (
  kysely: Kysely<Tables>,
  filters: PinFilters,
  limit: number,
): Promise<{ count: number; rows: PsaPin[] }> => {
  const { rows } = await pinPageQuery(filters, limit).execute(kysely)
  return { count: rows[0]?.count ?? 0, rows: rows.filter((row): row is PsaPin & { count: number } => row.id !== null) }
}

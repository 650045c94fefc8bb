import { microseconds } from '@packages/db/microseconds'
import { type FetchTold, fetchOfPin } from '@packages/db/pins/pin-info'
import { PREPARED, preparedLimit } from '@packages/db/prepared-statements'
import type { PinRow, Tables } from '@packages/db/tables'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { AskedList, LongLists } from './long-lists.ts'

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

/** Which pins a list has. `inOrder`: of one status and between two times, which an index has in the order of the list. `byRarePart`: few whatever is asked for. */
export type PinFilters = AskedList & { conditions: RawBuilder<unknown>; inOrder: boolean; byRarePart: boolean }

type Counted = {
  count: number
  /** Before when, at the earliest, a list that has as many pins as are counted has as many; null where that is not known. */
  long_from: string | null
}

/**
 * Exported for the test that looks at its plan. Of a list in order nothing but the index is walked for the count, from the oldest on, so that where it ends is before when the
 * list is as long. For any other list that could be a way through pins that it has not: the newest are found, and what was found for the count is the page as well, as
 * looking twice took twice as long. What is found by something rare is found in one way, so that its statement is parsed once for each connection.
 */
export const pinPageQuery = ({ conditions, inOrder, byRarePart }: PinFilters, limit: number, bound: number) =>
  inOrder
    ? sql<Counted & PsaPin>`
  with page as (
    select ${columns}, pins.created_at from pins where ${conditions} order by pins.created_at desc limit ${limit}
  ), counted as (
    select count(*) as count, max(found.created_at) + interval '1 microsecond' as long_from from (
      select pins.created_at from pins where ${conditions} order by pins.created_at limit ${bound}) as found
  )
  select page.*, counted.count, ${microseconds('counted.long_from')} as long_from
  from counted left join page on true order by page.created_at desc
`
    : sql<Counted & PsaPin>`${byRarePart ? PREPARED : sql``}
  with found as materialized (
    select pins.id, pins.created_at from pins where ${conditions} order by pins.created_at desc limit ${bound}
  ), page as (
    select ${columns}, pins.created_at from pins
    where pins.id in (select found.id from found order by found.created_at desc limit ${limit})
  )
  select page.*, counted.count, null as long_from
  from (select count(*) as count from found) as counted left join page on true order by page.created_at desc
`

/** The page alone, of a list that is known to be long. Where an index has it in order it is prepared: planning takes longer than reading ten pins. */
export const longPageQuery = ({ conditions, inOrder }: PinFilters, limit: number) => sql<PsaPin>`
  select ${columns} from pins where ${conditions} order by pins.created_at desc
  ${inOrder ? preparedLimit(limit) : sql`limit ${limit}`}`

/**
 * A page and how many there are, by one statement: both are of one moment. Of a list that was long a moment ago the page alone, unless it ends there: pins are
 * never told of where none is shown.
 * @param limit one more than the page shows
 */
export const pinPage = async (
  { kysely, longLists }: { kysely: Kysely<Tables>; longLists: LongLists },
  filters: PinFilters,
  limit: number,
): Promise<{ count: number; rows: PsaPin[] }> => {
  const { bound } = longLists
  if (longLists.isLong(filters)) {
    const { rows } = await longPageQuery(filters, limit).execute(kysely)
    if (rows.length === limit) return { count: bound, rows }
    longLists.forget(filters.list)
  }
  const asked = longLists.now()
  const { rows } = await pinPageQuery(filters, limit, bound).execute(kysely)
  const [{ count, long_from } = { count: 0, long_from: null }] = rows
  if (count === bound) longLists.remember(filters.list, long_from ?? filters.before, asked)
  return { count, rows: rows.filter((row): row is PsaPin & Counted => row.id !== null) }
}

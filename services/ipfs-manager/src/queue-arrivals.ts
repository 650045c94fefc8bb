import type { Database } from '@packages/db/open-database'
import type { Tables } from '@packages/db/tables'
import { recordset } from '@packages/db/ingest/recordset'
import { sql, type Transaction } from 'kysely'

type Arrival = { organization_id: string; content_ids: string[]; wanted_at: string }
type Wait = { organization_id: string; content_id: string; wanted_at: string }

/** Rows of one organization that are put into its queue by one transaction, each of a thousand contents at most. */
const ROWS = 16
/** Of all of them; the others have their turn at the next look, for these queues are not short any more then. */
export const ROWS_OF_ALL = 32

/**
 * Puts what organizations began to wait for by many pins at once (`fetch_arrivals`) into their queues, where a queue has fewer than `atLeast` contents that are
 * due and have waited longer: whoever waits is served in the order in which it came, as if all of it stood there. What no pin of the organization wants any more
 * is left out.
 */
export const queueArrivals = async (db: Pick<Database, 'kysely'>, { atLeast }: { atLeast: number }): Promise<void> => {
  const ids = await arrivalsOfShortQueues(db, atLeast)
  if (ids.length === 0) return
  await db.kysely.transaction().execute(async (tx) => {
    const { rows: arrivals } = await sql<Arrival>`
      delete from fetch_arrivals a using (
        select id from fetch_arrivals where id = any(${ids}::bigint[]) order by id for update skip locked
      ) mine
      where a.id = mine.id
      returning a.organization_id, a.content_ids, a.wanted_at::text as wanted_at
    `.execute(tx)
    await queue(tx, arrivals)
  })
}

const arrivalsOfShortQueues = async ({ kysely }: Pick<Database, 'kysely'>, atLeast: number): Promise<number[]> => {
  const { rows } = await sql<{ id: number }>`
    with recursive turn (organization_id) as (
      (select organization_id from fetch_arrivals order by organization_id limit 1)
      union all
      select (
        select a.organization_id from fetch_arrivals a where a.organization_id > t.organization_id
        order by a.organization_id limit 1)
      from turn t where t.organization_id is not null
    ), first as (
      select t.organization_id, least(a.wanted_at, now()) as wanted_at
      from turn t cross join lateral (
        select wanted_at from fetch_arrivals where organization_id = t.organization_id order by id limit 1
      ) a
      where t.organization_id is not null
    )
    select taken.id
    from first f cross join lateral (
      select a.id, sum(cardinality(a.content_ids)) over (order by a.id) - cardinality(a.content_ids) as before
      from (select id, content_ids from fetch_arrivals where organization_id = f.organization_id order by id limit ${ROWS}) a
    ) taken
    where taken.before < ${atLeast}
      and ${atLeast} > (
        select count(*) from (
          select from fetch_queue q where q.organization_id = f.organization_id and q.due_at <= f.wanted_at limit ${atLeast}
        ) ahead)
    order by taken.before, f.wanted_at, taken.id limit ${ROWS_OF_ALL}
  `.execute(kysely)
  return rows.map(({ id }) => id)
}

/** Locks in the order that every writer keeps: contents by id, then fetches by id. */
const queue = async (tx: Transaction<Tables>, arrivals: Arrival[]): Promise<void> => {
  const named = arrivals.flatMap(({ content_ids }) => content_ids)
  await sql`
    select from contents where id = any(${named}::uuid[]) and state = 'wanted' order by id for update
  `.execute(tx)
  // Under the locks: nobody begins or ceases to want them meanwhile.
  const { rows: waits } = await sql<Wait>`
    select x.organization_id, x.content_id, min(x.wanted_at)::text as wanted_at
    from (
      select organization_id, unnest(content_ids) as content_id, wanted_at
      from ${recordset(arrivals, 'organization_id uuid, content_ids uuid[], wanted_at timestamptz')}
    ) x
    join contents c on c.id = x.content_id and c.state = 'wanted'
    where exists (select from pins p where p.content_id = x.content_id and p.organization_id = x.organization_id)
    group by x.organization_id, x.content_id
  `.execute(tx)
  const contentIds = waits.map(({ content_id }) => content_id)
  await sql`
    insert into fetches (content_id) select distinct id from unnest(${contentIds}::uuid[]) as id order by id on conflict do nothing
  `.execute(tx)
  await sql`
    select from fetches where content_id = any(${contentIds}::uuid[]) order by content_id for update
  `.execute(tx)
  await sql`
    insert into fetch_queue (organization_id, content_id, due_at)
    select x.organization_id, x.content_id,
      case when f.state in ('running', 'failed') then timestamptz 'infinity' else least(x.wanted_at, now()) end
    from ${recordset(waits, 'organization_id uuid, content_id uuid, wanted_at timestamptz')}
    join fetches f on f.content_id = x.content_id
    on conflict do nothing
  `.execute(tx)
}

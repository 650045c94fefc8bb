import type { Database } from '@packages/db/open-database'
import { PINS_CHANNEL } from '@packages/db/pins/fetch-rows'
import { sql } from 'kysely'

/** Every wanted content that has a pin has its fetch: what an older version, or a hand, has left out is put back. */
export const restoreFetches = async ({ db }: { db: Pick<Database, 'kysely'> }): Promise<void> => {
  await db.kysely.transaction().execute(async (tx) => {
    await sql`
      insert into fetches (content_id)
      select c.id from contents c where c.state = 'wanted'
        and exists (select from pins p where p.content_id = c.id)
        and not exists (select from fetches f where f.content_id = c.id)
        and not exists (
          select from fetch_arrivals a, unnest(a.content_ids) as arrived (content_id) where arrived.content_id = c.id)
      on conflict do nothing
    `.execute(tx)
    const { numAffectedRows } = await sql`
      insert into fetch_queue (organization_id, content_id, due_at)
      select distinct p.organization_id, f.content_id,
        case when f.state in ('running', 'failed') then timestamptz 'infinity' else now() end
      from fetches f join pins p on p.content_id = f.content_id
      where not exists (
        select from fetch_queue q where q.content_id = f.content_id and q.organization_id = p.organization_id)
      on conflict do nothing
    `.execute(tx)
    if (numAffectedRows !== undefined && numAffectedRows > 0n)
      await sql`select pg_notify(${PINS_CHANNEL}, '')`.execute(tx)
  })
}

import { sql } from 'kysely'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import { beginFetchesAnew, PINS_CHANNEL } from './fetch-rows.ts'

/**
 * An organization wants these contents fetched now: its turn for each is due, and what was given up begins anew, for all who wait for it. Contents that are not
 * wanted any more, and those that are fetched just now, stay as they are.
 */
export const retryFetches = async (
  uow: Pick<UnitOfWorkContext, 'tx' | 'record'>,
  organizationId: string,
  contentIds: readonly string[],
): Promise<void> => {
  const { tx } = uow
  const { rows: wanted } = await sql<{ id: string }>`
    select id from contents where id = any(${[...contentIds]}::uuid[]) and state = 'wanted' order by id for update
  `.execute(tx)
  if (wanted.length === 0) return
  const ids = wanted.map(({ id }) => id)
  await sql`insert into fetches (content_id) select unnest(${ids}::uuid[]) on conflict do nothing`.execute(tx)
  const { rows: fetches } = await sql<{ content_id: string; state: string }>`
    select content_id, state from fetches where content_id = any(${ids}::uuid[]) order by content_id for update
  `.execute(tx)
  const idle = fetches.filter(({ state }) => state !== 'running').map(({ content_id: id }) => id)
  await sql`
    insert into fetch_queue (organization_id, content_id, due_at)
    select ${organizationId}::uuid, id, now() from unnest(${idle}::uuid[]) as id
    on conflict (organization_id, content_id) do update set due_at = excluded.due_at
  `.execute(tx)
  await beginFetchesAnew(
    uow,
    fetches.filter(({ state }) => state === 'failed').map(({ content_id: id }) => id),
  )
  await sql`select pg_notify(${PINS_CHANNEL}, '')`.execute(tx)
}

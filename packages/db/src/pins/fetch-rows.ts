import { sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import { refreshPins } from './refresh-pins.ts'

type Tx = Transaction<Tables>

/** Notified when there is something to fetch, or no more. */
export const PINS_CHANNEL = 'holdfast_pins'

/**
 * Organizations wait for a content, in the transaction that says so: the rows are the job. Its turn is now, also when the last try was a moment ago; what
 * was given up begins anew. The content row is locked by the caller.
 * @returns whether somebody is at work on it since earlier
 */
export const wantContent = async (
  uow: Pick<UnitOfWorkContext, 'tx' | 'record'>,
  { contentId, organizationIds }: { contentId: string; organizationIds: readonly string[] },
): Promise<{ isBegun: boolean }> => {
  const { tx } = uow
  if (organizationIds.length === 0) return { isBegun: false }
  await sql`insert into fetches (content_id) values (${contentId}::uuid) on conflict do nothing`.execute(tx)
  const { rows } = await sql<{ state: string; attempts: number }>`
    select state, attempts from fetches where content_id = ${contentId}::uuid for update
  `.execute(tx)
  const [before] = rows
  await sql`
    insert into fetch_queue (organization_id, content_id, due_at)
    select id, ${contentId}::uuid, ${before?.state === 'running' ? 'infinity' : 'now'}::timestamptz
    from unnest(${[...organizationIds]}::uuid[]) as id
    on conflict (organization_id, content_id) do update set due_at = excluded.due_at
  `.execute(tx)
  if (before?.state === 'failed') await beginFetchesAnew(uow, [contentId])
  await sql`select pg_notify(${PINS_CHANNEL}, '')`.execute(tx)
  return { isBegun: before !== undefined && before.state !== 'failed' && before.attempts > 0 }
}

/** What was given up is tried again from the beginning, for all who wait for it. Its rows are locked by the caller. */
export const beginFetchesAnew = async (
  uow: Pick<UnitOfWorkContext, 'tx' | 'record'>,
  contentIds: readonly string[],
): Promise<void> => {
  if (contentIds.length === 0) return
  const { tx } = uow
  const ids = [...contentIds]
  await sql`
    update fetches set state = 'queued', attempts = 0, begun_at = now(), error = null, error_code = null
    where content_id = any(${ids}::uuid[])
  `.execute(tx)
  await sql`update fetch_queue set due_at = now() where content_id = any(${ids}::uuid[])`.execute(tx)
  await refreshPins(uow, ids)
}

/** Locked before the pins of the same contents are touched: everybody keeps this order. */
export const lockFetches = async (tx: Tx, contentIds: readonly string[]): Promise<void> => {
  if (contentIds.length === 0) return
  await sql`
    select from fetches where content_id = any(${[...contentIds]}::uuid[]) order by content_id for update
  `.execute(tx)
}

/** Nobody waits for these contents any more, or they have come: whoever works on them is called off. */
export const endFetches = async (tx: Tx, contentIds: readonly string[]): Promise<void> => {
  if (contentIds.length === 0) return
  await sql`
    with ended as (delete from fetches where content_id = any(${[...contentIds]}::uuid[]) returning content_id)
    select pg_notify(${PINS_CHANNEL}, '') from ended limit 1
  `.execute(tx)
}

/** This organization does not wait any more; others may. */
export const leaveFetches = async (tx: Tx, organizationId: string, contentIds: readonly string[]): Promise<void> => {
  if (contentIds.length === 0) return
  await sql`
    delete from fetch_queue where organization_id = ${organizationId} and content_id = any(${[...contentIds]}::uuid[])
  `.execute(tx)
}

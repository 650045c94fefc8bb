import { endFetches, wantContent } from '@packages/db/pins/fetch-rows'
import { refreshPins } from '@packages/db/pins/refresh-pins'
import { RetryTransaction } from '@packages/db/postgres-errors'
import type { Tables } from '@packages/db/tables'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { sql, type Transaction } from 'kysely'
import { countCopies } from './count-copies.ts'

type Tx = Transaction<Tables>
type Content = { state: 'wanted' | 'held' | 'released'; dag_size: number | null }

export type ConfirmedReplica = {
  contentId: string
  nodeId: string
  isForeign: boolean
  dagSize: number
  blocks: number
  /** Of a content that nobody had: somebody who waits for it must have the storage for it. */
  mustFit?: boolean
}

/**
 * A node has confirmed that it holds a content: its replica, what the content weighs, what it costs each organization that waited for it (whatever
 * their limits say, where one of them can keep it: they asked before the size was known) and the status of their pins, in one transaction.
 * @returns `gone` when nobody wants it any more, `too large` when nobody can keep it: the caller gives the copy back, and nothing is written
 */
export const confirmReplica = async (
  uow: UnitOfWorkContext,
  copy: ConfirmedReplica,
): Promise<'held' | 'gone' | 'too large'> => {
  const { tx } = uow
  const { contentId } = copy
  const charged = await lockWaiting(tx, contentId)
  const content = await lockContent(tx, contentId)
  if (content === undefined || content.state === 'released') return 'gone'
  const isFirst = content.state === 'wanted'
  const waiting = isFirst ? await organizationsOf(tx, contentId) : []
  // Its first pin was committed after the usage rows were chosen.
  if (waiting.some((id) => !charged.has(id))) throw new RetryTransaction('another organization came in')
  if (isFirst && copy.mustFit === true && !(await fits(tx, waiting, copy.dagSize))) return 'too large'
  await sql`
    insert into replicas (content_id, node_id, status, pinned_at, last_checked, is_foreign)
    values (${contentId}, ${copy.nodeId}, 'pinned', now(), now(), ${copy.isForeign})
    on conflict (content_id, node_id) do update set status = 'pinned', pinned_at = coalesce(replicas.pinned_at, now()),
      last_checked = now(), error = null, attempts = 0, next_try_at = null, is_foreign = excluded.is_foreign
      where replicas.status <> 'releasing'
  `.execute(tx)
  // What the own store has again it has not let go.
  await sql`
    update contents set let_go_at = null where id = ${contentId} and let_go_at is not null
      and exists (select from nodes where id = ${copy.nodeId} and kind = 'embedded')
  `.execute(tx)
  if (isFirst) {
    await sql`
      update contents set state = 'held', dag_size = ${copy.dagSize}, blocks = ${copy.blocks} where id = ${contentId}
    `.execute(tx)
    await sql`
      update usage set stored_bytes = stored_bytes + ${copy.dagSize}, roots = roots + 1
      where organization_id = any(${waiting}::uuid[])
    `.execute(tx)
    await endFetches(tx, [contentId])
  }
  await countCopies(tx, [contentId])
  await refreshPins(uow, [contentId])
  return 'held'
}

/**
 * A node has said that it does not hold a content that it held. With other copies left the replica stays as `lost`, to be made again; with none the
 * content is wanted again: its pins show at once that nothing is there, nothing is charged for it, and whatever brings it back fills it.
 * @param isLost asked under the lock: a write may have come between
 */
export const loseReplica = async (
  uow: UnitOfWorkContext,
  { contentId, nodeId, isLost, reason }: { contentId: string; nodeId: string; isLost: () => boolean; reason: string },
): Promise<boolean> => {
  const { tx } = uow
  await lockWaiting(tx, contentId, 'held')
  const content = await lockContent(tx, contentId)
  if (content?.state !== 'held' || !isLost()) return false
  await sql`
    update replicas set status = 'lost', error = ${reason}, next_try_at = now(), verified_at = null
    where content_id = ${contentId} and node_id = ${nodeId} and status in ('pinned', 'unreachable')
  `.execute(tx)
  const { rows: left } = await sql`
    select from replicas where content_id = ${contentId} and status in ('pinned', 'unreachable', 'pinning') limit 1
  `.execute(tx)
  await countCopies(tx, [contentId])
  if (left.length === 0) await wantAgain(uow, contentId, content.dag_size ?? 0)
  await refreshPins(uow, [contentId], { reason })
  return true
}

/** Their usage is locked. What nobody waits for costs nobody. */
const fits = async (tx: Tx, organizationIds: readonly string[], dagSize: number): Promise<boolean> => {
  if (organizationIds.length === 0) return true
  const { rows } = await sql`
    select from usage u join organization_limits l on l.organization_id = u.organization_id
    where u.organization_id = any(${[...organizationIds]}::uuid[])
      and (l.storage_bytes is null or u.stored_bytes + ${dagSize} <= l.storage_bytes)
    limit 1
  `.execute(tx)
  return rows.length > 0
}

const wantAgain = async (uow: UnitOfWorkContext, contentId: string, dagSize: number): Promise<void> => {
  const { tx } = uow
  await sql`delete from replicas where content_id = ${contentId} and status <> 'releasing'`.execute(tx)
  await sql`update contents set state = 'wanted', dag_size = null, blocks = null, let_go_at = null where id = ${contentId}`.execute(
    tx,
  )
  const organizationIds = await organizationsOf(tx, contentId)
  await sql`
    update usage set stored_bytes = greatest(0, stored_bytes - ${dagSize}), roots = greatest(0, roots - 1)
    where organization_id = any(${organizationIds}::uuid[])
  `.execute(tx)
  await wantContent(uow, { contentId, organizationIds })
}

/**
 * The order that every writer keeps: usage by organization, then contents. Usage is touched only where a content begins or ceases to be held, so a
 * content that is in the other state is not waited for.
 */
const lockWaiting = async (tx: Tx, contentId: string, state: 'wanted' | 'held' = 'wanted'): Promise<Set<string>> => {
  const { rows } = await sql<{ organization_id: string }>`
    select u.organization_id from usage u
    where u.organization_id in (
      select p.organization_id from pins p join contents c on c.id = p.content_id
      where p.content_id = ${contentId} and c.state = ${state})
    order by u.organization_id for update
  `.execute(tx)
  return new Set(rows.map((row) => row.organization_id))
}

const lockContent = async (tx: Tx, contentId: string): Promise<Content | undefined> => {
  const { rows } = await sql<Content>`select state, dag_size from contents where id = ${contentId} for update`.execute(
    tx,
  )
  return rows[0]
}

const organizationsOf = async (tx: Tx, contentId: string): Promise<string[]> => {
  const { rows } = await sql<{ organization_id: string }>`
    select distinct organization_id from pins where content_id = ${contentId}
  `.execute(tx)
  return rows.map((row) => row.organization_id)
}

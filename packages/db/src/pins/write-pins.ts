import { foldText } from '@packages/shared/fold-text'
import { ONE_COPY } from '@packages/shared/replication'
import { sql } from 'kysely'
import { condemnRoots } from '../condemn-roots.ts'
import { recordset } from '../ingest/recordset.ts'
import { isUniqueViolation, RetryTransaction } from '../postgres-errors.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import { beginFetchesAnew, PINS_CHANNEL } from './fetch-rows.ts'
import { keptWish } from './kept-wish.ts'
import type { PinPlan } from './pin-plan.ts'
import { putOff } from './put-off.ts'
import { wishColumns } from './replication-facts.ts'

const CONTENT_COLUMNS = `id uuid, realm text, cid text, node_id uuid, is_held boolean, dag_size bigint, blocks bigint,
  copies_min int, copies_max int, zones text[]`
const WISH_COLUMNS = 'id uuid, copies_min int, copies_max int, zones text[]'
const WAITING_COLUMNS = 'organization_id uuid, content_id uuid, is_running boolean'
const ARRIVAL_COLUMNS = 'organization_id uuid, content_ids uuid[]'
const PIN_COLUMNS = `id uuid, organization_id uuid, user_id uuid, content_id uuid, cid text, name text, name_folded text, meta jsonb,
  origins text[], status text, is_private boolean, created_at timestamptz, replication_min int, replication_max int, zones text[],
  replication_wish jsonb, group_id uuid, expires_at timestamptz`
const USAGE_COLUMNS = 'organization_id uuid, bytes bigint, roots bigint, last bigint'

/**
 * Carries a plan out: contents, copies, fetches, pins and usage by the statement that also writes what it records (ADR 0018).
 * @param last nothing else is written in the transaction
 */
export const writePins = async (uow: UnitOfWorkContext, plan: PinPlan, { last }: { last: boolean }): Promise<void> => {
  await discard(uow, plan)
  if (plan.accepted.length === 0) return
  tell(uow, plan)
  const isAll = plan.discarded.length === 0 && plan.beginAnew.length === 0
  try {
    await uow.writeWithOutbox(statementOf(plan), { last: last && isAll })
  } catch (error) {
    // Another writer was first: with the lock on its row we shall see it.
    if (isUniqueViolation(error, 'contents_live')) throw new RetryTransaction('the root became live meanwhile')
    throw error
  }
  await beginFetchesAnew(uow, plan.beginAnew)
}

/** Notifies from where every waiting row comes by: a look at nothing would be left out by the planner. Equal notifications are one. */
const statementOf = (plan: PinPlan) => {
  const { turns, arrivals } = putOff(plan.waiting)
  return sql`
  new_content as (
    select * from ${recordset(contentRows(plan), CONTENT_COLUMNS)}
  ), waiting as (
    select * from ${recordset(turns.map(turnRow), WAITING_COLUMNS)}
  ), content as (
    insert into contents (id, realm, cid, dag_size, blocks, state, confirmed, copies_min, copies_max, zones)
    select id, realm, cid, dag_size, blocks, case when is_held then 'held' else 'wanted' end,
      case when is_held then 1 else 0 end, copies_min, copies_max, zones
    from new_content
  ), wished as (
    update contents c set copies_min = x.copies_min, copies_max = x.copies_max, zones = x.zones, place_after = null,
      zones_after = null, shortage = null
    from ${recordset(wishRows(plan), WISH_COLUMNS)}
    where c.id = x.id
  ), replica as (
    insert into replicas (content_id, node_id, status, pinned_at, last_checked)
    select id, node_id, 'pinned', now(), now() from new_content where is_held
  ), wanted as (
    insert into fetches (content_id) select distinct content_id from waiting
    on conflict do nothing
  ), queued as (
    insert into fetch_queue (organization_id, content_id, due_at)
    select organization_id, content_id, case when is_running then 'infinity' else now() end from waiting
    on conflict (organization_id, content_id) do update set due_at = excluded.due_at
    returning pg_notify(${PINS_CHANNEL}, '')
  ), arrived as (
    insert into fetch_arrivals (organization_id, content_ids)
    select organization_id, content_ids from ${recordset(arrivals.map(arrivalRow), ARRIVAL_COLUMNS)}
    returning pg_notify(${PINS_CHANNEL}, '')
  ), pin as (
    insert into pins (id, organization_id, user_id, content_id, cid, name, name_folded, meta, origins, status, is_private,
      created_at, pinned_at, replication_min, replication_max, zones, replication_wish, group_id, expires_at)
    select id, organization_id, user_id, content_id, cid, name, name_folded, coalesce(meta, '{}'), coalesce(origins, '{}'), status,
      coalesce(is_private, false), created_at, case when status = 'pinned' then created_at end, replication_min, replication_max,
      coalesce(zones, '{}'), replication_wish, group_id, expires_at
    from ${recordset(pinRows(plan), PIN_COLUMNS)}
  ), charged as (
    update usage u set stored_bytes = u.stored_bytes + x.bytes, roots = u.roots + x.roots,
      last_pin_at = timestamptz 'epoch' + x.last * interval '1 microsecond'
    from ${recordset(usageRows(plan), USAGE_COLUMNS)}
    where u.organization_id = x.organization_id
  )`
}

/** In one order everywhere, so that two writers of the same new roots wait for each other and do not lock up. */
const contentRows = ({ newContents, wishes }: PinPlan): object[] =>
  newContents
    .map(({ id, realm, cid, nodeId, adopted }) => ({
      id,
      realm,
      cid,
      node_id: nodeId,
      is_held: adopted !== undefined,
      dag_size: adopted?.dagSize ?? null,
      blocks: adopted?.blocks ?? null,
      ...wishColumns(wishes.get(id) ?? ONE_COPY),
    }))
    .sort((a, b) => (a.cid < b.cid ? -1 : 1))

/** Of contents that are there, in the order in which they are locked. */
const wishRows = ({ newContents, wishes }: PinPlan): object[] => {
  const made = new Set(newContents.map(({ id }) => id))
  return [...wishes].flatMap(([id, wish]) => (made.has(id) ? [] : [{ id, ...wishColumns(wish) }]))
}

const turnRow = ({ organizationId, contentId, isRunning }: PinPlan['waiting'][number]): object => ({
  organization_id: organizationId,
  content_id: contentId,
  is_running: isRunning,
})

const arrivalRow = ({ organizationId, contentIds }: { organizationId: string; contentIds: string[] }): object => ({
  organization_id: organizationId,
  content_ids: contentIds,
})

/** What is as in most pins is left out: parsing it was a tenth of what a pin costs the server. */
const pinRows = ({ accepted }: PinPlan): object[] =>
  accepted.map(({ row, pin, contentId }) => ({
    id: pin.id,
    organization_id: row.organizationId,
    user_id: row.userId,
    content_id: contentId,
    cid: pin.cid,
    name: pin.name ?? undefined,
    name_folded: pin.name === null || row.realm === 'private' ? undefined : foldText(pin.name),
    meta: Object.keys(pin.meta).length === 0 ? undefined : pin.meta,
    origins: unlessEmpty(pin.origins),
    status: pin.status,
    is_private: row.realm === 'private' || undefined,
    created_at: pin.created,
    replication_min: pin.replication_min,
    replication_max: pin.replication_max,
    zones: unlessEmpty(pin.zones),
    replication_wish: row.realm === 'private' ? undefined : keptWish(row.replication),
    group_id: pin.group_id ?? undefined,
    expires_at: pin.expires_at ?? undefined,
  }))

const unlessEmpty = (list: readonly string[]): readonly string[] | undefined => (list.length === 0 ? undefined : list)

const usageRows = ({ usage }: PinPlan): object[] =>
  [...usage].map(([organization_id, { bytes, roots, lastPinMicros }]) => ({
    organization_id,
    bytes,
    roots,
    last: lastPinMicros,
  }))

const discard = async (uow: UnitOfWorkContext, { discarded }: PinPlan): Promise<void> => {
  for (const reason of ['duplicate', 'orphan'] as const) {
    const roots = discarded.filter((one) => one.reason === reason)
    await condemnRoots(
      uow,
      roots.map(({ contentId, row }) => ({ contentId, realm: row.realm, cid: row.canonical })),
      reason,
    )
  }
}

const tell = ({ record }: UnitOfWorkContext, { accepted }: PinPlan): void => {
  for (const { row, pin, contentId } of accepted) {
    const { organizationId, userId: actorId, trail, audited } = row
    const payload = { cid: row.cid, status: pin.status, contentId }
    record(
      { kind: 'pin.created', organizationId, actorId, subject: pin.id, payload },
      { ...(trail === undefined ? {} : { trail }), ...(audited === undefined ? {} : { audited }) },
    )
  }
}

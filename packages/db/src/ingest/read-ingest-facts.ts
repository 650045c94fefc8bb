import { sql, type Transaction } from 'kysely'
import { lockGroups } from '../groups/lock-groups.ts'
import { deleteExpired } from '../idempotency.ts'
import { RetryTransaction } from '../postgres-errors.ts'
import type { Tables } from '../tables.ts'
import type { IngestItem } from './ingest-item.ts'
import {
  type ContentWishes,
  REPLICATION_LIMITS,
  type ReplicationLimits,
  replicationOf,
  wishesOf,
} from '../pins/replication-facts.ts'
import {
  holdingKey,
  type IngestFacts,
  idempotencyKey,
  type ReplacedPin,
  rootKey,
  type WantedPin,
} from './ingest-plan.ts'

type Tx = Transaction<Tables>
type LiveContent = {
  id: string
  realm: string
  cid: string
  state: 'wanted' | 'held'
  confirmed: number
} & ContentWishes

/**
 * Locks and reads what a batch depends on, in the order that every writer keeps: usage rows by organization, then
 * content rows by id. Usage rows of organizations that wait for a root of the batch are among them.
 * @param planned another number has the statement planned anew: see `plansOf`
 */
export const readIngestFacts = async (tx: Tx, items: IngestItem[], planned = 0): Promise<IngestFacts> => {
  const replaced = await readReplaced(tx, items)
  const groups = await lockGroups(tx, [...items, ...replaced.values()])
  const own = [...new Set(items.map(({ organizationId }) => organizationId))]
  let locked = await lockUsageAndContents(tx, { own, items, least: own.length, planned })
  const found = new Set(locked.usage.map(({ id }) => id))
  if (own.some((id) => !found.has(id))) {
    await sql`
      insert into usage (organization_id)
      select id from organizations where id = any(${own}::uuid[]) order by id
      on conflict do nothing
    `.execute(tx)
    locked = await lockUsageAndContents(tx, { own, items, least: 0, planned })
  }
  const organizations: IngestFacts['organizations'] = new Map()
  for (const { id, last, ...has } of locked.usage)
    organizations.set(id, {
      ...replicationOf(has),
      storedBytes: has.stored,
      limit: has.storage_limit,
      files: has.files,
      filesLimit: has.files_limit,
      maxFileBytes: has.max_file_bytes,
      lastPinMicros: last,
    })
  const live = await countReplicas(tx, locked.contents)
  const contents: IngestFacts['contents'] = new Map()
  for (const { id, realm, cid, state, confirmed, ...wishes } of live)
    contents.set(rootKey({ realm, cid }), { id, state, confirmedReplicas: confirmed, wishes: wishesOf(wishes) })
  return {
    nowMicros: locked.nowMicros,
    organizations,
    groups,
    replaced,
    contents,
    holdings: await readHoldings(tx, items, contents),
    wantedPins: await readWantedPins(tx, live, organizations),
    takenKeys: await readTakenKeys(tx, items),
  }
}

/** Not locked yet: `removeReplaced` looks again. */
const readReplaced = async (tx: Tx, items: IngestItem[]): Promise<ReadonlyMap<string, ReplacedPin>> => {
  const pinIds = items.flatMap(({ replaces }) => replaces?.pinId ?? [])
  if (pinIds.length === 0) return new Map()
  const { rows } = await sql<{ id: string } & ReplacedPin>`
    select id, group_id as "groupId", (extract(epoch from created_at) * 1000000)::bigint as "createdMicros"
    from pins where id = any(${pinIds}::uuid[])
  `.execute(tx)
  return new Map(rows.map(({ id, ...pin }) => [id, pin]))
}

/**
 * A prepared statement keeps its plan until the next ANALYZE, and one from when there were ten contents reads all of them. So
 * it is planned again whenever four times as many items as before were written.
 */
export const plansOf = (written: number): number => Math.floor(Math.log2(1 + written) / 2)

type LockedUsage = {
  id: string
  stored: number
  storage_limit: number | null
  files: number
  files_limit: number | null
  max_file_bytes: number | null
  last: number
} & ReplicationLimits
type LockedContent = Omit<LiveContent, 'confirmed'>

/**
 * One statement for both kinds of rows. The look at how many usage rows there are makes it lock all of these first; with
 * fewer than `least` of its own organizations it locks no contents. It locks more than it was asked for when two realms
 * hold the same roots. Parsing and planning it anew cost 1.5 ms of the 8 ms that a batch took, so it is prepared.
 */
const lockUsageAndContents = async (
  tx: Tx,
  { own, items, least, planned }: { own: string[]; items: IngestItem[]; least: number; planned: number },
): Promise<{ nowMicros: number; usage: LockedUsage[]; contents: LockedContent[] }> => {
  const realms = [...new Set(items.map(({ realm }) => realm))]
  const cids = [...new Set(items.map(({ canonicalCid }) => canonicalCid))]
  const { rows } = await sql<{ now: number; usage: LockedUsage[]; contents: LockedContent[] }>`
    /* prepared */ ${sql.raw(`/* ${planned} */`)} with named as (
      select unnest(${own}::uuid[]) as id
      union
      select p.organization_id
      from contents c join pins p on p.content_id = c.id
      where c.realm = any(${realms}::text[]) and c.cid = any(${cids}::text[]) and c.state = 'wanted'
    ), locked_usage as materialized (
      select u.organization_id as id, u.stored_bytes as stored, u.files,
        l.storage_bytes as storage_limit, l.files as files_limit, l.max_file_bytes,
        ${REPLICATION_LIMITS},
        case when isfinite(u.last_pin_at) then (extract(epoch from u.last_pin_at) * 1000000)::bigint else 0 end as last
      from usage u join organization_limits l on l.organization_id = u.organization_id
      where u.organization_id in (select id from named)
      order by u.organization_id
      for update of u
    ), locked_content as materialized (
      select c.id, c.realm, c.cid, c.state, c.copies_min, c.copies_max, c.zones
      from contents c
      where c.realm = any(${realms}::text[]) and c.cid = any(${cids}::text[]) and c.state <> 'released'
        and (select count(*) from locked_usage where id = any(${own}::uuid[])) >= ${least}
      order by c.id
      for update of c
    )
    select coalesce((select json_agg(u) from locked_usage u), '[]') as usage,
      coalesce((select json_agg(c) from locked_content c), '[]') as contents,
      (extract(epoch from clock_timestamp()) * 1000000)::bigint as now
  `.execute(tx)
  const { now, usage, contents } = rows[0] ?? { now: 0, usage: [], contents: [] }
  return { nowMicros: now, usage, contents }
}

/** Counted under the locks: the statement that waited for them saw the replicas of the time before. */
const countReplicas = async (tx: Tx, contents: LockedContent[]): Promise<LiveContent[]> => {
  if (contents.length === 0) return []
  const ids = contents.map(({ id }) => id)
  const { rows } = await sql<{ id: string; confirmed: number }>`
    select content_id as id, count(*)::int as confirmed from replicas
    where content_id = any(${ids}::uuid[]) and status = 'pinned'
    group by content_id
  `.execute(tx)
  const confirmed = new Map(rows.map((row) => [row.id, row.confirmed]))
  return contents.map((content) => ({ ...content, confirmed: confirmed.get(content.id) ?? 0 }))
}

const readHoldings = async (
  tx: Tx,
  items: IngestItem[],
  contents: IngestFacts['contents'],
): Promise<IngestFacts['holdings']> => {
  const pairs = items.flatMap(({ organizationId, realm, canonicalCid }) => {
    const live = contents.get(rootKey({ realm, cid: canonicalCid }))
    return live?.state === 'held' ? [{ organization_id: organizationId, content_id: live.id }] : []
  })
  if (pairs.length === 0) return new Set()
  const { rows } = await sql<{ organization_id: string; content_id: string }>`
    select organization_id, content_id
    from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as x (organization_id uuid, content_id uuid)
    where exists (select from pins p where p.content_id = x.content_id and p.organization_id = x.organization_id)
  `.execute(tx)
  return new Set(rows.map((row) => holdingKey(row.organization_id, row.content_id)))
}

const readWantedPins = async (
  tx: Tx,
  live: LiveContent[],
  organizations: IngestFacts['organizations'],
): Promise<IngestFacts['wantedPins']> => {
  const wanted = live.filter(({ state }) => state === 'wanted').map(({ id }) => id)
  const byContent: IngestFacts['wantedPins'] = new Map()
  if (wanted.length === 0) return byContent
  const rows = await tx
    .selectFrom('pins')
    .select(['id', 'organization_id', 'content_id', 'replication_min', 'replication_max', 'zones', 'pinned_at'])
    .where('content_id', 'in', wanted)
    .orderBy('id')
    .execute()
  for (const row of rows) {
    // Its first pin was committed after the usage rows were chosen.
    if (!organizations.has(row.organization_id)) throw new RetryTransaction('an organization began to wait for a root')
    const pin: WantedPin = {
      id: row.id,
      organizationId: row.organization_id,
      replication: { min: row.replication_min, max: row.replication_max, zones: row.zones },
      wasPinned: row.pinned_at !== null,
    }
    byContent.set(row.content_id, [...(byContent.get(row.content_id) ?? []), pin])
  }
  return byContent
}

const readTakenKeys = async (tx: Tx, items: IngestItem[]): Promise<IngestFacts['takenKeys']> => {
  const identities = items.flatMap(({ idempotency }) =>
    idempotency ? [{ scope: idempotency.scope, route: idempotency.route, key: idempotency.key }] : [],
  )
  if (identities.length === 0) return new Set()
  await deleteExpired(tx, identities)
  const { rows } = await sql<{ scope: string; route: string; key: string }>`
    select k.scope, k.route, k.key from idempotency_keys k
    where (k.scope, k.route, k.key) in (
      select scope, route, key
      from jsonb_to_recordset(${JSON.stringify(identities)}::jsonb) as x (scope text, route text, key text))
  `.execute(tx)
  return new Set(rows.map(idempotencyKey))
}

import { sql, type Transaction } from 'kysely'
import { deleteExpired } from '../idempotency.ts'
import { RetryTransaction } from '../postgres-errors.ts'
import type { Tables } from '../tables.ts'
import type { IngestItem } from './ingest-item.ts'
import { holdingKey, type IngestFacts, idempotencyKey, rootKey, type WantedPin } from './ingest-plan.ts'

type Tx = Transaction<Tables>
type LiveContent = { id: string; realm: string; cid: string; state: 'wanted' | 'held'; confirmed: number }

/**
 * Locks and reads what a batch depends on, in the order that every writer keeps: usage rows by organization, then
 * content rows by id. Usage rows of organizations that wait for a root of the batch are among them.
 */
export const readIngestFacts = async (tx: Tx, items: IngestItem[]): Promise<IngestFacts> => {
  const roots = JSON.stringify(items.map(({ realm, canonicalCid }) => ({ realm, cid: canonicalCid })))
  const { nowMicros, organizations } = await lockUsage(tx, items, roots)
  const live = await lockContents(tx, roots)
  const contents: IngestFacts['contents'] = new Map()
  for (const { id, realm, cid, state, confirmed } of live)
    contents.set(rootKey({ realm, cid }), { id, state, confirmedReplicas: confirmed })
  return {
    nowMicros,
    organizations,
    contents,
    holdings: await readHoldings(tx, items, contents),
    wantedPins: await readWantedPins(tx, live, organizations),
    takenKeys: await readTakenKeys(tx, items),
  }
}

const lockUsage = async (
  tx: Tx,
  items: IngestItem[],
  roots: string,
): Promise<Pick<IngestFacts, 'nowMicros' | 'organizations'>> => {
  const own = [...new Set(items.map(({ organizationId }) => organizationId))]
  const lock = () =>
    sql<{ id: string; stored: number; storage_limit: number | null; last: number; now: number }>`
      with named as (
        select unnest(${own}::uuid[]) as id
        union
        select p.organization_id
        from (select distinct realm, cid from jsonb_to_recordset(${roots}::jsonb) as x (realm text, cid text)) r
        join contents c on c.realm = r.realm and c.cid = r.cid and c.state = 'wanted'
        join pins p on p.content_id = c.id
      )
      select u.organization_id as id, u.stored_bytes as stored, o.storage_limit,
        case when isfinite(u.last_pin_at) then (extract(epoch from u.last_pin_at) * 1000000)::bigint else 0 end as last,
        (extract(epoch from clock_timestamp()) * 1000000)::bigint as now
      from usage u join organizations o on o.id = u.organization_id
      where u.organization_id in (select id from named)
      order by u.organization_id
      for update of u
    `.execute(tx)
  let { rows } = await lock()
  const found = new Set(rows.map(({ id }) => id))
  if (own.some((id) => !found.has(id))) {
    await sql`
      insert into usage (organization_id)
      select id from organizations where id = any(${own}::uuid[]) order by id
      on conflict do nothing
    `.execute(tx)
    rows = (await lock()).rows
  }
  const organizations: IngestFacts['organizations'] = new Map()
  let nowMicros = 0
  for (const { id, stored, storage_limit, last, now } of rows) {
    organizations.set(id, { storedBytes: stored, limit: storage_limit, lastPinMicros: last })
    nowMicros = Math.max(nowMicros, now)
  }
  return { nowMicros, organizations }
}

const lockContents = async (tx: Tx, roots: string): Promise<LiveContent[]> => {
  const { rows } = await sql<LiveContent>`
    select c.id, c.realm, c.cid, c.state,
      (select count(*)::int from replicas r where r.content_id = c.id and r.status = 'pinned') as confirmed
    from contents c
    where (c.realm, c.cid) in (select realm, cid from jsonb_to_recordset(${roots}::jsonb) as x (realm text, cid text))
      and c.state <> 'released'
    order by c.id
    for update of c
  `.execute(tx)
  return rows
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
    .select(['id', 'organization_id', 'content_id', 'replication_min', 'pinned_at'])
    .where('content_id', 'in', wanted)
    .orderBy('id')
    .execute()
  for (const row of rows) {
    // Its first pin was committed after the usage rows were chosen.
    if (!organizations.has(row.organization_id)) throw new RetryTransaction('an organization began to wait for a root')
    const pin: WantedPin = {
      id: row.id,
      organizationId: row.organization_id,
      replicationMin: row.replication_min,
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

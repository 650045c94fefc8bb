import { sql, type Transaction } from 'kysely'
import { lockGroups } from '../groups/lock-groups.ts'
import { plansOf } from '../ingest/read-ingest-facts.ts'
import type { Tables } from '../tables.ts'
import type { NewPinRow } from './new-pin.ts'
import {
  type ContentWishes,
  REPLICATION_LIMITS,
  type ReplicationLimits,
  replicationOf,
  wishesOf,
} from './replication-facts.ts'
import type { ContentFacts, PinFacts } from './pin-facts.ts'
import { holdingKey, rootKey } from './pin-plan.ts'

type Tx = Transaction<Tables>
type LockedUsage = { id: string; stored: number; storage_limit: number | null; last: number } & ReplicationLimits
type LockedContent = Omit<ContentFacts, 'fetch' | 'dagSize' | 'wishes'> & {
  realm: string
  cid: string
  dag_size: number | null
} & ContentWishes

/**
 * Locks and reads what new pins depend on, in the order that every writer keeps: usage rows by organization, content rows by id, fetches.
 * @param written how many pins were written before: see `plansOf`
 */
export const readPinFacts = async (tx: Tx, rows: readonly NewPinRow[], written = 0): Promise<PinFacts> => {
  const groups = await lockGroups(tx, rows)
  const own = [...new Set(rows.map(({ organizationId }) => organizationId))].sort()
  const planned = plansOf(written)
  let locked = await lockUsageAndContents(tx, { own, rows, least: own.length, planned })
  if (locked.usage.length < own.length) {
    await sql`
      insert into usage (organization_id)
      select id from organizations where id = any(${own}::uuid[]) order by id
      on conflict do nothing
    `.execute(tx)
    locked = await lockUsageAndContents(tx, { own, rows, least: 0, planned })
  }
  const fetches = await lockFetchStates(
    tx,
    locked.contents.filter(({ state }) => state === 'wanted').map(({ id }) => id),
  )
  return {
    nowMicros: locked.now,
    organizations: new Map(
      locked.usage.map((usage) => [
        usage.id,
        {
          storedBytes: usage.stored,
          limit: usage.storage_limit,
          lastPinMicros: usage.last,
          ...replicationOf(usage),
        },
      ]),
    ),
    groups,
    contents: new Map(
      locked.contents.map((content) => [
        rootKey(content),
        {
          id: content.id,
          state: content.state,
          dagSize: content.dag_size,
          confirmed: content.confirmed,
          wishes: wishesOf(content),
          fetch: fetches.get(content.id) ?? null,
        },
      ]),
    ),
    holdings: await readHoldings(
      tx,
      own,
      locked.contents.filter(({ state }) => state === 'held').map(({ id }) => id),
    ),
  }
}

/** As `read-ingest-facts.ts` does it: one statement, which locks no content unless `least` organizations were found. */
const lockUsageAndContents = async (
  tx: Tx,
  { own, rows, least, planned }: { own: string[]; rows: readonly NewPinRow[]; least: number; planned: number },
): Promise<{ now: number; usage: LockedUsage[]; contents: LockedContent[] }> => {
  const realms = [...new Set(rows.map(({ realm }) => realm))]
  const cids = [...new Set(rows.map(({ canonical }) => canonical))]
  const { rows: found } = await sql<{ now: number; usage: LockedUsage[]; contents: LockedContent[] }>`
    /* prepared */ ${sql.raw(`/* ${planned} */`)} with locked_usage as materialized (
      select u.organization_id as id, u.stored_bytes as stored, l.storage_bytes as storage_limit,
        ${REPLICATION_LIMITS},
        case when isfinite(u.last_pin_at) then (extract(epoch from u.last_pin_at) * 1000000)::bigint else 0 end as last
      from usage u join organization_limits l on l.organization_id = u.organization_id
      where u.organization_id = any(${own}::uuid[])
      order by u.organization_id
      for update of u
    ), locked_content as materialized (
      select c.id, c.realm, c.cid, c.state, c.dag_size, c.confirmed, c.copies_min, c.copies_max, c.zones
      from contents c
      where c.realm = any(${realms}::text[]) and c.cid = any(${cids}::text[]) and c.state <> 'released'
        and (select count(*) from locked_usage) >= ${least}
      order by c.id
      for update of c
    )
    select coalesce((select json_agg(u) from locked_usage u), '[]') as usage,
      coalesce((select json_agg(c) from locked_content c), '[]') as contents,
      (extract(epoch from clock_timestamp()) * 1000000)::bigint as now
  `.execute(tx)
  return found[0] ?? { now: 0, usage: [], contents: [] }
}

const lockFetchStates = async (
  tx: Tx,
  contentIds: string[],
): Promise<Map<string, NonNullable<ContentFacts['fetch']>>> => {
  if (contentIds.length === 0) return new Map()
  const { rows } = await sql<{ content_id: string } & NonNullable<ContentFacts['fetch']>>`
    select content_id, state, phase, blocks, bytes, providers, attempts as tries, error, null as "nextTryAt" from fetches
    where content_id = any(${contentIds}::uuid[]) order by content_id for update
  `.execute(tx)
  return new Map(rows.map(({ content_id, ...job }) => [content_id, job]))
}

/** Read under the locks: the statement that waited for them saw the pins of the time before. */
const readHoldings = async (tx: Tx, own: string[], contentIds: string[]): Promise<Set<string>> => {
  if (contentIds.length === 0) return new Set()
  const { rows } = await sql<{ organization_id: string; content_id: string }>`
    select distinct organization_id, content_id from pins
    where content_id = any(${contentIds}::uuid[]) and organization_id = any(${own}::uuid[])
  `.execute(tx)
  return new Set(rows.map((row) => holdingKey(row.organization_id, row.content_id)))
}

import type { Database } from '@packages/db/open-database'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { Tables } from '@packages/db/tables'
import { recordset } from '@packages/db/ingest/recordset'
import type { PinNetwork } from '../pin-backend.ts'
import { networkFor, placeCopies, type PlacementNode } from './placement.ts'

type ShortContent = {
  id: string
  realm: PinNetwork
  dag_size: number
  copies_max: number
  /** It has not even what its pins wait for. */
  is_below: boolean
  zones: string[]
  holders: string[]
}

const PAGE = 500
const REST_S = 300
const URGENT_REST_S = 30

/**
 * Finds held contents that have fewer copies than wished for, or none in a zone that has to have one, decides where further ones go, and writes that down:
 * `assigned`. What was looked at is not looked at again for five minutes (for zones, ten): until then its copies are on their way, or there is no node for
 * them. What pins wait for is looked at twice a minute while it is little: a node may have come back, or have got room.
 * @returns how many copies were assigned, and whether there may be more to look at
 */
export const assignCopies = async ({
  db,
}: {
  db: Pick<Database, 'kysely'>
}): Promise<{ assigned: number; isFull: boolean }> => {
  const known = await readPlacementNodes(db.kysely)
  // One node has what there is: nothing can be placed anywhere.
  if (known.length < 2) return { assigned: 0, isFull: false }
  return db.kysely.transaction().execute(async (tx) => {
    const short = await contentsToPlace(tx, SHORT)
    const isDraining = short.length < PAGE && known.some(({ intent }) => intent === 'draining')
    const onDraining = isDraining ? await contentsToPlace(tx, ON_DRAINING) : []
    const zoned = short.length < PAGE ? await contentsToPlace(tx, ZONED) : []
    const contents = new Map([...short, ...onDraining, ...zoned].map((content) => [content.id, content]))
    if (contents.size === 0) return { assigned: 0, isFull: false }
    // Read again: who makes contents due after a change of nodes is answered by the nodes as they are then, not for ten minutes by those before.
    const nodes = await readPlacementNodes(tx)
    const copies: { content_id: string; node_id: string }[] = []
    const looked: { content_id: string; rest_seconds: number | null; shortage: string | null }[] = []
    const lacking = new Set([...short, ...onDraining].map(({ id }) => id))
    for (const content of contents.values()) {
      const { nodeIds, shortage } = placeCopies(
        {
          contentId: content.id,
          network: networkFor(content.realm, nodes),
          size: content.dag_size,
          copies: content.copies_max,
          zones: content.zones,
          holders: content.holders,
        },
        nodes,
      )
      const isUrgent = shortage !== null && content.is_below && short.length < PAGE
      const rest_seconds = lacking.has(content.id) ? (isUrgent ? URGENT_REST_S : REST_S) : null
      looked.push({ content_id: content.id, rest_seconds, shortage })
      for (const node_id of nodeIds) {
        copies.push({ content_id: content.id, node_id })
        const node = nodes.find(({ id }) => id === node_id)
        if (node !== undefined) node.queued++
      }
    }
    await sql`
      update contents c set zones_after = now() + interval '10 minutes', shortage = x.shortage,
        place_after = coalesce(now() + x.rest_seconds * interval '1 second', c.place_after)
      from ${recordset(looked, 'content_id uuid, rest_seconds int, shortage text')} where c.id = x.content_id
    `.execute(tx)
    if (copies.length > 0)
      await sql`
        insert into replicas (content_id, node_id, status, next_try_at)
        select content_id, node_id, 'assigned', now() from ${recordset(copies, 'content_id uuid, node_id uuid')}
        on conflict do nothing
      `.execute(tx)
    return { assigned: copies.length, isFull: [short, onDraining, zoned].some(({ length }) => length === PAGE) }
  })
}

// A query for each, so that each has its index.
export const SHORT = { which: sql`c.confirmed < c.copies_max`, after: sql.ref('c.place_after') }
/** What is on a node that is emptied needs a place elsewhere, however many copies there are. */
const ON_DRAINING = {
  which: sql`c.id in (select r.content_id from replicas r join nodes n on n.id = r.node_id
    where n.intent = 'draining' and r.status in ('pinned', 'unreachable'))`,
  after: sql.ref('c.place_after'),
}
/** Nodes may have moved, or a copy gone where there are enough: each is looked at once in a while. */
export const ZONED = { which: sql`c.zones <> '{}'`, after: sql.ref('c.zones_after') }

/**
 * A copy that is being released is none any more, and its node can take no other one before it has let go. What was never looked at and what is due again are two
 * ranges of an index: as one condition they are a look at all that is short, each second.
 */
export const contentsToPlace = async (
  tx: Transaction<Tables>,
  { which, after }: { which: RawBuilder<unknown>; after: RawBuilder<unknown> },
): Promise<ShortContent[]> => {
  const isOpen = sql`c.state = 'held' and ${which}`
  const { rows } = await sql<ShortContent>`
    select c.id, c.realm, coalesce(c.dag_size, 0) as dag_size, c.copies_max, c.confirmed < c.copies_min as is_below, c.zones,
      array(select r.node_id from replicas r join nodes n on n.id = r.node_id
        where r.content_id = c.id and n.role = 'store' and n.intent = 'active') as holders
    from unnest(
      array(select c.id from contents c where ${isOpen} and ${after} is null order by ${after} nulls first limit ${PAGE})
        || array(select c.id from contents c where ${isOpen} and ${after} <= now() order by ${after} limit ${PAGE})
      ) as due (id) join contents c on c.id = due.id
    where ${isOpen} and (${after} is null or ${after} <= now())
    order by ${after} nulls first
    limit ${PAGE}
    for update of c skip locked
  `.execute(tx)
  return rows
}

/** Nodes that may keep copies, with what is on its way to each. */
export const readPlacementNodes = async (db: Kysely<Tables>): Promise<PlacementNode[]> => {
  const { rows } = await sql<PlacementNode>`
    select n.id, n.network, n.kind = 'embedded' as "isOwn", n.zone, n.intent, n.state, n.capacity_bytes as "capacityBytes", n.used_bytes as "usedBytes",
      (select count(*) from replicas r where r.node_id = n.id and r.status in ('assigned', 'pinning', 'error'))::int as queued
    from nodes n where n.role = 'store' and n.intent <> 'removed'
  `.execute(db)
  return rows
}

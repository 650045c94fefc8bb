import type { Database } from '@packages/db/open-database'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from '@packages/db/tables'
import { recordset } from '@packages/db/ingest/recordset'
import { placeCopies, type PlacementNode } from './placement.ts'

type ShortContent = {
  id: string
  realm: string
  dag_size: number
  copies_max: number
  zones: string[]
  holders: string[]
}

const PAGE = 500

/**
 * Finds held contents that have fewer copies than wished for, decides where further ones go, and writes that down: `assigned`. What was looked at is not
 * looked at again for five minutes: until then its copies are on their way, or there is no node for them.
 * @returns how many copies were assigned, and whether there may be more to look at
 */
export const assignCopies = async ({
  db,
}: {
  db: Pick<Database, 'kysely'>
}): Promise<{ assigned: number; isFull: boolean }> => {
  const nodes = await readPlacementNodes(db.kysely)
  // One node has what there is: nothing can be placed anywhere.
  if (nodes.length < 2) return { assigned: 0, isFull: false }
  return db.kysely.transaction().execute(async (tx) => {
    const short = await shortContents(tx, { isDraining: false })
    const isDraining = short.length < PAGE && nodes.some(({ intent }) => intent === 'draining')
    const seen = new Set(short.map(({ id }) => id))
    const onDraining = isDraining ? await shortContents(tx, { isDraining }) : []
    const contents = [...short, ...onDraining.filter(({ id }) => !seen.has(id))]
    const copies: { content_id: string; node_id: string }[] = []
    const looked: { content_id: string; shortage: string | null }[] = []
    for (const content of contents) {
      const { nodeIds, shortage } = placeCopies(
        {
          contentId: content.id,
          network: content.realm === 'private' ? 'private' : 'public',
          size: content.dag_size,
          copies: content.copies_max,
          zones: content.zones,
          holders: content.holders,
        },
        nodes,
      )
      looked.push({ content_id: content.id, shortage })
      for (const node_id of nodeIds) {
        copies.push({ content_id: content.id, node_id })
        const node = nodes.find(({ id }) => id === node_id)
        if (node !== undefined) node.queued++
      }
    }
    if (contents.length > 0)
      await sql`
        update contents c set place_after = now() + interval '5 minutes'
        from ${recordset(looked, 'content_id uuid')} where c.id = x.content_id
      `.execute(tx)
    if (copies.length > 0)
      await sql`
        insert into replicas (content_id, node_id, status, next_try_at)
        select content_id, node_id, 'assigned', now() from ${recordset(copies, 'content_id uuid, node_id uuid')}
        on conflict do nothing
      `.execute(tx)
    return { assigned: copies.length, isFull: short.length === PAGE || onDraining.length === PAGE }
  })
}

/** A copy that is being released is none any more, and its node can take no other one before it has let go. */
const shortContents = async (
  tx: Transaction<Tables>,
  { isDraining }: { isDraining: boolean },
): Promise<ShortContent[]> => {
  // Two queries, so that each has its index. What is on a node that is emptied needs a place elsewhere, however many copies there are.
  const which = isDraining
    ? sql`c.id in (select r.content_id from replicas r join nodes n on n.id = r.node_id
        where n.intent = 'draining' and r.status in ('pinned', 'unreachable'))`
    : sql`c.confirmed < c.copies_max`
  const { rows } = await sql<ShortContent>`
    select c.id, c.realm, coalesce(c.dag_size, 0) as dag_size, c.copies_max, c.zones,
      array(select r.node_id from replicas r join nodes n on n.id = r.node_id
        where r.content_id = c.id and n.role = 'store' and n.intent = 'active') as holders
    from contents c
    where c.state = 'held' and (c.place_after is null or c.place_after <= now()) and ${which}
    order by c.place_after nulls first
    limit ${PAGE}
    for update of c skip locked
  `.execute(tx)
  return rows
}

/** Nodes that may keep copies, with what is on its way to each. */
export const readPlacementNodes = async (db: Kysely<Tables>): Promise<PlacementNode[]> => {
  const { rows } = await sql<PlacementNode>`
    select n.id, n.network, n.zone, n.intent, n.state, n.capacity_bytes as "capacityBytes", n.used_bytes as "usedBytes",
      (select count(*) from replicas r where r.node_id = n.id and r.status in ('assigned', 'pinning', 'error'))::int as queued
    from nodes n where n.role = 'store' and n.intent <> 'removed'
  `.execute(db)
  return rows
}

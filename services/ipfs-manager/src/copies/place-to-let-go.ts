import { recordset } from '@packages/db/ingest/recordset'
import { sql } from 'kysely'
import type { PinNetwork } from '../pin-backend.ts'
import { readPlacementNodes } from '../replication/assign-copies.ts'
import { networkFor, placeCopies } from '../replication/placement.ts'
import type { LetGoDeps } from './let-go-copies.ts'

const PAGE = 100
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

type Own = { id: string; realm: PinNetwork; size: number; need: number; holders: string[] }

/**
 * Assigns copies of what the own store could let go if more nodes had it. With the own copy there are as many as are wished for, so nobody else asks for them, and the
 * content would stay for ever. @returns how many copies were assigned, at most some hundred
 */
export const placeToLetGo = async (deps: LetGoDeps, signal: AbortSignal): Promise<number> => {
  let assigned = 0
  for (let after: string | undefined = FIRST_ID; after !== undefined && assigned < PAGE && !signal.aborted; ) {
    const page: { last: string | undefined; assigned: number } = await placePage(deps, after)
    assigned += page.assigned
    after = page.last
  }
  return assigned
}

const placePage = async ({ db, nodeId, leastCopies }: LetGoDeps, after: string) => {
  const nodes = (await readPlacementNodes(db.kysely)).filter(({ id }) => id !== nodeId)
  const need = sql`greatest(c.copies_min, ${leastCopies}::int)`
  // Private content counts on private nodes alone.
  const holders = sql`array(select r.node_id from replicas r join nodes n on n.id = r.node_id
    where r.content_id = c.id and r.node_id <> ${nodeId} and n.role = 'store' and n.intent = 'active'
      and (c.realm = 'public' or n.network = 'private'))`
  return db.kysely.transaction().execute(async (tx) => {
    const { rows } = await sql<Own>`
      select c.id, c.realm, coalesce(c.dag_size, 0) as size, ${need} as need, ${holders} as holders from contents c
      where c.state = 'held' and c.realm in ('public', 'private') and c.moving_copies is null and c.confirmed >= c.copies_max
        and c.id > ${after}::uuid and cardinality(${holders}) < ${need}
        and exists (select from replicas r where r.content_id = c.id and r.content_id > ${after}::uuid and r.node_id = ${nodeId}
          and r.status = 'pinned')
      order by c.id limit ${PAGE} for update of c skip locked
    `.execute(tx)
    const copies = rows.flatMap(({ id, realm, size, need: count, holders: there }) =>
      placeCopies(
        { contentId: id, network: networkFor(realm, nodes), size, copies: count, zones: [], holders: there },
        nodes,
      ).nodeIds.map((node_id) => ({ content_id: id, node_id })),
    )
    if (copies.length > 0)
      await sql`
        insert into replicas (content_id, node_id, status, next_try_at)
        select content_id, node_id, 'assigned', now() from ${recordset(copies, 'content_id uuid, node_id uuid')}
        on conflict do nothing
      `.execute(tx)
    return { last: rows.length === PAGE ? rows.at(-1)?.id : undefined, assigned: copies.length }
  })
}

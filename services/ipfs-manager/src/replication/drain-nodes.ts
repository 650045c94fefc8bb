import type { Database } from '@packages/db/open-database'
import { NO_OTHER_NODE } from '@packages/shared/shortage'
import { sql } from 'kysely'
import { letGo } from './let-go.ts'

export type DrainNodesDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

const BATCH = 100
/** A copy that was tried that often is not waited for, where the minimum is confirmed without it. */
const MANY_TRIES = 5

type Here = {
  id: string
  cid: string
  elsewhere: number
  coming: number
  hopeless: number
  copies_min: number
  copies_max: number
  /** The last look found no node for more. That it was looked at says nothing alone: it had places, and may have been before the node was drained. */
  is_short: boolean
  counts: boolean
}

/**
 * Empties nodes that an operator wants to be empty: a copy goes when as many as are wished for are confirmed on other nodes, or the least that is
 * wished for where there is no node for more. What never became a copy goes at once. From a node that the platform leaves, only when the copies elsewhere have
 * been read back (`verifyCopies`). @returns how many copies go
 */
export const drainNodes = async (deps: DrainNodesDeps, signal: AbortSignal): Promise<number> => {
  const nodes = await deps.db.kysely
    .selectFrom('nodes')
    .select('id')
    .where('intent', '=', 'draining')
    .where('kind', '<>', 'embedded')
    .execute()
  let total = 0
  for (const { id } of nodes)
    for (
      let after: string | undefined = '00000000-0000-0000-0000-000000000000';
      after !== undefined && !signal.aborted;
    ) {
      const page: { last: string | undefined; gone: number } = await drainPage(deps, id, after)
      total += page.gone
      after = page.last
    }
  return total
}

const drainPage = async ({ db }: DrainNodesDeps, nodeId: string, after: string) => {
  const { result } = await db.unitOfWork.run(async (uow) => {
    const { rows: locked } = await sql<{ id: string }>`
      select c.id from contents c join replicas r on r.content_id = c.id and r.node_id = ${nodeId}
      where r.status <> 'releasing' and c.state = 'held' and c.id > ${after}::uuid and r.content_id > ${after}::uuid
      order by c.id limit ${BATCH} for update of c skip locked
    `.execute(uow.tx)
    const ids = locked.map(({ id }) => id)
    const { rows } = await sql<Here>`
      select c.id, coalesce(c.node_cid, c.cid) as cid, c.copies_min, c.copies_max,
        coalesce(c.place_after > now() and ${NO_OTHER_NODE} = any(string_to_array(c.shortage, E'\\n')), false) as is_short,
        count(*) filter (where o.status = 'pinned' and (o.verified_at is not null or not (
          select d.is_leaving from nodes d where d.id = ${nodeId})))::int as elsewhere,
        count(*) filter (where o.status in ('assigned', 'pinning', 'error', 'lost') and o.attempts < ${MANY_TRIES})::int as coming,
        count(*) filter (where o.status in ('assigned', 'pinning', 'error', 'lost') and o.attempts >= ${MANY_TRIES})::int as hopeless,
        h.status in ('pinned', 'unreachable') as counts
      from contents c join replicas h on h.content_id = c.id and h.node_id = ${nodeId}
      left join (replicas o join nodes n on n.id = o.node_id and n.role = 'store' and n.intent = 'active') on o.content_id = c.id
      where c.id = any(${ids}::uuid[]) and c.state = 'held' and h.status <> 'releasing'
      group by c.id, h.status
    `.execute(uow.tx)
    const gone = rows.filter(mayGo).map(({ id, cid }) => ({ content_id: id, node_id: nodeId, cid }))
    await letGo(uow, gone, 'drained')
    return { last: ids.length === BATCH ? ids.at(-1) : undefined, gone: gone.length }
  })
  return result
}

const mayGo = ({ counts, elsewhere, coming, hopeless, copies_min, copies_max, is_short }: Here): boolean =>
  !counts ||
  elsewhere >= copies_max ||
  (elsewhere >= Math.max(1, copies_min) && coming === 0 && (is_short || hopeless > 0))

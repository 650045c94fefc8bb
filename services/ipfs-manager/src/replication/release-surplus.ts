import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import { letGo } from './let-go.ts'
import { chooseSurplus, type SurplusHolder } from './surplus.ts'

export type ReleaseSurplusDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  nodeId: string
  /** As many as letting go of the own copy needs stay on nodes while that is there, or more where pins wish for more; null: nothing is let go. */
  leastOnNodes: number | null
}

const BATCH = 100
/** Of a node in one run: what is wrong must not empty it before somebody sees it (rule 9). */
const SHARE = 0.01
const AT_LEAST = 10

type Surplus = {
  id: string
  cid: string
  copies_max: number
  zones: string[]
  copies_min: number
  own: string | null
  holders: SurplusHolder[]
}

/**
 * Says of copies above what is wished for that they go. The own store's stays: it is what we read from, until its disk is short. Then it goes on the ground of those
 * on nodes, so these are not fewer than that needs. @returns how many
 */
export const releaseSurplus = async (deps: ReleaseSurplusDeps, signal: AbortSignal): Promise<number> => {
  const left = await quotas(deps)
  const { leastOnNodes } = deps
  let total = 0
  for (let after = '00000000-0000-0000-0000-000000000000'; !signal.aborted; ) {
    const { result } = await deps.db.unitOfWork.run(async (uow) => {
      const { rows: locked } = await sql<{ id: string }>`
        select c.id from contents c
        where c.state = 'held' and c.confirmed > c.copies_max and c.id > ${after}::uuid
          and (c.realm <> 'private' or c.node_cid is not null)
          and c.confirmed > greatest(c.copies_max, case when exists (select from replicas r
            where r.content_id = c.id and r.node_id = ${deps.nodeId} and r.status = 'pinned')
            then 1 + ${leastBeside(deps)} else 1 end)
        order by c.id limit ${BATCH} for update of c skip locked
      `.execute(uow.tx)
      const ids = locked.map(({ id }) => id)
      // Read anew: what was seen before they were locked may have changed.
      const { rows } = await sql<Surplus>`
        select c.id, coalesce(c.node_cid, c.cid) as cid, c.copies_min, c.copies_max, c.zones,
          (select n.zone from replicas r join nodes n on n.id = r.node_id
            where r.content_id = c.id and r.status = 'pinned' and r.node_id = ${deps.nodeId}) as own,
          coalesce((select jsonb_agg(jsonb_build_object('nodeId', n.id, 'zone', n.zone,
              'fill', coalesce(n.used_bytes::float8 / nullif(n.capacity_bytes, 0), 0)))
            from replicas r join nodes n on n.id = r.node_id
            where r.content_id = c.id and r.status = 'pinned' and r.node_id <> ${deps.nodeId} and n.role = 'store'
              and n.intent = 'active'), '[]') as holders
        from contents c where c.id = any(${ids}::uuid[]) and c.state = 'held' and c.confirmed > c.copies_max
      `.execute(uow.tx)
      const copies = rows.flatMap(({ id, cid, copies_min, copies_max: copies, zones, own, holders }) =>
        chooseSurplus(
          own === null
            ? { copies, zones, kept: [], least: 1 }
            : {
                copies,
                zones,
                kept: [own],
                least: Math.max(1, leastOnNodes === null ? 0 : copies_min, leastOnNodes ?? 0),
              },
          holders,
        )
          .filter((nodeId) => take(left, nodeId))
          .map((nodeId) => ({ content_id: id, node_id: nodeId, cid })),
      )
      await letGo(uow, copies, 'surplus')
      return { last: ids.length === BATCH ? ids.at(-1) : undefined, count: copies.length }
    })
    total += result.count
    if (result.last === undefined) break
    after = result.last
  }
  return total
}

const leastBeside = ({ leastOnNodes }: ReleaseSurplusDeps) =>
  leastOnNodes === null ? sql`1` : sql`greatest(1, c.copies_min, ${leastOnNodes}::int)`

const take = (left: Map<string, number>, nodeId: string): boolean => {
  const more = left.get(nodeId) ?? AT_LEAST
  left.set(nodeId, more - 1)
  return more > 0
}

const quotas = async ({ db }: ReleaseSurplusDeps): Promise<Map<string, number>> => {
  const { rows } = await sql<{ node_id: string; copies: number }>`
    select node_id, count(*) as copies from replicas where status = 'pinned' group by node_id
  `.execute(db.kysely)
  return new Map(rows.map(({ node_id, copies }) => [node_id, Math.max(AT_LEAST, Math.floor(Number(copies) * SHARE))]))
}

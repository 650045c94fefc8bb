import type { Database } from '@packages/db/open-database'
import { nextReplicaStatus, type ReplicaStatus } from '@packages/shared/replica-state'
import { sql } from 'kysely'

type Deps = { db: Pick<Database, 'kysely'> }

export type DueReplica = {
  contentId: string
  nodeId: string
  /** As the own store has it; of a private content its list. */
  cid: string
  /** What the node is to pin; null for a private content that has no name on nodes yet. */
  nodeCid: string | null
  realm: 'public' | 'private'
  dagSize: number
  attempts: number
  /** Nodes that have confirmed a copy. */
  holders: string[]
}

/** A try whose process died is taken up again after that time. */
export const LEASE_MS = 30_000
const lease = sql`now() + ${LEASE_MS}::float8 * interval '1 millisecond'`

/** Takes copies that are to be made on a node; until then its lease keeps others from it. */
export const takeDueReplicas = async ({ db }: Deps, nodeId: string, limit: number): Promise<DueReplica[]> => {
  const { rows } = await sql<DueReplica>`
    update replicas r set status = 'pinning', attempts = r.attempts + 1, next_try_at = ${lease}
    from (
      select r.content_id, c.cid, c.realm, coalesce(c.dag_size, 0) as dag_size,
        case when c.realm = 'private' and n.kind <> 'embedded' then c.node_cid else c.cid end as node_cid,
        array(select h.node_id from replicas h where h.content_id = c.id and h.status = 'pinned') as holders
      from replicas r join contents c on c.id = r.content_id join nodes n on n.id = r.node_id
      where r.node_id = ${nodeId} and r.status in ('assigned', 'pinning', 'lost', 'error') and r.next_try_at <= now()
        and c.state = 'held'
      order by r.next_try_at limit ${limit}
      for update of r skip locked
    ) due
    where r.node_id = ${nodeId} and r.content_id = due.content_id
    returning r.content_id as "contentId", r.node_id as "nodeId", due.cid, due.node_cid as "nodeCid", due.realm, due.dag_size as "dagSize",
      r.attempts, due.holders
  `.execute(db.kysely)
  return rows
}

/** Those of them that are still wanted, for as long again. */
export const renewReplicas = async (
  { db }: Deps,
  copies: readonly { contentId: string; nodeId: string }[],
): Promise<{ contentId: string; nodeId: string }[]> => {
  if (copies.length === 0) return []
  const { rows } = await sql<{ contentId: string; nodeId: string }>`
    update replicas r set next_try_at = ${lease}
    from unnest(${copies.map((one) => one.contentId)}::uuid[], ${copies.map((one) => one.nodeId)}::uuid[]) as x (content, node)
    where r.content_id = x.content and r.node_id = x.node and r.status = 'pinning'
    returning r.content_id as "contentId", r.node_id as "nodeId"
  `.execute(db.kysely)
  return rows
}

/** Notes that a try failed, and when the next one is; a copy that is not to be made any more stays what it is. */
export const failReplica = async (
  { db }: Deps,
  { contentId, nodeId }: { contentId: string; nodeId: string },
  { message, delayMs }: { message: string; delayMs: number },
): Promise<void> => {
  await db.kysely.transaction().execute(async (tx) => {
    const { rows } = await sql<{ status: ReplicaStatus }>`
      select status from replicas where content_id = ${contentId} and node_id = ${nodeId} for update
    `.execute(tx)
    const [replica] = rows
    if (replica === undefined || replica.status === 'releasing') return
    await sql`
      update replicas set status = ${nextReplicaStatus(replica.status, 'failed')}, error = ${message},
        next_try_at = now() + ${delayMs}::float8 * interval '1 millisecond'
      where content_id = ${contentId} and node_id = ${nodeId}
    `.execute(tx)
  })
}

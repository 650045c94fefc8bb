import type { Tables } from '@packages/db/tables'
import { nextReplicaStatus } from '@packages/shared/replica-state'
import { sql, type Transaction } from 'kysely'

/** Copies of live contents that were to go from a node are to stay: the node is asked for them, and until then they do not count. */
export const recallCopies = async (
  tx: Transaction<Tables>,
  { nodeId, contentId }: { nodeId: string; contentId?: string },
): Promise<void> => {
  const status = nextReplicaStatus('releasing', 'recalled')
  await sql`
    update replicas r set status = ${status}, next_try_at = now() from contents c
    where c.id = r.content_id and c.state = 'held' and r.node_id = ${nodeId} and r.status = 'releasing'
      ${contentId === undefined ? sql`` : sql`and c.id = ${contentId}`}
  `.execute(tx)
  await sql`
    delete from node_tombstones t where t.node_id = ${nodeId} and t.reason <> 'orphan'
      and exists (select from replicas r where r.content_id = t.content_id and r.node_id = t.node_id and r.status = ${status})
  `.execute(tx)
}

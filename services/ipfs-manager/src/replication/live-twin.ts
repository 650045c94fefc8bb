import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import { cidOnNode } from '../cid-on-node.ts'

/** What a node has under a CID, which is the one that the node pins. */
type OnNode = { nodeId: string; cid: string; realm: string }

/**
 * A live content that has a copy under this CID on this node: the pin there is what it stands on. Asked under the root's lock (`RootLocks`), so that none is being made.
 * @returns the content, or null: nobody counts on the pin
 */
export const liveTwin = async (
  { db }: { db: Pick<Database, 'kysely'> },
  { nodeId, cid, realm }: OnNode,
): Promise<string | null> => {
  // Each of both names has its index.
  const { rows } = await sql<{ id: string }>`
    select c.id from contents c join replicas r on r.content_id = c.id join nodes n on n.id = r.node_id
    where n.id = ${nodeId} and c.realm = ${realm} and (c.cid = ${cid} or c.node_cid = ${cid}) and ${cidOnNode} = ${cid}
      and c.state <> 'released' and r.status in ('pinned', 'unreachable')
    limit 1
  `.execute(db.kysely)
  return rows[0]?.id ?? null
}

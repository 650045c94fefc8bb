import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { NodePool } from './node-pool.ts'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'

export type RemoveNodeDeps = { db: Pick<Database, 'unitOfWork'>; nodePool: NodePool | null }

/**
 * Uses a node no more. Its row stays: settings may name it still, and `active` brings it back. The credentials of one that was added go: adding it again brings
 * it back. Operators only.
 * @throws HoldfastError `forbidden`, `not_found`, `conflict` while it has copies, or was not drained
 */
export const removeNode = async (
  { db, nodePool }: RemoveNodeDeps,
  actor: Actor | null,
  nodeId: string,
): Promise<void> => {
  authorize(actor, 'nodes:write')
  if (!isUuid(nodeId)) throw new HoldfastError('not_found')
  const { result: isAdded } = await db.unitOfWork.run(async ({ tx, record }) => {
    const node = await tx
      .selectFrom('nodes')
      .select(['intent', 'is_added'])
      .where('id', '=', nodeId)
      .forUpdate()
      .executeTakeFirst()
    if (node === undefined) throw new HoldfastError('not_found')
    if (node.intent === 'removed') return node.is_added
    if (node.intent !== 'draining') throw new HoldfastError('conflict', { detail: 'Drain the node first.' })
    const copy = await tx
      .selectFrom('replicas')
      .select('node_id')
      .where('node_id', '=', nodeId)
      .limit(1)
      .executeTakeFirst()
    if (copy !== undefined)
      throw new HoldfastError('conflict', { detail: 'The node still has copies, or is to let some go.' })
    await tx.updateTable('nodes').set({ intent: 'removed', token_sealed: null }).where('id', '=', nodeId).execute()
    record({ kind: 'node.removed', organizationId: null, actorId: actor.userId, subject: nodeId, payload: {} })
    return node.is_added
  })
  if (isAdded) nodePool?.drop(nodeId)
}

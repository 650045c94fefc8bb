import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import { placeElsewhere } from '@services/ipfs-manager/replication/place-elsewhere'
import { recallCopies } from '@services/ipfs-manager/replication/recall-copies'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { placeAnew } from './added-node-rows.ts'
import { presentNode } from './presenter.ts'
import { listNodeRows } from './repository.ts'
import type { NodeChange, nodeSchema } from './schemas.ts'

export type ChangeNodeDeps = { db: Pick<Database, 'unitOfWork'> }

/**
 * Says what a node is, and what is wanted of it: `draining` empties it, copies confirmed elsewhere first; `active` takes that back, and also a removal.
 * Operators only.
 * @throws HoldfastError `forbidden`, `not_found`, `conflict` for the own store, which cannot be emptied, and for a node that was added and removed
 */
export const changeNode = async (
  { db }: ChangeNodeDeps,
  actor: Actor | null,
  nodeId: string,
  change: NodeChange,
): Promise<z.infer<typeof nodeSchema>> => {
  authorize(actor, 'nodes:write')
  if (!isUuid(nodeId)) throw new HoldfastError('not_found')
  const { result } = await db.unitOfWork.run(async ({ tx, record }) => {
    const node = await tx
      .selectFrom('nodes')
      .select(['kind', 'intent', 'is_added'])
      .where('id', '=', nodeId)
      .forUpdate()
      .executeTakeFirst()
    if (node === undefined) throw new HoldfastError('not_found')
    const { intent, zone, labels } = change
    if (node.kind === 'embedded' && intent === 'draining')
      throw new HoldfastError('conflict', { detail: 'The own store is what is read from: it cannot be drained.' })
    if (intent !== undefined && node.is_added && node.intent === 'removed')
      throw new HoldfastError('conflict', { detail: 'Its credentials are gone: add the node again.' })
    await tx
      .updateTable('nodes')
      .set({
        ...(intent === undefined ? {} : { intent }),
        ...(zone === undefined ? {} : { zone }),
        ...(labels === undefined ? {} : { labels: JSON.stringify(labels) }),
      })
      .where('id', '=', nodeId)
      .execute()
    if (intent === 'active') await recallCopies(tx, { nodeId })
    if (intent === 'draining') await placeElsewhere(tx, nodeId)
    if (zone !== undefined) await placeAnew(tx, zone)
    record({ kind: 'node.changed', organizationId: null, actorId: actor.userId, subject: nodeId, payload: change })
    return (await listNodeRows(tx)).find(({ id }) => id === nodeId)
  })
  if (result === undefined) throw new HoldfastError('not_found')
  return presentNode(result)
}

import { lockIpnsName } from '@packages/db/ipns/write-ipns-record'
import type { Database } from '@packages/db/open-database'
import { waitForGateways } from '@packages/db/policy-log'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { FOLLOW_MS } from './publish-name.ts'
import { keyRowOf } from './repository.ts'

export type DeleteKeyDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

/**
 * Ends a key: nothing is published by it any more, and its name, record and history go. What the network was told it keeps until the record ends.
 * @returns whether every gateway knows @throws HoldfastError `not_found`
 */
export const deleteKey = async ({ db }: DeleteKeyDeps, actor: Actor | null, id: string): Promise<boolean> => {
  authorize(actor, 'ipns:write', {})
  const { organizationId, userId } = actor
  const { name } = await keyRowOf(db.kysely, organizationId, id)
  const { policyPosition } = await db.unitOfWork.run(async (uow) => {
    await lockIpnsName(uow.tx, name)
    const { label } = await keyRowOf(uow.tx, organizationId, id)
    await uow.tx.deleteFrom('ipns_keys').where('id', '=', id).execute()
    uow.policy({ kind: 'ipns.published', name })
    uow.record({ kind: 'ipns.key-deleted', organizationId, actorId: userId, subject: id, payload: { label, name } })
  })
  return policyPosition === undefined || waitForGateways(db.kysely, policyPosition, FOLLOW_MS)
}

import type { Database } from '@packages/db/open-database'
import { waitForGateways } from '@packages/db/policy-log'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'

export type RevokeLinkDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

const FOLLOW_MS = 1_000

/**
 * Makes a link stop working. It opens nothing from the commit on; downloads under way are cut as gateways hear of it.
 * @returns whether all have heard
 * @throws HoldfastError `not_found`, also for one that was revoked or has been forgotten
 */
export const revokeLink = async (
  deps: RevokeLinkDeps,
  actor: Actor,
  { fileId, linkId }: { fileId: string; linkId: string },
): Promise<boolean> => {
  const { organizationId, userId } = actor
  authorize(actor, 'links:write', { organizationId })
  if (!isUuid(fileId) || !isUuid(linkId)) throw new HoldfastError('not_found')
  const { policyPosition } = await deps.db.unitOfWork.run(async (uow) => {
    const { numUpdatedRows } = await uow.tx
      .updateTable('file_links')
      .set({ revoked_at: new Date() })
      .where('id', '=', linkId)
      .where('file_id', '=', fileId)
      .where('organization_id', '=', organizationId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new HoldfastError('not_found')
    uow.policy({ kind: 'link.revoked', linkId })
    uow.record({ kind: 'link.revoked', organizationId, actorId: userId, subject: linkId, payload: { fileId } })
  })
  return policyPosition === undefined || waitForGateways(deps.db.kysely, policyPosition, FOLLOW_MS)
}

import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { presentOrganization } from './presenter.ts'
import type { Organization } from './schemas.ts'

export type ChangeOrganizationDeps = { db: Pick<Database, 'unitOfWork'> }

/** Renames an organization; its slug stays, for addresses may hold it. */
export const changeOrganization = async (
  deps: ChangeOrganizationDeps,
  actor: Actor,
  organizationId: string,
  { name }: { name: string },
): Promise<Organization> => {
  authorize(actor, 'organization:write', { organizationId })
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .updateTable('organizations')
      .set({ name })
      .where('id', '=', organizationId)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    const payload = { name }
    const subject = organizationId
    uow.record({ kind: 'organization.renamed', organizationId, actorId: actor.userId, subject, payload })
    return row
  })
  return presentOrganization(result)
}

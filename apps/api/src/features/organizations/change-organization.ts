import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Replication } from '@packages/shared/replication'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { replicationColumns } from './replication-columns.ts'
import type { Visibility } from '../../private/visibility.ts'
import { presentOrganization } from './presenter.ts'
import type { Organization } from './schemas.ts'

export type ChangeOrganizationDeps = { db: Pick<Database, 'unitOfWork'> }

export type OrganizationChanges = {
  name?: string | undefined
  defaultVisibility?: Visibility | undefined
  defaultReplication?: Replication | null | undefined
}

/**
 * Renames an organization (its slug stays, for addresses may hold it), or says what its uploads are that do not say, and how many copies its pins have.
 * @throws HoldfastError `quota_exceeded` for more copies than the plan allows
 */
export const changeOrganization = async (
  deps: ChangeOrganizationDeps,
  actor: Actor,
  organizationId: string,
  { name, defaultVisibility, defaultReplication }: OrganizationChanges,
): Promise<Organization> => {
  authorize(actor, 'organization:write', { organizationId })
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const replication =
      defaultReplication === undefined ? {} : await replicationColumns(uow.tx, organizationId, defaultReplication)
    const row = await uow.tx
      .updateTable('organizations')
      // The id is set so that a body without changes is a statement too.
      .set({
        id: organizationId,
        ...(name === undefined ? {} : { name }),
        ...(defaultVisibility === undefined ? {} : { default_visibility: defaultVisibility }),
        ...replication,
      })
      .where('id', '=', organizationId)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    const by = { organizationId, actorId: actor.userId, subject: organizationId }
    if (name !== undefined) uow.record({ kind: 'organization.renamed', ...by, payload: { name } })
    if (defaultVisibility !== undefined)
      uow.record({ kind: 'organization.default-visibility-changed', ...by, payload: { defaultVisibility } })
    if (defaultReplication !== undefined)
      uow.record({ kind: 'organization.default-replication-changed', ...by, payload: { defaultReplication } })
    return row
  })
  return presentOrganization(result)
}

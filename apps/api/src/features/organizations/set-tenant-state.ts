import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor, OrganizationState } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import { presentOrganization } from './presenter.ts'
import type { Organization } from './schemas.ts'

export type SetTenantStateDeps = {
  db: Pick<Database, 'unitOfWork'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

const KINDS = {
  active: 'organization.restored',
  'read-only': 'organization.frozen',
  suspended: 'organization.suspended',
} as const

/** Suspends, freezes or restores a tenant, in all processes at once. Operators only. @throws HoldfastError `not_found` */
export const setTenantState = async (
  deps: SetTenantStateDeps,
  actor: Actor,
  organizationId: string,
  { state, reason }: { state: OrganizationState; reason: string },
): Promise<Organization> => {
  authorize(actor, 'tenants:write')
  if (!isUuid(organizationId)) throw new HoldfastError('not_found')
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .updateTable('organizations')
      .set({ state, state_reason: state === 'active' ? null : reason })
      .where('id', '=', organizationId)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    uow.policy({ kind: 'organization.changed', organizationId })
    const subject = organizationId
    uow.record({ kind: KINDS[state], organizationId, actorId: actor.userId, subject, payload: { reason } })
    return row
  })
  deps.authenticator.invalidate({ kind: 'organization.changed', organizationId })
  return presentOrganization(result)
}

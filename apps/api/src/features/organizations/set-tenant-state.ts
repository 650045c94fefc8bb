import type { Database } from '@packages/db/open-database'
import { waitForGateways } from '@packages/db/policy-log'
import { tellGateways } from '@packages/db/tell-gateways'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor, OrganizationState } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import { presentOrganization } from './presenter.ts'
import type { Organization } from './schemas.ts'

export type SetTenantStateDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

const KINDS = {
  active: 'organization.restored',
  'read-only': 'organization.frozen',
  suspended: 'organization.suspended',
} as const

/** How long a caller waits for gateways: they look up what the tenant alone holds, and walk through it. */
const FOLLOW_MS = 2_000

/** `followed`: every gateway withholds what it has to. False: some will in a moment. */
export type TenantStateSet = { organization: Organization; followed: boolean }

/** Suspends, freezes or restores a tenant, in all processes at once. Operators only. @throws HoldfastError `not_found` */
export const setTenantState = async (
  deps: SetTenantStateDeps,
  actor: Actor,
  organizationId: string,
  { state, reason }: { state: OrganizationState; reason: string },
): Promise<TenantStateSet> => {
  authorize(actor, 'tenants:write')
  if (!isUuid(organizationId)) throw new HoldfastError('not_found')
  const { result, policyPosition } = await deps.db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .updateTable('organizations')
      .set({ state, state_reason: state === 'active' ? null : reason })
      .where('id', '=', organizationId)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    uow.policy({ kind: 'organization.changed', organizationId })
    await tellGateways(uow, organizationId)
    const subject = organizationId
    uow.record({ kind: KINDS[state], organizationId, actorId: actor.userId, subject, payload: { reason } })
    return row
  })
  deps.authenticator.invalidate({ kind: 'organization.changed', organizationId })
  const followed = policyPosition === undefined || (await waitForGateways(deps.db.kysely, policyPosition, FOLLOW_MS))
  return { organization: presentOrganization(result), followed }
}

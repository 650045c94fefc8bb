import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor, OrganizationRole } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'

export type ChangeMemberDeps = {
  db: Pick<Database, 'unitOfWork'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

/** A membership that is asked about, with the organization's row locked: changes of members go one after the other. */
const lockMember = async (
  uow: UnitOfWorkContext,
  organizationId: string,
  userId: string,
): Promise<{ role: string }> => {
  await uow.tx
    .selectFrom('organizations')
    .where('id', '=', organizationId)
    .select('id')
    .forNoKeyUpdate()
    .executeTakeFirst()
  const member = await uow.tx
    .selectFrom('members')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .select('role')
    .executeTakeFirst()
  if (member === undefined) throw new HoldfastError('not_found')
  return member
}

/** @throws HoldfastError `last_owner` */
const requireAnotherOwner = async (uow: UnitOfWorkContext, organizationId: string, userId: string): Promise<void> => {
  const other = await uow.tx
    .selectFrom('members')
    .where('organization_id', '=', organizationId)
    .where('role', '=', 'owner')
    .where('user_id', '!=', userId)
    .select('id')
    .executeTakeFirst()
  if (other === undefined) throw new HoldfastError('last_owner')
}

/** Gives a member another role; it holds on their next request. @throws HoldfastError `not_found`, `last_owner` */
export const changeRole = async (
  deps: ChangeMemberDeps,
  actor: Actor,
  target: { organizationId: string; userId: string; role: OrganizationRole },
): Promise<void> => {
  const { organizationId, userId, role } = target
  authorize(actor, 'members:write', { organizationId })
  if (role === 'owner') authorize(actor, 'owners:write', { organizationId })
  if (!isUuid(userId)) throw new HoldfastError('not_found')
  await deps.db.unitOfWork.run(async (uow) => {
    const member = await lockMember(uow, organizationId, userId)
    if (member.role === role) return
    if (member.role === 'owner') {
      authorize(actor, 'owners:write', { organizationId })
      await requireAnotherOwner(uow, organizationId, userId)
    }
    await uow.tx
      .updateTable('members')
      .set({ role })
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .execute()
    uow.policy({ kind: 'user.changed', userId })
    const payload = { from: member.role, to: role }
    uow.record({ kind: 'member.role-changed', organizationId, actorId: actor.userId, subject: userId, payload })
  })
  deps.authenticator.invalidate({ kind: 'user.changed', userId })
}

/**
 * Ends a membership, and with it the member's API keys in the organization for good: joining again revives none.
 * @throws HoldfastError `not_found`, `last_owner`
 */
export const removeMember = async (
  deps: ChangeMemberDeps,
  actor: Actor,
  target: { organizationId: string; userId: string },
): Promise<void> => {
  const { organizationId, userId } = target
  const leaves = userId === actor.userId
  authorize(actor, leaves && actor.kind === 'session' ? 'organization:leave' : 'members:write', { organizationId })
  if (!isUuid(userId)) throw new HoldfastError('not_found')
  await deps.db.unitOfWork.run(async (uow) => {
    const { role } = await lockMember(uow, organizationId, userId)
    if (role === 'owner') {
      authorize(actor, leaves ? 'organization:leave' : 'owners:write', { organizationId })
      await requireAnotherOwner(uow, organizationId, userId)
    }
    await uow.tx
      .deleteFrom('members')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .execute()
    await uow.tx
      .updateTable('api_keys')
      .set({ revoked_at: new Date() })
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null)
      .execute()
    uow.policy({ kind: 'user.changed', userId })
    const kind = leaves ? 'member.left' : 'member.removed'
    uow.record({ kind, organizationId, actorId: actor.userId, subject: userId, payload: { role } })
  })
  deps.authenticator.invalidate({ kind: 'user.changed', userId })
}

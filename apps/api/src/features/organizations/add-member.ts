import { randomUUIDv7 } from 'node:crypto'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { OrganizationRole } from '../../authorization/actor.ts'

export type NewMember = { organizationId: string; userId: string; role: OrganizationRole; actorId: string }

/**
 * Makes a user a member, in the caller's unit of work; the caller has asked whether it may be, and calls
 * `authenticator.invalidate({ kind: 'user.changed', userId })` after the commit.
 * @throws HoldfastError `already_exists`
 */
export const addMember = async (uow: UnitOfWorkContext, member: NewMember): Promise<void> => {
  const { organizationId, userId, role, actorId } = member
  const made = await uow.tx
    .insertInto('members')
    .values({ id: randomUUIDv7(), organization_id: organizationId, user_id: userId, role })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (made === undefined) throw new HoldfastError('already_exists', { detail: 'This user is a member already.' })
  uow.policy({ kind: 'user.changed', userId })
  uow.record({ kind: 'member.added', organizationId, actorId, subject: userId, payload: { role } })
}

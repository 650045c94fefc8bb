import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { makeToken } from '../auth/email-tokens.ts'
import { deliverInvitation, INVITATION_MS, limitInvitations, type SendInvitationDeps } from './deliver-invitation.ts'
import { type NewInvitation, presentInvitation } from './invitation-schema.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const requireId = (id: string): void => {
  if (!UUID.test(id)) throw new HoldfastError('not_found')
}

/** Its link stops working. @throws HoldfastError `forbidden`, `not_found` */
export const revokeInvitation = async (
  deps: { db: Pick<Database, 'unitOfWork'> },
  actor: Actor,
  id: string,
): Promise<void> => {
  const { organizationId, userId } = actor
  authorize(actor, 'members:write', { organizationId })
  requireId(id)
  await deps.db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .updateTable('invitations')
      .set({ status: 'canceled', token_hash: null })
      .where('id', '=', id)
      .where('organization_id', '=', organizationId)
      .where('status', '=', 'pending')
      .returning('id')
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    uow.record({ kind: 'invitation.revoked', organizationId, actorId: userId, subject: id, payload: {} })
  })
}

/** Another link, good for 7 days; the one before stops working. @throws HoldfastError `forbidden`, `not_found`, `rate_limited` */
export const resendInvitation = async (
  deps: SendInvitationDeps & { db: Pick<Database, 'kysely' | 'unitOfWork'> },
  actor: Actor,
  id: string,
): Promise<NewInvitation> => {
  const { organizationId, userId } = actor
  authorize(actor, 'members:write', { organizationId })
  requireId(id)
  const open = await deps.db.kysely
    .selectFrom('invitations')
    .where('id', '=', id)
    .where('organization_id', '=', organizationId)
    .where('status', '=', 'pending')
    .select('email')
    .executeTakeFirst()
  if (open === undefined) throw new HoldfastError('not_found')
  const { allowed } = await limitInvitations(deps, { organizationId, email: open.email })
  const { token, tokenHash } = makeToken()
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .updateTable('invitations')
      .set({
        token_hash: tokenHash,
        expires_at: new Date(Date.now() + INVITATION_MS),
        delivery: deps.mailbox === null ? 'link' : 'mail',
      })
      .where('id', '=', id)
      .where('organization_id', '=', organizationId)
      .where('status', '=', 'pending')
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    const link = await deliverInvitation(deps, uow, row, { token, allowed })
    uow.record({ kind: 'invitation.resent', organizationId, actorId: userId, subject: id, payload: {} })
    return { ...presentInvitation(row), link }
  })
  return result
}

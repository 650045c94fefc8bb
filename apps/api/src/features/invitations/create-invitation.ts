import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { findUserByEmail } from '../auth/addresses/find-user.ts'
import { makeToken } from '../auth/email-tokens.ts'
import { deliverInvitation, INVITATION_MS, limitInvitations, type SendInvitationDeps } from './deliver-invitation.ts'
import { type InvitedRole, type NewInvitation, presentInvitation } from './invitation-schema.ts'

export type CreateInvitationDeps = SendInvitationDeps & { db: Pick<Database, 'kysely' | 'unitOfWork'> }

/**
 * Invites an address into the request's organization. An earlier open invitation of the address is replaced.
 * @throws HoldfastError `forbidden`, `already_exists` for a member, `rate_limited`
 */
export const createInvitation = async (
  deps: CreateInvitationDeps,
  actor: Actor,
  input: { email: string; role: InvitedRole },
  record: RecordReply,
): Promise<NewInvitation> => {
  const { organizationId, userId } = actor
  authorize(actor, 'members:write', { organizationId })
  const { email, role } = input
  const { allowed } = await limitInvitations(deps, { organizationId, email })
  const { token, tokenHash } = makeToken()
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const user = await findUserByEmail(uow.tx, email)
    const member =
      user === undefined
        ? undefined
        : await uow.tx
            .selectFrom('members')
            .where('organization_id', '=', organizationId)
            .where('user_id', '=', user.id)
            .select('id')
            .executeTakeFirst()
    if (member !== undefined)
      throw new HoldfastError('already_exists', { fields: [{ path: 'email', message: 'is a member already' }] })
    await uow.tx
      .updateTable('invitations')
      .set({ status: 'canceled', token_hash: null })
      .where('organization_id', '=', organizationId)
      .where((where) => where(where.fn<string>('lower', ['email']), '=', email))
      .where('status', '=', 'pending')
      .execute()
    const row = await uow.tx
      .insertInto('invitations')
      .values({
        id: randomUUIDv7(),
        organization_id: organizationId,
        email,
        role,
        inviter_id: userId,
        token_hash: tokenHash,
        expires_at: new Date(Date.now() + INVITATION_MS),
        delivery: deps.mailbox === null ? 'link' : 'mail',
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const link = await deliverInvitation(deps, uow, row, { token, allowed })
    const payload = { role }
    uow.record({ kind: 'invitation.created', organizationId, actorId: userId, subject: row.id, payload })
    await record(uow.tx, { status: 201, body: null, subject: row.id })
    return { ...presentInvitation(row), link }
  })
  return result
}

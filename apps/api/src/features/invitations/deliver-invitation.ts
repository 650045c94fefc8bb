import type { Row } from '@packages/db/tables'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Mailbox } from '../auth/mailbox.ts'
import { type CountedWindow, MAILS_PER_ADDRESS, type RequestCounts } from '../auth/request-counts.ts'

export type SendInvitationDeps = {
  mailbox: Mailbox | null
  requestCounts: Pick<RequestCounts, 'take'>
  publicUrl: string
}

export const INVITATION_MS = 7 * 86_400_000

/** Mail of ours must not become anybody's means to write to the world. */
const INVITATIONS_PER_ORGANIZATION: CountedWindow = { what: 'invitation', limit: 200, windowMs: 86_400_000 }

/** @returns whether the address may be sent a mail now. @throws HoldfastError `rate_limited` for the organization */
export const limitInvitations = async (
  { requestCounts }: Pick<SendInvitationDeps, 'requestCounts'>,
  { organizationId, email }: { organizationId: string; email: string },
): Promise<{ allowed: boolean }> => {
  const { allowed, resetMs } = await requestCounts.take(INVITATIONS_PER_ORGANIZATION, organizationId)
  if (allowed) return requestCounts.take(MAILS_PER_ADDRESS, email.toLowerCase())
  const headers = { 'retry-after': String(Math.ceil(resetMs / 1_000)) }
  throw new HoldfastError('rate_limited', { detail: 'The organization has sent too many invitations today.', headers })
}

/** Mails the invitation. @returns the link where no mail is sent, for the inviter to hand on; else null */
export const deliverInvitation = async (
  deps: SendInvitationDeps,
  uow: UnitOfWorkContext,
  invitation: Pick<Row<'invitations'>, 'organization_id' | 'inviter_id' | 'email' | 'role'>,
  { token, allowed }: { token: string; allowed: boolean },
): Promise<string | null> => {
  const { mailbox, publicUrl } = deps
  if (mailbox === null) return `${publicUrl}/invitation#token=${token}`
  const { email, role } = invitation
  const names = await uow.tx
    .selectFrom('organizations as o')
    .innerJoin('users as u', (join) => join.on('u.id', '=', invitation.inviter_id))
    .where('o.id', '=', invitation.organization_id)
    .select(['o.name as organization', 'u.email as inviter'])
    .executeTakeFirstOrThrow()
  const link = mailbox.link('invitation', token)
  const content = { template: 'invitation', link, role: role ?? 'member', ...names } as const
  mailbox.post(uow, allowed ? { to: email, content } : null)
  return null
}

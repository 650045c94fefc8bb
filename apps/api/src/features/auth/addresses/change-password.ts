import type { Database } from '@packages/db/open-database'
import type { Actor } from '../../../authorization/actor.ts'
import type { Authenticator } from '../../../plugins/authenticate/authenticator.ts'
import { dropEmailTokens } from '../email-tokens.ts'
import type { Mailbox } from '../mailbox.ts'
import { hashNewPassword } from '../new-password.ts'
import type { Passwords } from '../passwords.ts'
import { endSessions } from '../sessions.ts'
import { ownAccount, type OwnAccountDeps, provePassword } from './own-account.ts'
import { setPassword } from './set-password.ts'

export type ChangePasswordDeps = OwnAccountDeps & {
  db: Pick<Database, 'unitOfWork'>
  mailbox: Mailbox | null
  passwords: Pick<Passwords, 'hash'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

/**
 * Another password for who is signed in and knows the current one. All other sessions end, and links to reset it.
 * @throws HoldfastError `forbidden`, `invalid_credentials`, `weak_password`, `rate_limited`, `unavailable`
 */
export const changePassword = async (
  deps: ChangePasswordDeps,
  actor: Actor,
  input: { currentPassword: string; newPassword: string; ipAddress: string },
): Promise<void> => {
  const account = await ownAccount(deps, actor)
  const { userId, sessionId, email } = account
  await provePassword(deps, account, { password: input.currentPassword, ipAddress: input.ipAddress })
  const passwordHash = await hashNewPassword(deps.passwords, { password: input.newPassword, email })
  const { result: ended } = await deps.db.unitOfWork.run(async (uow) => {
    await setPassword(uow, userId, passwordHash)
    await dropEmailTokens(uow, userId, ['reset-password', 'change-email'])
    const sessions = await endSessions(uow, userId, 'password-changed', sessionId)
    uow.record({ kind: 'user.password-changed', organizationId: null, actorId: userId, subject: userId, payload: {} })
    const link = deps.mailbox?.link('forgot-password')
    if (link !== undefined) deps.mailbox?.post(uow, { to: email, content: { template: 'password-changed', link } })
    return sessions
  })
  for (const id of ended) deps.authenticator.invalidate({ kind: 'session.revoked', sessionId: id })
}

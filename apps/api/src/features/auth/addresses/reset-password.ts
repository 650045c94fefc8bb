import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Authenticator } from '../../../plugins/authenticate/authenticator.ts'
import { dropEmailTokens, readEmailToken, takeEmailToken } from '../email-tokens.ts'
import type { Mailbox } from '../mailbox.ts'
import { hashNewPassword } from '../new-password.ts'
import type { Passwords } from '../passwords.ts'
import { endSessions } from '../sessions.ts'
import { setPassword } from './set-password.ts'

export type ResetPasswordDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  mailbox: Mailbox | null
  passwords: Pick<Passwords, 'hash'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

const PURPOSE = ['reset-password'] as const

/**
 * Sets the password by a link that was mailed, which also proves the address. All sessions end, with their refresh
 * families; API keys stay. @throws HoldfastError `link_expired`, `weak_password`, `unavailable`
 */
export const resetPassword = async (
  deps: ResetPasswordDeps,
  { token, password }: { token: string; password: string },
): Promise<void> => {
  const { email } = await readEmailToken(deps.db.kysely, PURPOSE, token)
  const passwordHash = await hashNewPassword(deps.passwords, { password, email })
  const { result: ended } = await deps.db.unitOfWork.run(async (uow) => {
    const { user_id: userId } = await takeEmailToken(uow, PURPOSE, token)
    if (userId === null) throw new HoldfastError('link_expired')
    await setPassword(uow, userId, passwordHash)
    // The link went to `email`; a change of address has made it void.
    await uow.tx.updateTable('users').set({ email_verified: true }).where('id', '=', userId).execute()
    await dropEmailTokens(uow, userId, ['reset-password', 'change-email'])
    const sessions = await endSessions(uow, userId, 'password-reset')
    uow.policy({ kind: 'user.changed', userId })
    uow.record({ kind: 'user.password-reset', organizationId: null, actorId: userId, subject: userId, payload: {} })
    const link = deps.mailbox?.link('forgot-password')
    if (link !== undefined) deps.mailbox?.post(uow, { to: email, content: { template: 'password-changed', link } })
    return sessions
  })
  for (const sessionId of ended) deps.authenticator.invalidate({ kind: 'session.revoked', sessionId })
}

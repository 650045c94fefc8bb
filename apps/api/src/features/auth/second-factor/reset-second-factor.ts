import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../../authorization/actor.ts'
import { authorize } from '../../../authorization/authorize.ts'
import type { Authenticator } from '../../../plugins/authenticate/authenticator.ts'
import { findUserByEmail } from '../addresses/find-user.ts'
import type { Mailbox } from '../mailbox.ts'
import { endSessions } from '../sessions.ts'
import { removeSecondFactor } from './change-second-factor.ts'
import { postChange } from './post-change.ts'

export type ResetSecondFactorDeps = {
  db: Pick<Database, 'unitOfWork'>
  authenticator: Pick<Authenticator, 'invalidate'>
  mailbox: Mailbox | null
}

const removePasskeys = async (uow: UnitOfWorkContext, userId: string): Promise<boolean> => {
  const gone = await uow.tx.deleteFrom('passkeys').where('user_id', '=', userId).returning('id').execute()
  return gone.length > 0
}

/** `takesPassword`: the password goes too, so that only who reads the account's mail gets in again. */
export type Reset = { email: string; reason: string; actorId: string | null; takesPassword: boolean }

const takePassword = async (uow: UnitOfWorkContext, userId: string): Promise<void> => {
  await uow.tx
    .updateTable('accounts')
    .set({ password: null, updated_at: new Date() })
    .where('user_id', '=', userId)
    .where('provider_id', '=', 'credential')
    .execute()
}

/**
 * Takes the second factor of somebody who has lost it away, and their passkeys, which were lost with it or may be a stranger's, in the caller's
 * unit of work: all their sessions end, and the owner is told by mail. Then the password alone signs in again, or a new one that is set by mail. @returns the sessions that ended
 * @throws HoldfastError `not_found` when the address has no account with either
 */
export const resetInUnitOfWork = async (
  uow: UnitOfWorkContext,
  mailbox: Mailbox | null,
  { email, reason, actorId, takesPassword }: Reset,
): Promise<string[]> => {
  const user = await findUserByEmail(uow.tx, email)
  const hadFactor = user !== undefined && (await removeSecondFactor(uow, user.id))
  const hadPasskeys = user !== undefined && (await removePasskeys(uow, user.id))
  if (user === undefined || (!hadFactor && !hadPasskeys))
    throw new HoldfastError('not_found', { detail: 'This address has no account with a second factor or a passkey.' })
  uow.record({ kind: 'mfa.reset', organizationId: null, actorId, subject: user.id, payload: { reason } })
  if (takesPassword) await takePassword(uow, user.id)
  postChange(uow, mailbox, { to: email, change: takesPassword ? 'reset-with-password' : 'reset' })
  return endSessions(uow, user.id, 'second-factor-changed', undefined, actorId)
}

/**
 * For operators, who make sure first that it is the account's owner who asks. Where mail is sent the owner has to prove the address anew, as when the account was
 * made: whoever talked an operator over has nothing by the password alone. @throws HoldfastError `forbidden`, `not_found`
 */
export const resetSecondFactor = async (
  deps: ResetSecondFactorDeps,
  actor: Actor,
  { email, reason }: { email: string; reason: string },
): Promise<{ ownerTold: boolean }> => {
  authorize(actor, 'users:recover')
  const { result: ended } = await deps.db.unitOfWork.run((uow) =>
    resetInUnitOfWork(uow, deps.mailbox, {
      email,
      reason,
      actorId: actor.userId,
      takesPassword: deps.mailbox !== null,
    }),
  )
  for (const sessionId of ended) deps.authenticator.invalidate({ kind: 'session.revoked', sessionId })
  return { ownerTold: deps.mailbox !== null }
}

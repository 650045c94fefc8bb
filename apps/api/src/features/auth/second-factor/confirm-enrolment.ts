import type { Database } from '@packages/db/open-database'
import type { MasterKey } from '@packages/runtime/master-key'
import type { Actor } from '../../../authorization/actor.ts'
import type { Authenticator } from '../../../plugins/authenticate/authenticator.ts'
import { ownAccount, type OwnAccountDeps } from '../addresses/own-account.ts'
import type { Mailbox } from '../mailbox.ts'
import type { SessionClient } from '../sessions.ts'
import { waitForSignIns } from '../user-locks.ts'
import { dropChallenges } from './challenges.ts'
import { postChange } from './post-change.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'
import { refusalOf } from './refusal-of.ts'
import { type RenewedSession, renewSession, type SessionForm } from './renew-session.ts'
import { takeFirstCode } from './take-second-factor.ts'

export type ConfirmEnrolmentDeps = Pick<OwnAccountDeps, 'signInLimit'> & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  masterKey: Pick<MasterKey, 'open'>
  authenticator: Pick<Authenticator, 'invalidate'>
  mailbox: Mailbox | null
}

export type TurnedOn = { recoveryCodes: string[]; session: RenewedSession; userId: string }

/**
 * Turns the second factor on by the first code of the app. All sessions end; the caller gets another.
 * @throws HoldfastError `forbidden`, `invalid_code`, `not_found` (nothing to confirm), `rate_limited`, `unavailable`
 */
export const confirmEnrolment = async (
  deps: ConfirmEnrolmentDeps,
  actor: Actor,
  { code, client, form }: { code: string; client: SessionClient; form: SessionForm },
): Promise<TurnedOn> => {
  const { userId, email } = await ownAccount(deps, actor)
  const { outcome } = await deps.signInLimit.guard({ email, ipAddress: client.ipAddress }, async () => {
    const { result } = await deps.db.unitOfWork.run(async (uow) => {
      await waitForSignIns(uow, userId)
      const verdict = await takeFirstCode(uow, { masterKey: deps.masterKey, userId, code })
      if (verdict.is !== 'right') return verdict
      await uow.tx.updateTable('two_factors').set({ confirmed_at: new Date() }).where('user_id', '=', userId).execute()
      await dropChallenges(uow, { userId })
      uow.record({ kind: 'mfa.enabled', organizationId: null, actorId: userId, subject: userId, payload: {} })
      postChange(uow, deps.mailbox, { to: email, change: 'enabled' })
      const recoveryCodes = await replaceRecoveryCodes(uow, userId)
      return { recoveryCodes, session: await renewSession(uow, userId, { client, form }), userId }
    })
    return { wrong: 'is' in result && result.is === 'wrong', outcome: result }
  })
  if ('is' in outcome) throw refusalOf(outcome)
  for (const sessionId of outcome.session.ended) deps.authenticator.invalidate({ kind: 'session.revoked', sessionId })
  return outcome
}

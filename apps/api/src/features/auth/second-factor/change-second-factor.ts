import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { Actor } from '../../../authorization/actor.ts'
import type { Authenticator } from '../../../plugins/authenticate/authenticator.ts'
import type { Mailbox } from '../mailbox.ts'
import { endSessions } from '../sessions.ts'
import { dropChallenges } from './challenges.ts'
import { postChange } from './post-change.ts'
import { type BothFactors, type ProveSecondFactorDeps, withSecondFactor } from './prove-second-factor.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'

export type ChangeSecondFactorDeps = ProveSecondFactorDeps & {
  authenticator: Pick<Authenticator, 'invalidate'>
  mailbox: Mailbox | null
}

/** The app, the codes that were written down and sign-ins under way, in the caller's unit of work. @returns whether there was one */
export const removeSecondFactor = async (uow: UnitOfWorkContext, userId: string): Promise<boolean> => {
  const removed = await uow.tx
    .deleteFrom('two_factors')
    .where('user_id', '=', userId)
    .returning('confirmed_at')
    .executeTakeFirst()
  await uow.tx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  await dropChallenges(uow, { userId })
  return removed !== undefined && removed.confirmed_at !== null
}

/** Turns the second factor off. All other sessions end. @throws as `withSecondFactor` */
export const disableSecondFactor = async (
  deps: ChangeSecondFactorDeps,
  actor: Actor,
  shown: BothFactors,
): Promise<void> => {
  const ended = await withSecondFactor(deps, actor, shown, async (uow, { userId, email, sessionId }) => {
    await removeSecondFactor(uow, userId)
    uow.record({ kind: 'mfa.disabled', organizationId: null, actorId: userId, subject: userId, payload: {} })
    postChange(uow, deps.mailbox, { to: email, change: 'disabled' })
    return endSessions(uow, userId, 'second-factor-changed', sessionId)
  })
  for (const sessionId of ended) deps.authenticator.invalidate({ kind: 'session.revoked', sessionId })
}

/** New recovery codes in place of the old ones, shown once. @throws as `withSecondFactor` */
export const renewRecoveryCodes = (deps: ChangeSecondFactorDeps, actor: Actor, shown: BothFactors): Promise<string[]> =>
  withSecondFactor(deps, actor, shown, async (uow, { userId }) => {
    const subject = userId
    uow.record({ kind: 'mfa.recovery-codes-replaced', organizationId: null, actorId: userId, subject, payload: {} })
    return replaceRecoveryCodes(uow, userId)
  })

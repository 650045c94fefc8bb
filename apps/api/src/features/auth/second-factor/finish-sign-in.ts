import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { MasterKey } from '@packages/runtime/master-key'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Mailbox } from '../mailbox.ts'
import type { SignInLimit } from '../sign-in-limit.ts'
import { countAttempt, dropChallenges, emailOfChallenge, lockChallenge } from './challenges.ts'
import { postChange } from './post-change.ts'
import { type Refused, refusalOf } from './refusal-of.ts'
import { type SecondFactorProof, takeSecondFactor } from './take-second-factor.ts'

export type FinishSignInDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  masterKey: Pick<MasterKey, 'open'>
  signInLimit: Pick<SignInLimit, 'guard'>
  mailbox: Mailbox | null
}

export type Answer = { mfaToken: string; proof: SecondFactorProof; ipAddress: string }

/** Gives the session, in the transaction that takes the code: of many answers with one code or one challenge, one gets here. */
export type StartSession<S> = (uow: UnitOfWorkContext, userId: string) => Promise<S>

const expired = () =>
  new HoldfastError('invalid_token', { detail: 'The sign-in was finished or took too long: begin again.' })

/**
 * Ends a sign-in that asked for a second factor.
 * @throws HoldfastError `invalid_token` (no such challenge), `invalid_code`, `rate_limited`, `unavailable`
 */
export const finishSignIn = async <S>(
  deps: FinishSignInDeps,
  { mfaToken, proof, ipAddress }: Answer,
  start: StartSession<S>,
): Promise<{ userId: string; session: S }> => {
  const email = await emailOfChallenge(deps.db.kysely, mfaToken)
  if (email === undefined) throw expired()
  const { outcome } = await deps.signInLimit.guard({ email, ipAddress }, async () => {
    const { result } = await deps.db.unitOfWork.run(async (uow) => {
      const challenge = await lockChallenge(uow, mfaToken)
      if (challenge === undefined) return { is: 'none' } as const
      const { id, userId } = challenge
      const verdict = await takeSecondFactor(uow, { masterKey: deps.masterKey, userId, proof })
      if (verdict.is !== 'right') return settleRefused(uow, id, verdict)
      await dropChallenges(uow, { id })
      if ('recoveryCode' in proof) postChange(uow, deps.mailbox, { to: email, change: 'recovery-code-used' })
      return { is: 'right', userId, session: await start(uow, userId) } as const
    })
    return { wrong: result.is === 'wrong', outcome: result }
  })
  if (outcome.is === 'right') return outcome
  throw outcome.is === 'none' ? expired() : refusalOf(outcome)
}

const settleRefused = async (uow: UnitOfWorkContext, id: string, verdict: Refused): Promise<Refused> => {
  if (verdict.is === 'wrong') await countAttempt(uow, id)
  return verdict
}

import type { Database } from '@packages/db/open-database'
import { isUniqueViolation } from '@packages/db/postgres-errors'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { limitSignUps, type LimitSignUpsDeps } from '../registration/register.ts'
import { addChallenge } from '../second-factor/challenges.ts'
import { hasSecondFactor } from '../second-factor/has-second-factor.ts'
import { type SessionClient, startCookieSession } from '../sessions.ts'
import { holdUser } from '../user-locks.ts'
import { findAccount, type FindAccountDeps } from './find-account.ts'
import { providerOf } from './linked-accounts.ts'
import { judgeClaims, type OidcPolicy } from './judge-claims.ts'
import { type Flow, redeemFlow, type RedeemDeps } from './redeem-callback.ts'

export type FinishOidcSignInDeps = LimitSignUpsDeps &
  FindAccountDeps &
  RedeemDeps & {
    db: Pick<Database, 'kysely' | 'unitOfWork'>
    policy: OidcPolicy
  }

export type SignedIn = { session: { sessionId: string; token: string } } | { mfaToken: string }

/**
 * Ends a sign-in at the provider: with a session, or with a challenge for who has a second factor here that the provider's word does not stand for.
 * @throws HoldfastError `sso_failed`, `sso_not_allowed`, `sso_email_unverified`, `sso_account_exists`, `registration_closed`,
 * `rate_limited`, `unavailable`
 */
export const finishOidcSignIn = async (
  deps: FinishOidcSignInDeps,
  flow: Flow,
  client: SessionClient,
): Promise<SignedIn> => {
  const judgement = judgeClaims(await redeemFlow(deps, flow), deps.policy)
  if ('refused' in judgement) throw new HoldfastError(judgement.refused)
  const { admitted: person } = judgement
  if (person.email !== null && deps.registration.mode === 'open' && (await isNew(deps, person.subject)))
    await limitSignUps(deps, person.email, client.ipAddress)
  const { result } = await deps.db.unitOfWork
    .run(async (uow) => {
      const userId = await findAccount(uow, deps, person)
      await holdUser(uow, userId)
      if (!person.secondFactor && (await hasSecondFactor(uow.tx, userId)))
        return { mfaToken: (await addChallenge(uow, userId)).challenge.mfaToken }
      const shown = person.secondFactor ? 'second-factor' : 'password'
      return { session: await startCookieSession(uow, userId, client, shown) }
    })
    .catch((error: unknown) => {
      // Somebody took the address in this moment.
      throw isUniqueViolation(error, 'users_email_key') ? new HoldfastError('sso_account_exists') : error
    })
  return result
}

const isNew = async ({ db, issuer }: FinishOidcSignInDeps, subject: string): Promise<boolean> => {
  const row = await db.kysely
    .selectFrom('accounts')
    .where('provider_id', '=', providerOf(issuer))
    .where('account_id', '=', subject)
    .select('id')
    .executeTakeFirst()
  return row === undefined
}

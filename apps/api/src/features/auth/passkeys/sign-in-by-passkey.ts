import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { StartSession } from '../second-factor/finish-sign-in.ts'
import type { SignInLimit } from '../sign-in-limit.ts'
import { type PasskeyChallenges, takeChallenge } from './passkey-challenges.ts'
import { requireRelyingParty, type RelyingParty } from './relying-party.ts'
import type { Assertion } from './schemas.ts'
import { userHandle } from './user-handle.ts'
import { verifyAssertion } from './verify-credential.ts'

export type SignInByPasskeyDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  signInLimit: Pick<SignInLimit, 'guard'>
  passkeyChallenges: PasskeyChallenges
  relyingParty: RelyingParty | null
}

/** Whose passkey it says it is; both have to fit, and neither is a secret. */
const findOwner = ({ db }: Pick<SignInByPasskeyDeps, 'db'>, { id, response }: Assertion) =>
  db.kysely
    .selectFrom('passkeys as p')
    .innerJoin('users as u', 'u.id', 'p.user_id')
    .where('p.credential_id', '=', Buffer.from(id, 'base64url'))
    .select(['p.id', 'u.id as userId', 'u.email'])
    .executeTakeFirst()
    .then((row) =>
      row !== undefined && Buffer.from(userHandle(row.userId)).toString('base64url') === response.userHandle
        ? row
        : undefined,
    )

/**
 * Signs in by what a passkey signed. It verified its user (by finger or PIN), so that it is as strong as password and code together. Wrong
 * ones count with wrong passwords.
 * @throws HoldfastError `invalid_passkey`, the same for one that is not known; `not_configured`, `rate_limited`, `unavailable`
 */
export const signInByPasskey = async <S>(
  deps: SignInByPasskeyDeps,
  { credential, ipAddress }: { credential: Assertion; ipAddress: string },
  start: StartSession<S>,
): Promise<{ userId: string; session: S }> => {
  const party = requireRelyingParty(deps.relyingParty)
  const owner = await findOwner(deps, credential)
  if (owner === undefined) throw new HoldfastError('invalid_passkey')
  const { id, userId } = owner
  const isChallenge = (challenge: string) => deps.passkeyChallenges.isOurs(challenge, 'sign-in')
  const guarded = await deps.signInLimit.guard({ email: owner.email.toLowerCase(), ipAddress }, async () => {
    const { result } = await deps.db.unitOfWork.run(async (uow) => {
      const key = await lockPasskey(uow, id)
      const shown = key && (await verifyAssertion(credential, key, { party, isChallenge }))
      if (shown === undefined || !(await takeChallenge(uow, shown.challenge))) {
        uow.record({ kind: 'passkey.refused', organizationId: null, actorId: userId, subject: id, payload: {} })
        return { wrong: true } as const
      }
      const used = { counter: shown.counter, backed_up: shown.backedUp, last_used_at: new Date() }
      await uow.tx.updateTable('passkeys').set(used).where('id', '=', id).execute()
      return { wrong: false, session: await start(uow, userId) } as const
    })
    return result
  })
  if (guarded.wrong) throw new HoldfastError('invalid_passkey')
  return { userId, session: guarded.session }
}

/** Others who sign in by it wait until the transaction ends, and find its counter and challenge as they are then. */
const lockPasskey = (uow: UnitOfWorkContext, id: string) =>
  uow.tx.selectFrom('passkeys').where('id', '=', id).select(['public_key', 'counter']).forUpdate().executeTakeFirst()

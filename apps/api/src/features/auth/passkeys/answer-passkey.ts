import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { SignInLimit } from '../sign-in-limit.ts'
import { type ChallengeFor, type PasskeyChallenges, takeChallenge } from './passkey-challenges.ts'
import { requireRelyingParty, type RelyingParty } from './relying-party.ts'
import type { Assertion } from './schemas.ts'
import { userHandle } from './user-handle.ts'
import { verifyAssertion } from './verify-credential.ts'

export type AnswerPasskeyDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  signInLimit: Pick<SignInLimit, 'guard'>
  passkeyChallenges: PasskeyChallenges
  relyingParty: RelyingParty | null
}

/** Whose passkey it says it is; both have to fit, and neither is a secret. */
const findOwner = ({ db }: Pick<AnswerPasskeyDeps, 'db'>, { id, response }: Assertion) =>
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

/** `what`: what the challenge was given for. `userId`: whose passkey it has to be; anybody's when not told. */
export type PasskeyAnswer = { credential: Assertion; what: ChallengeFor; userId?: string; ipAddress: string }

/**
 * Looks at what a passkey signed, and does what it is for in the same transaction. It verified its user (by finger or PIN), so that it is as strong as
 * password and code together. Wrong ones count with wrong passwords.
 * @throws HoldfastError `invalid_passkey`, the same for one that is not known; `not_configured`, `rate_limited`, `unavailable`
 */
export const answerPasskey = async <T>(
  deps: AnswerPasskeyDeps,
  { credential, what, userId: wanted, ipAddress }: PasskeyAnswer,
  then: (uow: UnitOfWorkContext, userId: string) => Promise<T>,
): Promise<{ userId: string; value: T }> => {
  const party = requireRelyingParty(deps.relyingParty)
  const owner = await findOwner(deps, credential)
  if (owner === undefined || (wanted !== undefined && owner.userId !== wanted))
    throw new HoldfastError('invalid_passkey')
  const { id, userId } = owner
  const isChallenge = (challenge: string) => deps.passkeyChallenges.isOurs(challenge, what)
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
      return { wrong: false, value: await then(uow, userId) } as const
    })
    return result
  })
  if (guarded.wrong) throw new HoldfastError('invalid_passkey')
  return { userId, value: guarded.value }
}

/** Others who answer by it wait until the transaction ends, and find its counter and challenge as they are then. */
const lockPasskey = (uow: UnitOfWorkContext, id: string) =>
  uow.tx.selectFrom('passkeys').where('id', '=', id).select(['public_key', 'counter']).forUpdate().executeTakeFirst()

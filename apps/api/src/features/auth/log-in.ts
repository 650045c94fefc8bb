import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { AccessTokens } from '../../plugins/authenticate/access-tokens.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { Passwords } from './passwords.ts'
import { addChallenge, type MfaChallenge } from './second-factor/challenges.ts'
import { hasSecondFactor } from './second-factor/has-second-factor.ts'
import { type SessionClient, startSession } from './sessions.ts'
import type { SignInLimit } from './sign-in-limit.ts'
import type { TokenPair } from './token-pair.ts'

export type LogInDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  accessTokens: Pick<AccessTokens, 'issue'>
  signInLimit: Pick<SignInLimit, 'guard'>
  passwords: Pick<Passwords, 'isRight'>
}

const findCredential = ({ db }: Pick<LogInDeps, 'db'>, email: string) =>
  db.kysely
    .selectFrom('users as u')
    .innerJoin('accounts as a', (join) => join.onRef('a.user_id', '=', 'u.id').on('a.provider_id', '=', 'credential'))
    .where((where) => where(where.fn<string>('lower', ['u.email']), '=', email))
    .select(['u.id', 'a.password'])
    .executeTakeFirst()

/**
 * Starts a session for an e-mail address and its password, or asks for the second factor.
 * @throws HoldfastError `invalid_credentials`, the same in words and time whether the account exists; `rate_limited`, `unavailable`
 */
export const logIn = async (
  deps: LogInDeps,
  input: { email: string; password: string; client: SessionClient },
  record: RecordReply,
): Promise<TokenPair | MfaChallenge> => {
  const { email, password, client } = input
  const { account } = await deps.signInLimit.guard({ email, ipAddress: client.ipAddress }, async () => {
    const found = await findCredential(deps, email)
    const right = await deps.passwords.isRight(found?.password ?? undefined, password)
    return right ? { wrong: false, account: found } : { wrong: true, account: undefined }
  })
  if (account === undefined) throw new HoldfastError('invalid_credentials')
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    if (await hasSecondFactor(uow.tx, account.id)) {
      const { id, challenge } = await addChallenge(uow, account.id)
      await record(uow.tx, { status: 202, body: null, subject: id })
      return challenge
    }
    const session = await startSession(uow, account.id, client)
    await record(uow.tx, { status: 200, body: null, subject: session.sessionId })
    return session
  })
  if ('mfaToken' in result) return result
  const { sessionId, refreshToken } = result
  return { ...(await deps.accessTokens.issue({ userId: account.id, sessionId })), refreshToken, tokenType: 'Bearer' }
}

import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../../authorization/actor.ts'
import type { Passwords } from '../passwords.ts'
import type { SignInLimit } from '../sign-in-limit.ts'

export type OwnAccountDeps = {
  db: Pick<Database, 'kysely'>
  passwords: Pick<Passwords, 'isRight'>
  signInLimit: Pick<SignInLimit, 'guard'>
}

export type OwnAccount = { userId: string; sessionId: string; email: string; emailVerified: boolean }

/** The account of a person who is signed in. @throws HoldfastError `forbidden` for an API key */
export const ownAccount = async ({ db }: Pick<OwnAccountDeps, 'db'>, actor: Actor): Promise<OwnAccount> => {
  const { sessionId, userId } = actor
  if (sessionId === undefined) throw new HoldfastError('forbidden', { detail: 'An API key has no account to change.' })
  const row = await db.kysely
    .selectFrom('users')
    .where('id', '=', userId)
    .select(['email', 'email_verified'])
    .executeTakeFirst()
  if (row === undefined) throw new HoldfastError('invalid_token')
  return { userId, sessionId, email: row.email.toLowerCase(), emailVerified: row.email_verified }
}

/**
 * Has a person who is signed in prove the password again; wrong ones count like those of a sign-in.
 * @throws HoldfastError `invalid_credentials`, `rate_limited`, `unavailable`
 */
export const provePassword = async (
  deps: OwnAccountDeps,
  account: OwnAccount,
  { password, ipAddress }: { password: string; ipAddress: string },
): Promise<void> => {
  const { wrong } = await deps.signInLimit.guard({ email: account.email, ipAddress }, async () => {
    const stored = await deps.db.kysely
      .selectFrom('accounts')
      .where('user_id', '=', account.userId)
      .where('provider_id', '=', 'credential')
      .select('password')
      .executeTakeFirst()
    return { wrong: !(await deps.passwords.isRight(stored?.password ?? undefined, password)) }
  })
  if (wrong) throw new HoldfastError('invalid_credentials', { detail: 'The current password is wrong.' })
}

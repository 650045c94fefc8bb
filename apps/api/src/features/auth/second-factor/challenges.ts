import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Tables } from '@packages/db/tables'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { type Kysely, sql } from 'kysely'
import { z } from 'zod'

export const CHALLENGE_SECONDS = 300

/** Wrong codes that one challenge bears; then the password is asked for again. */
const MAX_ATTEMPTS = 5

export const mfaChallengeSchema = z
  .object({
    mfaRequired: z.literal(true),
    mfaToken: z.string().meta({ description: 'Good for `POST /auth/mfa`, and for nothing else.' }),
    methods: z.array(z.enum(['totp', 'recovery-code'])),
    expiresIn: z.int().meta({ description: 'Seconds until the token expires.', example: CHALLENGE_SECONDS }),
  })
  .meta({ id: 'MfaChallenge', description: 'The password was right; the account asks for a second factor.' })

export type MfaChallenge = z.infer<typeof mfaChallengeSchema>

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer')

/** For somebody who has just shown the password. */
export const addChallenge = async (
  uow: UnitOfWorkContext,
  userId: string,
): Promise<{ id: string; challenge: MfaChallenge }> => {
  const id = randomUUIDv7()
  const mfaToken = `hfmfa_${randomBytes(32).toString('base64url')}`
  await uow.tx
    .insertInto('mfa_challenges')
    .values({
      id,
      user_id: userId,
      token_hash: hashOf(mfaToken),
      expires_at: sql<Date>`now() + ${CHALLENGE_SECONDS} * interval '1 second'`,
    })
    .execute()
  const methods: MfaChallenge['methods'] = ['totp', 'recovery-code']
  return { id, challenge: { mfaRequired: true, mfaToken, methods, expiresIn: CHALLENGE_SECONDS } }
}

const live = (db: Kysely<Tables>, token: string) =>
  db
    .selectFrom('mfa_challenges as c')
    .where('c.token_hash', '=', hashOf(token))
    .where('c.expires_at', '>', sql<Date>`now()`)
    .where('c.attempts', '<', MAX_ATTEMPTS)

/** Whose challenge it is, by address: what limits go by. */
export const emailOfChallenge = async (db: Kysely<Tables>, token: string): Promise<string | undefined> => {
  const row = await live(db, token).innerJoin('users as u', 'u.id', 'c.user_id').select('u.email').executeTakeFirst()
  return row?.email.toLowerCase()
}

/** Others who answer the same challenge wait until the transaction ends, and find it counted or gone. */
export const lockChallenge = (uow: UnitOfWorkContext, token: string) =>
  live(uow.tx, token).select(['c.id', 'c.user_id as userId']).forUpdate().executeTakeFirst()

export const countAttempt = async (uow: UnitOfWorkContext, id: string): Promise<void> => {
  await uow.tx.updateTable('mfa_challenges').set({ attempts: sql<number>`attempts + 1` }).where('id', '=', id).execute()
}

/** A challenge is answered once, and a change of the password or the second factor ends all of a user. */
export const dropChallenges = async (
  uow: UnitOfWorkContext,
  by: { id: string } | { userId: string },
): Promise<void> => {
  const [column, value] = 'id' in by ? (['id', by.id] as const) : (['user_id', by.userId] as const)
  await uow.tx.deleteFrom('mfa_challenges').where(column, '=', value).execute()
}

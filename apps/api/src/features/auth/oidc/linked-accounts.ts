import { randomUUIDv7 } from 'node:crypto'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** The subject alone says nothing: another issuer may give out the same (OpenID Connect Core, 5.7). */
export const providerOf = (issuer: string): string => `oidc ${issuer}`

type Subject = { issuer: string; subject: string }

/** One at a time for a subject: two browsers that come at once are one new account, or one link. */
export const lockSubject = async ({ tx }: UnitOfWorkContext, { issuer, subject }: Subject): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${providerOf(issuer)} ${subject}`}, 0))`.execute(tx)
}

/** Whose account a subject opens. */
export const userOfSubject = async (db: Kysely<Tables>, { issuer, subject }: Subject): Promise<string | undefined> => {
  const row = await db
    .selectFrom('accounts')
    .where('provider_id', '=', providerOf(issuer))
    .where('account_id', '=', subject)
    .select('user_id')
    .executeTakeFirst()
  return row?.user_id
}

/** Since when an account is opened by a subject of this issuer; undefined when it is by none. */
export const linkedSince = async (
  db: Kysely<Tables>,
  { issuer, userId }: { issuer: string; userId: string },
): Promise<Date | undefined> => {
  const row = await db
    .selectFrom('accounts')
    .where('user_id', '=', userId)
    .where('provider_id', '=', providerOf(issuer))
    .select('created_at')
    .executeTakeFirst()
  return row?.created_at
}

export const insertLink = async (
  { tx }: UnitOfWorkContext,
  { issuer, subject, userId }: Subject & { userId: string },
): Promise<void> => {
  await tx
    .insertInto('accounts')
    .values({ id: randomUUIDv7(), user_id: userId, account_id: subject, provider_id: providerOf(issuer) })
    .execute()
}

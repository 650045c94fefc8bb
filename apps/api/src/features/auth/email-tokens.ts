import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Row, Tables } from '@packages/db/tables'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type Kysely, sql } from 'kysely'

export type EmailPurpose = Row<'email_tokens'>['purpose']

const HOUR_MS = 3_600_000
const LIFETIME_MS: Record<EmailPurpose, number> = {
  register: 24 * HOUR_MS,
  'verify-email': 24 * HOUR_MS,
  'change-email': 24 * HOUR_MS,
  'reset-password': HOUR_MS,
}

/** 256 random bits, and what is kept of them. */
export const makeToken = (): { token: string; tokenHash: Buffer } => {
  const token = randomBytes(32).toString('base64url')
  return { token, tokenHash: hashToken(token) }
}

export const hashToken = (token: string): Buffer => hash('sha256', token, 'buffer')

export type NewEmailToken = {
  purpose: EmailPurpose
  /** Null where there is no such account. */
  userId: string | null
  email: string
  name?: string
  organizationName?: string
}

/** A token for one link; earlier ones of the address stay good until one is used. */
export const addEmailToken = async (uow: UnitOfWorkContext, about: NewEmailToken): Promise<string> => {
  const { token, tokenHash } = makeToken()
  await uow.tx
    .insertInto('email_tokens')
    .values({
      id: randomUUIDv7(),
      purpose: about.purpose,
      user_id: about.userId,
      email: about.email,
      token_hash: tokenHash,
      name: about.name ?? null,
      organization_name: about.organizationName ?? null,
      expires_at: new Date(Date.now() + LIFETIME_MS[about.purpose]),
    })
    .execute()
  return token
}

export type EmailToken = Pick<Row<'email_tokens'>, 'purpose' | 'user_id' | 'email' | 'name' | 'organization_name'>

const COLUMNS = ['purpose', 'user_id', 'email', 'name', 'organization_name'] as const

/** What a link is about, without using it. @throws HoldfastError `link_expired` */
export const readEmailToken = async (
  kysely: Kysely<Tables>,
  purposes: readonly EmailPurpose[],
  token: string,
): Promise<EmailToken> => {
  const row = await kysely
    .selectFrom('email_tokens')
    .where('token_hash', '=', hashToken(token))
    .where('purpose', 'in', purposes)
    .where('expires_at', '>', sql<Date>`now()`)
    .select(COLUMNS)
    .executeTakeFirst()
  if (row === undefined) throw new HoldfastError('link_expired')
  return row
}

/** Uses a link up: of many that race with one token, one goes on. @throws HoldfastError `link_expired` */
export const takeEmailToken = async (
  uow: UnitOfWorkContext,
  purposes: readonly EmailPurpose[],
  token: string,
): Promise<EmailToken> => {
  const row = await uow.tx
    .deleteFrom('email_tokens')
    .where('token_hash', '=', hashToken(token))
    .where('purpose', 'in', purposes)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning(COLUMNS)
    .executeTakeFirst()
  if (row === undefined) throw new HoldfastError('link_expired')
  return row
}

/** Makes the other links of a user for these purposes stop working. */
export const dropEmailTokens = async (
  uow: UnitOfWorkContext,
  userId: string,
  purposes: readonly EmailPurpose[],
): Promise<void> => {
  await uow.tx.deleteFrom('email_tokens').where('user_id', '=', userId).where('purpose', 'in', purposes).execute()
}

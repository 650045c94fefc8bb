import type { Tables } from '@packages/db/tables'
import type { Kysely } from 'kysely'

/** The user of an address in lower case. */
export const findUserByEmail = (kysely: Kysely<Tables>, email: string) =>
  kysely
    .selectFrom('users')
    .where((where) => where(where.fn<string>('lower', ['email']), '=', email))
    .select(['id', 'email'])
    .executeTakeFirst()

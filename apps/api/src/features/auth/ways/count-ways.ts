import type { Tables } from '@packages/db/tables'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type Kysely, sql } from 'kysely'

export type Ways = { password: number; passkeys: number; providers: number }

/** By how many of each an account is opened. */
export const countWays = async (db: Kysely<Tables>, userId: string): Promise<Ways> => {
  const { rows } = await sql<Ways>`
    select (select count(*) from accounts where user_id = ${userId}::uuid and provider_id = 'credential' and password is not null)::int as password,
      (select count(*) from passkeys where user_id = ${userId}::uuid)::int as passkeys,
      (select count(*) from accounts where user_id = ${userId}::uuid and provider_id like 'oidc %')::int as providers
  `.execute(db)
  return rows[0] ?? { password: 0, passkeys: 0, providers: 0 }
}

/**
 * To be called after one was taken away, with the user's row locked: nobody shuts themselves out.
 * @throws HoldfastError `conflict` when nothing opens the account any more
 */
export const requireWayIn = async ({ tx }: UnitOfWorkContext, userId: string): Promise<void> => {
  const { password, passkeys, providers } = await countWays(tx, userId)
  if (password + passkeys + providers > 0) return
  throw new HoldfastError('conflict', {
    detail: 'Nothing else opens your account: set a password or add a passkey first.',
  })
}

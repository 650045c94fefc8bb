import { randomUUIDv7 } from 'node:crypto'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PlatformRole } from '../../authorization/actor.ts'
import { insertOrganization, type TRIAL_PLAN } from '../organizations/insert-organization.ts'
import type { Account } from './account-fields.ts'

export type NewAccount = {
  email: string
  name: string
  /** From `Passwords`; made before the transaction, for it takes 60 ms. */
  passwordHash: string
  platformRole: PlatformRole
  organizationName: string
  /** Whether the holder has proven the address. */
  emailVerified?: boolean
  /** What the table says by itself when not told. */
  plan?: typeof TRIAL_PLAN
}

export type NewUserRow = Pick<NewAccount, 'email' | 'name' | 'passwordHash' | 'platformRole' | 'emailVerified'>

/**
 * A user with a password, in no organization yet.
 * @throws HoldfastError `already_exists` when the e-mail address has an account
 */
export const insertUser = async (
  uow: UnitOfWorkContext,
  user: NewUserRow,
): Promise<{ id: string; createdAt: Date }> => {
  const { email, name, platformRole, emailVerified = false } = user
  const id = randomUUIDv7()
  const row = await uow.tx
    .insertInto('users')
    .values({ id, email, name, platform_role: platformRole, email_verified: emailVerified })
    .onConflict((conflict) => conflict.doNothing())
    .returning('created_at')
    .executeTakeFirst()
  if (row === undefined)
    throw new HoldfastError('already_exists', { fields: [{ path: 'email', message: 'has an account already' }] })
  await uow.tx
    .insertInto('accounts')
    .values({
      id: randomUUIDv7(),
      user_id: id,
      account_id: id,
      provider_id: 'credential',
      password: user.passwordHash,
    })
    .execute()
  return { id, createdAt: row.created_at }
}

/**
 * A user with a password and an organization of their own, in the caller's unit of work.
 * @throws HoldfastError `already_exists` when the e-mail address has an account
 */
export const createAccount = async (uow: UnitOfWorkContext, account: NewAccount): Promise<Account> => {
  const { email, name, platformRole, plan } = account
  const { id: userId, createdAt } = await insertUser(uow, account)
  const {
    id,
    name: called,
    slug,
  } = await insertOrganization(uow, {
    name: account.organizationName,
    ownerId: userId,
    ...(plan === undefined ? {} : { plan }),
  })
  const organization = { id, name: called, slug }
  return { id: userId, email, name, platformRole, createdAt: createdAt.toISOString(), organization }
}

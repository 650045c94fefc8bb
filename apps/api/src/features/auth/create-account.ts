import { randomBytes, randomUUIDv7 } from 'node:crypto'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PlatformRole } from '../../authorization/actor.ts'
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
  plan?: 'trial'
}

/** `ada-lovelace-3f9c2a`: readable, and unique without asking. */
const slugOf = (name: string): string => {
  const readable = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
  return `${readable || 'org'}-${randomBytes(3).toString('hex')}`
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
  const organization = { id: randomUUIDv7(), name: account.organizationName, slug: slugOf(account.organizationName) }
  await uow.tx
    .insertInto('organizations')
    .values({ ...organization, ...(plan === undefined ? {} : { plan }) })
    .execute()
  await uow.tx
    .insertInto('members')
    .values({ id: randomUUIDv7(), organization_id: organization.id, user_id: userId, role: 'owner' })
    .execute()
  await uow.tx.insertInto('usage').values({ organization_id: organization.id }).execute()
  return { id: userId, email, name, platformRole, createdAt: createdAt.toISOString(), organization }
}

import type { Database } from '@packages/db/open-database'
import type { Account } from '../account-fields.ts'
import { TRIAL_PLAN } from '../../organizations/insert-organization.ts'
import { createAccount } from '../create-account.ts'
import { readEmailToken, takeEmailToken } from '../email-tokens.ts'
import { hashNewPassword } from '../new-password.ts'
import type { Passwords } from '../passwords.ts'
import { type RegistrationOptions, requireOpenRegistration } from './register.ts'

export type CompleteRegistrationDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  passwords: Pick<Passwords, 'hash'>
  registration: RegistrationOptions
}

const PURPOSE = ['register'] as const

/**
 * Makes the account of who has the mailed link, on the trial plan.
 * @throws HoldfastError `registration_closed`, `link_expired`, `weak_password`, `already_exists`, `not_configured`, `unavailable`
 */
export const completeRegistration = async (
  deps: CompleteRegistrationDeps,
  { token, password }: { token: string; password: string },
): Promise<Account> => {
  requireOpenRegistration(deps.registration)
  const { email } = await readEmailToken(deps.db.kysely, PURPOSE, token)
  const passwordHash = await hashNewPassword(deps.passwords, { password, email })
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const { name, organization_name: organizationName } = await takeEmailToken(uow, PURPOSE, token)
    const account = await createAccount(uow, {
      email,
      name: name ?? email,
      organizationName: organizationName ?? email,
      passwordHash,
      platformRole: 'user',
      emailVerified: true,
      plan: TRIAL_PLAN,
    })
    await uow.tx.deleteFrom('email_tokens').where('email', '=', email).where('purpose', '=', 'register').execute()
    const organizationId = account.organization.id
    uow.record({ kind: 'user.registered', organizationId, actorId: account.id, subject: account.id, payload: {} })
    return account
  })
  return result
}

import type { Database } from '@packages/db/open-database'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { Account } from '../auth/account-fields.ts'
import { createAccount } from '../auth/create-account.ts'
import { hashNewPassword } from '../auth/new-password.ts'
import type { Passwords } from '../auth/passwords.ts'

export type CreateUserDeps = { db: Pick<Database, 'unitOfWork'>; passwords: Pick<Passwords, 'hash'> }

export type NewUser = { email: string; password: string; name: string; organizationName?: string | undefined }

/** A user with an organization of their own. Operators only. @throws HoldfastError `forbidden`, `already_exists`, `weak_password` */
export const createUser = async (
  deps: CreateUserDeps,
  actor: Actor,
  input: NewUser,
  record: RecordReply,
): Promise<Account> => {
  authorize(actor, 'users:create')
  const { email, name, organizationName = name } = input
  const passwordHash = await hashNewPassword(deps.passwords, input)
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const account = await createAccount(uow, { email, name, organizationName, passwordHash, platformRole: 'user' })
    const organizationId = account.organization.id
    uow.record({ kind: 'user.created', organizationId, actorId: actor.userId, subject: account.id, payload: {} })
    await record(uow.tx, { status: 201, body: account, subject: account.id })
    return account
  })
  return result
}

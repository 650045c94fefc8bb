import { timingSafeEqual } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import type { Tables } from '@packages/db/tables'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Kysely } from 'kysely'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { Account } from '../auth/account-fields.ts'
import { createAccount } from '../auth/create-account.ts'
import { hashNewPassword } from '../auth/new-password.ts'
import { Passwords } from '../auth/passwords.ts'
import { hashSetupToken, isSetUp } from './setup-token.ts'

export type SetUpDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'>; passwords: Pick<Passwords, 'hash'> }

export type Administrator = { email: string; password: string; name: string }

type OpenSetup = { token_hash: Buffer | null; token_expires_at: Date | null }

/** The row while the set-up is open, read at one moment. @throws HoldfastError `setup_closed` */
const readOpenSetup = async (db: Kysely<Tables>, lock: 'lock' | 'look'): Promise<OpenSetup> => {
  const row = await db
    .selectFrom('platform_setup')
    .select(['token_hash', 'token_expires_at', 'completed_at'])
    .$if(lock === 'lock', (query) => query.forUpdate())
    .executeTakeFirstOrThrow()
  if (row.completed_at !== null) throw new HoldfastError('setup_closed')
  return row
}

const refuseWrongToken = (setup: OpenSetup, token: string): void => {
  const { token_hash: expected, token_expires_at: expiresAt } = setup
  const given = hashSetupToken(token)
  if (expected !== null && expiresAt !== null && expiresAt.getTime() > Date.now() && timingSafeEqual(expected, given))
    return
  throw new HoldfastError('invalid_token', { detail: 'A new set-up link is printed when the platform starts.' })
}

const makeAdministrator = async (
  uow: UnitOfWorkContext,
  administrator: Omit<Administrator, 'password'> & { passwordHash: string },
): Promise<Account> => {
  const account = await createAccount(uow, {
    ...administrator,
    platformRole: 'operator',
    organizationName: administrator.name,
  })
  await uow.tx
    .updateTable('platform_setup')
    .set({ completed_at: new Date(), administrator_id: account.id, token_hash: null, token_expires_at: null })
    .execute()
  const organizationId = account.organization.id
  uow.record({ kind: 'platform.set-up', organizationId, actorId: account.id, subject: account.id, payload: {} })
  return account
}

/**
 * Makes the first administrator: an operator with an own organization. Happens once, whoever races for it.
 * @throws HoldfastError `setup_closed`, `invalid_token`, `weak_password`
 */
export const setUpPlatform = async (
  deps: SetUpDeps,
  input: Administrator & { token: string },
  record: RecordReply,
): Promise<Account> => {
  const { email, name, token } = input
  // Asked before the costly password hash too, so that a closed set-up is no way to keep us busy.
  refuseWrongToken(await readOpenSetup(deps.db.kysely, 'look'), token)
  const passwordHash = await hashNewPassword(deps.passwords, input)
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    // The lock lets one of many that race go on; the others then find the set-up closed.
    refuseWrongToken(await readOpenSetup(uow.tx, 'lock'), token)
    const account = await makeAdministrator(uow, { email, name, passwordHash })
    await record(uow.tx, { status: 201, body: null, subject: account.id })
    return account
  })
  return result
}

/**
 * The unattended set-up by ADMIN_EMAIL and ADMIN_PASSWORD.
 * @returns false, and changes nothing, when the platform has been set up
 * @throws HoldfastError `weak_password`
 */
export const setUpAdministrator = async (
  deps: Pick<SetUpDeps, 'db'>,
  { email, password }: { email: string; password: string },
): Promise<boolean> => {
  if (await isSetUp(deps)) return false
  const passwordHash = await hashNewPassword(new Passwords(), { email, password })
  try {
    await deps.db.unitOfWork.run(async (uow) => {
      await readOpenSetup(uow.tx, 'lock')
      await makeAdministrator(uow, { email: email.trim().toLowerCase(), name: 'Administrator', passwordHash })
    })
    return true
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'setup_closed') return false
    throw error
  }
}

import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { addressKey } from '../../../plugins/address-key.ts'
import { findUserByEmail } from '../addresses/find-user.ts'
import { addEmailToken } from '../email-tokens.ts'
import { type Mailbox, requireMail } from '../mailbox.ts'
import { MAILS_PER_ADDRESS, type RequestCounts } from '../request-counts.ts'

export type RegistrationOptions = {
  mode: 'closed' | 'invite' | 'open'
  /** Registrations that are begun in a day, from one address and for one mail domain. */
  perAddress: number
  perDomain: number
}

export type RegisterDeps = {
  db: Pick<Database, 'unitOfWork'>
  mailbox: Mailbox | null
  requestCounts: Pick<RequestCounts, 'take'>
  registration: RegistrationOptions
}

const DAY_MS = 86_400_000

/** @throws HoldfastError `registration_closed` unless everybody may have an account */
export const requireOpenRegistration = ({ mode }: RegistrationOptions): void => {
  if (mode !== 'open') throw new HoldfastError('registration_closed')
}

export type LimitSignUpsDeps = Pick<RegisterDeps, 'requestCounts' | 'registration'>

/** @throws HoldfastError `rate_limited` */
export const limitSignUps = async (deps: LimitSignUpsDeps, email: string, ipAddress: string): Promise<void> => {
  const { perAddress, perDomain } = deps.registration
  const counts = [
    { what: 'sign-up from', limit: perAddress, key: addressKey(ipAddress) },
    { what: 'sign-up for', limit: perDomain, key: email.slice(email.lastIndexOf('@') + 1) },
  ]
  for (const { key, ...count } of counts) {
    const { allowed, resetMs } = await deps.requestCounts.take({ ...count, windowMs: DAY_MS }, key)
    if (allowed) continue
    const headers = { 'retry-after': String(Math.ceil(resetMs / 1_000)) }
    throw new HoldfastError('rate_limited', { detail: 'No more accounts can be asked for today.', headers })
  }
}

/**
 * Begins a registration: mails a link, by which the reader of the address chooses a password. There is no account before
 * that, so that nobody can prepare one for another's address. The answer and the work are the same for an address that
 * has an account; its reader is told. @throws HoldfastError `registration_closed`, `not_configured`, `rate_limited`
 */
export const register = async (
  deps: RegisterDeps,
  input: { email: string; name: string; organizationName?: string | undefined; ipAddress: string },
): Promise<void> => {
  requireOpenRegistration(deps.registration)
  const mailbox = requireMail(deps.mailbox)
  const { email, name, organizationName = name } = input
  await limitSignUps(deps, email, input.ipAddress)
  const { allowed } = await deps.requestCounts.take(MAILS_PER_ADDRESS, email)
  await deps.db.unitOfWork.run(async (uow) => {
    const user = await findUserByEmail(uow.tx, email)
    const token = await addEmailToken(uow, { purpose: 'register', userId: null, email, name, organizationName })
    const content =
      user === undefined
        ? ({ template: 'confirm-registration', link: mailbox.link('confirm-registration', token) } as const)
        : ({ template: 'account-exists', link: mailbox.link('') } as const)
    mailbox.post(uow, allowed ? { to: email, content } : null)
  })
}

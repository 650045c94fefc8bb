import type { Database } from '@packages/db/open-database'
import type { Actor } from '../../../authorization/actor.ts'
import { addEmailToken, dropEmailTokens } from '../email-tokens.ts'
import { type Mailbox, requireMail } from '../mailbox.ts'
import { MAILS_PER_ADDRESS, type RequestCounts } from '../request-counts.ts'
import { findUserByEmail } from './find-user.ts'
import { type IdentityInput, proveIdentity, type ProveIdentityDeps } from '../confirmation/prove-identity.ts'
import { ownAccount } from './own-account.ts'

export type RequestEmailChangeDeps = ProveIdentityDeps & {
  db: Pick<Database, 'unitOfWork'>
  mailbox: Mailbox | null
  requestCounts: Pick<RequestCounts, 'take'>
}

/** Mails a link that proves the account's own address. @throws HoldfastError `not_configured`, `forbidden` */
export const requestVerification = async (
  deps: Pick<RequestEmailChangeDeps, 'db' | 'mailbox' | 'requestCounts'>,
  actor: Actor,
): Promise<void> => {
  const mailbox = requireMail(deps.mailbox)
  const { userId, email, emailVerified } = await ownAccount(deps, actor)
  if (emailVerified || !(await deps.requestCounts.take(MAILS_PER_ADDRESS, email)).allowed) return
  await deps.db.unitOfWork.run(async (uow) => {
    const link = mailbox.link('verify-email', await addEmailToken(uow, { purpose: 'verify-email', userId, email }))
    mailbox.post(uow, { to: email, content: { template: 'verify-email', link } })
  })
}

/**
 * Mails a link to a new address; the account has it when the link is used. Whose address it is already is told to its
 * reader alone. @throws HoldfastError `not_configured`, `forbidden`, `invalid_credentials`, `rate_limited`
 */
export const requestEmailChange = async (
  deps: RequestEmailChangeDeps,
  actor: Actor,
  input: IdentityInput & { email: string },
): Promise<void> => {
  const mailbox = requireMail(deps.mailbox)
  const account = await ownAccount(deps, actor)
  const proven = await proveIdentity(deps, account, input)
  const { email } = input
  const { allowed } = await deps.requestCounts.take(MAILS_PER_ADDRESS, email)
  await deps.db.unitOfWork.run(async (uow) => {
    await proven.use(uow)
    const owner = await findUserByEmail(uow.tx, email)
    await dropEmailTokens(uow, account.userId, ['change-email'])
    const userId = owner === undefined ? account.userId : null
    const token = await addEmailToken(uow, { purpose: 'change-email', userId, email })
    const content =
      owner === undefined
        ? ({ template: 'verify-email', link: mailbox.link('verify-email', token) } as const)
        : ({ template: 'account-exists', link: mailbox.link('') } as const)
    mailbox.post(uow, allowed ? { to: email, content } : null)
  })
}

import type { Database } from '@packages/db/open-database'
import { addEmailToken } from '../email-tokens.ts'
import { type Mailbox, requireMail } from '../mailbox.ts'
import { MAILS_PER_ADDRESS, type RequestCounts } from '../request-counts.ts'
import { findUserByEmail } from './find-user.ts'

export type RequestPasswordResetDeps = {
  db: Pick<Database, 'unitOfWork'>
  mailbox: Mailbox | null
  requestCounts: Pick<RequestCounts, 'take'>
}

/**
 * Mails a link by which the password can be set anew. Does the same work whether the address has an account: a row and a
 * job in each case, which lead nowhere without one. @throws HoldfastError `not_configured`
 */
export const requestPasswordReset = async (deps: RequestPasswordResetDeps, email: string): Promise<void> => {
  const mailbox = requireMail(deps.mailbox)
  const { allowed } = await deps.requestCounts.take(MAILS_PER_ADDRESS, email)
  await deps.db.unitOfWork.run(async (uow) => {
    const user = await findUserByEmail(uow.tx, email)
    const token = await addEmailToken(uow, { purpose: 'reset-password', userId: user?.id ?? null, email })
    const link = mailbox.link('reset-password', token)
    const send = user !== undefined && allowed
    mailbox.post(uow, send ? { to: user.email, content: { template: 'reset-password', link } } : null)
  })
}

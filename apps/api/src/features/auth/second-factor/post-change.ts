import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { MailContent } from '@packages/shared/mail'
import type { Mailbox } from '../mailbox.ts'

type Change = Extract<MailContent, { template: 'second-factor' }>['change']

/** Tells the account's owner by mail what happened to their second factor; nothing where no mail is sent. */
export const postChange = (
  uow: Pick<UnitOfWorkContext, 'send'>,
  mailbox: Mailbox | null,
  { to, change }: { to: string; change: Change },
): void => {
  if (mailbox === null) return
  const page = change === 'reset-with-password' ? 'forgot-password' : 'security'
  mailbox.post(uow, { to, content: { template: 'second-factor', change, link: mailbox.link(page) } })
}

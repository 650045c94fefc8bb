import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { MasterKey } from '@packages/runtime/master-key'
import { sealMail } from '@packages/runtime/sealed-mail'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Mail } from '@packages/shared/mail'

export type MailboxDeps = { masterKey: MasterKey; publicUrl: string }

/** Where mails are posted, with the change that they tell of. */
export class Mailbox {
  readonly #deps: MailboxDeps

  constructor(deps: MailboxDeps) {
    this.#deps = deps
  }

  /** Null posts a mail to nobody: the same work, for requests that must not tell who has an account. */
  post(uow: Pick<UnitOfWorkContext, 'send'>, mail: Mail | null): void {
    uow.send('send-mail', sealMail(this.#deps.masterKey, mail))
  }

  /** A page of the dashboard. The token stands in the fragment, which reaches no server and no log. */
  link(page: string, token?: string): string {
    return `${this.#deps.publicUrl}/${page}${token === undefined ? '' : `#token=${token}`}`
  }
}

/** @throws HoldfastError `not_configured` */
export const requireMail = (mailbox: Mailbox | null): Mailbox => {
  if (mailbox !== null) return mailbox
  throw new HoldfastError('not_configured', { detail: 'No mail is sent here: ask the operator, who can set SMTP_URL.' })
}

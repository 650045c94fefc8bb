import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import type { Logger } from '@packages/runtime/logger'
import type { MasterKey } from '@packages/runtime/master-key'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { MailWorker } from '@services/notification/mail-worker'
import { createSmtpMailer } from '@services/notification/smtp-mailer'

/** Sends mail by the server that the settings name; without one nobody does, and what needs mail says so. */
export const startMail = async (
  { mail }: Config,
  { stack, ...deps }: { stack: ServiceStack; db: Database; masterKey: MasterKey; logger: Logger },
): Promise<void> => {
  if (mail === null) return
  if (!mail.requireTls && !mail.server.tls)
    deps.logger.info({ host: mail.server.host }, 'mail goes to the server in clear when it offers no STARTTLS')
  await stack.start(new MailWorker({ ...deps, mailer: createSmtpMailer(mail) }))
}

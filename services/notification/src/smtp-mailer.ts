import type { MailConfig } from '@packages/runtime/config'
import { createTransport } from 'nodemailer'
import { type Mailer, MailRefused, type RenderedMail } from './mailer.ts'

const TIMEOUT_MS = 20_000
/** RFC 5321, 4.2.1: 5yz is final. Authentication (530 to 535) and the like an operator can repair. */
const REFUSED = new Set([550, 551, 553, 554])

const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  'responseCode' in error &&
  typeof error.responseCode === 'number' &&
  REFUSED.has(error.responseCode) &&
  // What is said to one recipient; a sender that is refused is a setting.
  'command' in error &&
  error.command === 'RCPT TO'

/** The answer's own words may quote the address: only the code is kept. */
const withoutWords = (error: unknown): Error => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const answer = error instanceof Error && 'responseCode' in error ? ` ${String(error.responseCode)}` : ''
  return new Error(`the mail server did not take the mail (${code}${answer})`)
}

/** Mails by SMTP, over few connections that are kept. TLS 1.2 or newer; never in clear where `requireTls` is set. */
export const createSmtpMailer = (options: MailConfig): Mailer => {
  const { server, from, requireTls, ca } = options
  const transport = createTransport({
    pool: true,
    maxConnections: 2,
    host: server.host,
    port: server.port,
    secure: server.tls,
    requireTLS: requireTls && !server.tls,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca === null ? {} : { ca }) },
    ...(server.user === null ? {} : { auth: { user: server.user, pass: server.password ?? '' } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // A mail never reads files or addresses of this machine.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  return {
    async send({ id, to, subject, text, html }: RenderedMail) {
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${domain}>`,
          // RFC 3834: no out-of-office answers, please.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        if (isRefusal(error)) throw new MailRefused(withoutWords(error).message)
        throw withoutWords(error)
      }
    },
    close: () => transport.close(),
  }
}

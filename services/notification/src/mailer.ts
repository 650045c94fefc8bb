/** A mail in words, in both forms. */
export type RenderedMail = {
  /** The same for each try, so that a mail that came twice can be told from two. */
  id: string
  to: string
  subject: string
  text: string
  html: string
}

/** The server will never take this mail: trying again is of no use. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}

/** Hands mails to whoever delivers them. */
export type Mailer = {
  /** Resolves when a server has taken it over. @throws MailRefused; anything else may be tried again */
  send(mail: RenderedMail): Promise<void>
  close(): void
}

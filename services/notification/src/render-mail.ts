import type { MailContent } from '@packages/shared/mail'
import { render } from '@react-email/render'
import type { RenderedMail } from './mailer.ts'
import { mailPage, type MailWords } from './templates/mail-page.ts'
import { mailWords } from './templates/mail-words.ts'

/** By our own hand: what is for a terminal must keep links whole, on a line of their own. */
const textOf = ({ paragraphs, action, closing }: MailWords): string =>
  [...paragraphs, ...(action === undefined ? [] : [`${action.label}:\n${action.link}`]), closing].join('\n\n')

/** A mail in words: subject, text, and HTML in which everything given is escaped. */
export const renderMail = async (content: MailContent): Promise<Pick<RenderedMail, 'subject' | 'text' | 'html'>> => {
  const words = mailWords(content)
  return { subject: words.subject, text: `${textOf(words)}\n`, html: await render(mailPage(words)) }
}

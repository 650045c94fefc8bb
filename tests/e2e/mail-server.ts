import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'

export type MailServer = {
  /** For the setting `SMTP_URL`. */
  url: string
  /** Waits for a mail to this address that has such a link, and takes it. */
  linkTo(address: string, path: string): Promise<string>
  stop(): Promise<void>
}

type Mail = { to: string[]; text: string }

/** Soft line breaks and escapes of quoted-printable. */
const decoded = (text: string): string =>
  text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/** A real SMTP server that keeps what it gets. */
export const startMailServer = async (): Promise<MailServer> => {
  const mails: Mail[] = []
  let wake = Promise.withResolvers<void>()
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    hideSTARTTLS: true,
    onData: async (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk)
      mails.push({ to: envelope.rcptTo.map(({ address }) => address), text: decoded(Buffer.concat(chunks).toString()) })
      wake.resolve()
      wake = Promise.withResolvers<void>()
      done()
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    linkTo: async (to, path) => {
      const pattern = new RegExp(`http://[^\\s"<>]+/${path}(?:#token=[\\w-]+)?(?=[\\s"<>)])`)
      for (;;) {
        const { promise } = wake
        const index = mails.findIndex((mail) => mail.to.includes(to) && pattern.test(mail.text))
        const [found] = index === -1 ? [] : mails.splice(index, 1)
        if (found !== undefined) return pattern.exec(found.text)?.[0] ?? ''
        await promise
      }
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { loadConfig, type MailConfig } from '@packages/runtime/config'
import { MasterKey } from '@packages/runtime/master-key'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { sealMail } from '@packages/runtime/sealed-mail'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { MailWorker } from './mail-worker.ts'
import { MailRefused } from './mailer.ts'
import { renderMail } from './render-mail.ts'
import { createSmtpMailer } from './smtp-mailer.ts'
import { makeCertificate } from './testing/make-certificate.ts'

type Received = { from: string; to: string[]; text: string; secure: boolean; user: string | undefined }

const { key, cert } = await makeCertificate('127.0.0.1')
const servers: SMTPServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()))
})

/** A real SMTP server; `failures` are answered first. */
const startServer = async (options: SMTPServerOptions = {}, failures: number[] = []) => {
  const received: Received[] = []
  const server = new SMTPServer({
    logger: false,
    key,
    cert,
    authOptional: true,
    onAuth: (auth, _session, done) =>
      auth.username === 'ada' && auth.password === 'p@ss word' ? done(null, { user: 'ada' }) : done(new Error('no')),
    onRcptTo: (_address, _session, done) => {
      const code = failures.shift()
      if (code === undefined) return done()
      done(Object.assign(new Error('refused'), { responseCode: code }))
    },
    onData: async (stream, session, done) => {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk)
      const { mailFrom, rcptTo } = session.envelope
      received.push({
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        text: Buffer.concat(chunks).toString(),
        secure: session.secure,
        user: session.user,
      })
      done()
    },
    ...options,
  })
  server.on('error', () => {})
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  return { received, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

const configOf = (url: string, more: Record<string, string> = {}): MailConfig => {
  const { mail } = loadConfig({ SMTP_URL: url, MAIL_FROM: 'Holdfast <files@example.org>', ...more })
  if (mail === null) throw new Error('no mail')
  return mail
}

const MAIL = { id: 'one', to: 'grace@example.org', subject: 'Hello', text: 'words', html: '<p>words</p>' }

describe('the SMTP mailer', () => {
  test('sends text and HTML, by STARTTLS and with a password', async () => {
    const { received, port } = await startServer()
    const mailer = createSmtpMailer({ ...configOf(`smtp://ada:p%40ss%20word@127.0.0.1:${port}`), ca: cert })
    await mailer.send(MAIL)
    mailer.close()
    expect(received).toMatchObject([
      { from: 'files@example.org', to: ['grace@example.org'], secure: true, user: 'ada' },
    ])
    const [{ text = '' } = {}] = received
    expect(text).toContain('Message-ID: <one@example.org>')
    expect(text).toContain('Content-Type: text/plain')
    expect(text).toContain('Content-Type: text/html')
    expect(text).toContain('Auto-Submitted: auto-generated')
  })

  test('sends over TLS from the first byte (smtps)', async () => {
    const { received, port } = await startServer({ secure: true })
    const mailer = createSmtpMailer({ ...configOf(`smtps://127.0.0.1:${port}`), ca: cert })
    await mailer.send(MAIL)
    mailer.close()
    expect(received).toMatchObject([{ secure: true }])
  })

  test('does not send in clear where TLS is required and the server offers none', async () => {
    const { received, port } = await startServer({ disabledCommands: ['STARTTLS'] })
    const mailer = createSmtpMailer({ ...configOf(`smtp://127.0.0.1:${port}`), requireTls: true })
    await expect(mailer.send(MAIL)).rejects.toThrow(/did not take/)
    mailer.close()
    expect(received).toEqual([])
  })

  test('believes no certificate that nobody vouches for', async () => {
    const { received, port } = await startServer()
    const mailer = createSmtpMailer({ ...configOf(`smtp://127.0.0.1:${port}`), requireTls: true })
    await expect(mailer.send(MAIL)).rejects.toThrow(/did not take/)
    mailer.close()
    expect(received).toEqual([])
  })

  test('tells a recipient that is refused for good from a server that is busy', async () => {
    const { port } = await startServer({}, [550, 451])
    const mailer = createSmtpMailer({ ...configOf(`smtp://127.0.0.1:${port}`), ca: cert })
    await expect(mailer.send(MAIL)).rejects.toBeInstanceOf(MailRefused)
    const busy = await mailer.send(MAIL).catch((error: unknown) => error)
    expect(busy).toBeInstanceOf(Error)
    expect(busy).not.toBeInstanceOf(MailRefused)
    expect(String(busy)).not.toContain('grace')
    mailer.close()
  })

  test('writes no header that a name or a subject brings along', async () => {
    const { received, port } = await startServer()
    const mailer = createSmtpMailer({ ...configOf(`smtp://127.0.0.1:${port}`), ca: cert })
    await mailer.send({ ...MAIL, subject: 'Hi\r\nBcc: victim@example.org\r\n\r\nbody' })
    mailer.close()
    expect(received[0]?.to).toEqual(['grace@example.org'])
    expect(received[0]?.text).not.toMatch(/^Bcc:/m)
  })
})

describe('TLS is required', () => {
  test.each([
    ['in production mode', 'smtp://mail.example.org', { NODE_ENV: 'production' }, true],
    ['with a password', 'smtp://a:b@mail.example.org', {}, true],
    ['not on loopback', 'smtp://a:b@127.0.0.1', { NODE_ENV: 'production' }, false],
    ['not without either', 'smtp://mail.example.org', {}, false],
  ])('%s', (_when, url, more, required) => {
    expect(configOf(url, more).requireTls).toBe(required)
  })
})

describe('words', () => {
  const link = 'https://files.example.org/invitation#token=abc'
  const invitation = { template: 'invitation', link, inviter: 'ada@example.org', role: 'developer' } as const

  test('stand in text and HTML, with the link whole', async () => {
    const mail = await renderMail({ template: 'reset-password', link })
    expect(mail.text).toContain(`\n${link}\n`)
    expect(mail.html).toContain(`href="${link}"`)
    expect(mail.html).toMatch(/^<!DOCTYPE html/)
    expect(mail.html).not.toMatch(/<img|<script|<link/)
  })

  test('tell when a name ends, and what to do', async () => {
    const ending = { template: 'ipns-ending', link, name: 'k51name', validUntil: '2027-01-01T00:00:00.000Z' } as const
    const mail = await renderMail({ ...ending, label: 'the website', days: 7 })
    expect(mail.subject).toBe('An IPNS name leads nowhere in 7 days: the website')
    expect(mail.text).toContain('the website (/ipns/k51name) is signed until 2027-01-01T00:00:00.000Z')
    expect((await renderMail({ ...ending, label: null, days: 1 })).subject).toContain('in a day: k51name')
    expect((await renderMail({ ...ending, label: 'www.evil.example', days: 1 })).text).not.toContain('evil')
  })

  test('escape what others chose', async () => {
    const { html } = await renderMail({ ...invitation, organization: '<b onclick=x>&"' })
    expect(html).not.toContain('<b onclick')
  })

  test.each(['Win https://evil.example/x', 'www.evil.example', 'evil.example'])('carry no link: %s', async (name) => {
    const { text, subject } = await renderMail({ ...invitation, organization: name })
    expect(`${subject}${text}`).not.toContain('evil')
  })
})

const states = async (db: TestDatabase['db']): Promise<string[]> => {
  const { rows } = await db.pool.query(`select state from jobs.job where name = 'send-mail'`)
  return rows.map(({ state }) => state)
}

describe('the mail worker', () => {
  let database: TestDatabase
  const masterKey = new MasterKey(randomBytes(32))
  beforeAll(async () => {
    database = await startTestDatabase()
  })
  afterAll(() => database.stop())

  test('sends what was posted with a change, after a server that was busy too, and drops what is refused', async () => {
    const failures = [451]
    const { received, port } = await startServer({}, failures)
    const { db } = database
    const mailer = createSmtpMailer({ ...configOf(`smtp://127.0.0.1:${port}`), ca: cert })
    const worker = new MailWorker({ db, masterKey, mailer, logger: silentLogger })
    const post = (to: string) =>
      db.unitOfWork.run(async (uow) => {
        const link = `https://files.example.org/reset-password#token=secret-canary`
        uow.send('send-mail', sealMail(masterKey, { to, content: { template: 'reset-password', link } }))
        uow.send('send-mail', sealMail(masterKey, null))
      })
    await post('first@example.org')
    const { rows } = await db.pool.query(`select data::text from jobs.job where name = 'send-mail'`)
    expect(JSON.stringify(rows)).not.toMatch(/first@|canary/)
    await worker.start()
    const settled = async () => (await states(db)).every((state) => state === 'completed')
    // Busy first: the queue tries again.
    await expect.poll(() => received.map(({ to }) => to[0]), { timeout: 20_000 }).toEqual(['first@example.org'])
    await expect.poll(settled, { timeout: 20_000 }).toBe(true)
    failures.push(550)
    await post('refused@example.org')
    await expect.poll(settled, { timeout: 20_000 }).toBe(true)
    expect(received).toHaveLength(1)
    await db.jobs.stop({ drainMs: 1_000 })
    await worker.stop()
  })
})

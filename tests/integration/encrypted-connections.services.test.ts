import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTestCertificates } from '@packages/runtime/tls/test-certificates'
import { freePort } from '@packages/testkit/free-port'
import { callJson } from '@packages/testkit/http-client'
import { startRedis, type TestRedis } from '@packages/testkit/redis-server'
import { startPlatform } from '@packages/testkit/start-platform'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'

const BIN = '/usr/lib/postgresql/15/bin'
const authority = makeTestCertificates()
const stranger = makeTestCertificates()
const server = authority.make('server', ['DNS:localhost'])

let folder: string
let caFile: string
let strangersFile: string
let database: string
let redis: TestRedis
let smtp: SMTPServer
let mailUrl: string
const mails: boolean[] = []

/** PostgreSQL refuses to run as root. */
const asPostgres = (program: string, ...args: string[]): void => {
  const root = process.getuid?.() === 0
  const [command, rest] = root ? ['runuser', ['-u', 'postgres', '--', join(BIN, program)]] : [join(BIN, program), []]
  execFileSync(command as string, [...(rest as string[]), ...args], { stdio: 'ignore', cwd: folder })
}

/** A PostgreSQL 15 that takes nothing in clear. */
const startPostgres = async (): Promise<string> => {
  const data = join(folder, 'data')
  const port = await freePort()
  asPostgres('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync')
  const key = join(data, 'server.key')
  copyFileSync(server.keyFile, key)
  copyFileSync(server.certFile, join(data, 'server.crt'))
  const { uid, gid } = statSync(data)
  for (const file of [key, join(data, 'server.crt')]) chownSync(file, uid, gid)
  chmodSync(key, 0o600)
  writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n')
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c ssl=on -c fsync=off`
  asPostgres('pg_ctl', '-D', data, '-w', '-l', join(data, 'log'), '-o', options, 'start')
  return `postgresql://postgres@localhost:${port}/postgres`
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hf-encrypted-'))
  chmodSync(folder, 0o777)
  caFile = join(folder, 'ca.pem')
  strangersFile = join(folder, 'stranger.pem')
  writeFileSync(caFile, authority.ca)
  writeFileSync(strangersFile, stranger.ca)
  database = await startPostgres()
  redis = await startRedis({ tls: { port: await freePort(), cert: server.certFile, key: server.keyFile } })
  smtp = new SMTPServer({
    key: server.key,
    cert: server.cert,
    authOptional: true,
    onData: (stream, session, done) => {
      mails.push(session.secure)
      stream.resume().on('end', done)
    },
  })
  smtp.on('error', () => {})
  smtp.listen(0, '127.0.0.1')
  await once(smtp.server, 'listening')
  mailUrl = `smtp://localhost:${(smtp.server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await new Promise<void>((resolve) => smtp?.close(() => resolve()))
  await redis?.[Symbol.asyncDispose]()
  if (database !== undefined) asPostgres('pg_ctl', '-D', join(folder, 'data'), '-m', 'immediate', 'stop')
  authority.remove()
  stranger.remove()
  rmSync(folder, { recursive: true, force: true })
})

const settings = (more: Record<string, string> = {}) => ({
  NODE_ENV: 'production',
  DATABASE_URL: database,
  DATABASE_CA: caFile,
  REDIS_URL: redis.url,
  REDIS_CA: caFile,
  SMTP_URL: mailUrl,
  SMTP_CA: caFile,
  MAIL_FROM: 'files@example.org',
  ...more,
})
const start = (more: Record<string, string> = {}) =>
  startPlatform({ environment: settings(more), database: 'embedded' })

test('in production mode PostgreSQL 15, Redis and mail are spoken to by TLS, and work', async () => {
  await using platform = await start()
  const { rows } = await platform.db.pool.query<{ application_name: string; ssl: boolean; version: string }>(
    `select a.application_name, s.ssl, s.version from pg_stat_activity a join pg_stat_ssl s using (pid)
     where a.application_name like 'holdfast%'`,
  )
  expect(new Set(rows.map(({ application_name }) => application_name))).toEqual(
    new Set(['holdfast', 'holdfast-jobs', 'holdfast-listen']),
  )
  expect(rows.filter(({ ssl, version }) => !ssl || version !== 'TLSv1.3')).toEqual([])
  expect(await callJson(`${platform.apiUrl}/health/cache`)).toEqual({ status: 'ok' })
  const { accessToken: token } = await platform.logIn()
  await callJson(`${platform.apiUrl}/api/v1/invitations`, {
    token,
    body: { email: 'grace@example.org', role: 'viewer' },
  })
  await expect.poll(() => mails, { timeout: 20_000 }).toEqual([true])
})

test.each([
  ['an authority of others', () => ({ DATABASE_CA: strangersFile }), /^The database does not answer: .*certificate/],
  [
    'no authority of its own',
    () => ({ DATABASE_CA: '', DATABASE_URL: `${database}?sslmode=require` }),
    /^The database does not answer: .*certificate/,
  ],
  [
    'another name',
    () => ({ DATABASE_URL: database.replace('localhost', '127.0.0.1') }),
    /^The database does not answer: .*does not match certificate/,
  ],
  [
    'an authority of others for Redis',
    () => ({ REDIS_CA: strangersFile }),
    /^REDIS_URL: cannot use rediss:.*certificate/,
  ],
])('a start with %s is refused', async (_what, more, message) => {
  await expect(start(more())).rejects.toThrow(message)
})

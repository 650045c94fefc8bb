import { scryptSync } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeToken } from '../features/auth/email-tokens.ts'
import { makeApiKey } from '../plugins/authenticate/api-key-format.ts'
import { buildTestApi, type TestApi, type TestUser } from '../testing/test-api.ts'
import { allOperations } from './json-operations.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

const logIn = (password: string, email = operator.email) =>
  api.call('POST', '/api/v1/auth/login', { body: { email, password } })

/** Bits of what is drawn: its characters, each of an alphabet that all draws together show at least. */
const bitsOf = (draws: string[]): number => {
  const shown = new Set(draws.join(''))
  return Math.min(...draws.map(({ length }) => length)) * Math.log2(shown.size)
}

it.each([
  ['an API key', () => makeApiKey().key.slice('hfast_'.length, -6)],
  ['a link’s token', () => makeToken().token],
])('%s has 128 bits or more, and none comes twice', (_what, draw) => {
  const draws = Array.from({ length: 2_000 }, draw)
  expect(new Set(draws).size).toBe(draws.length)
  expect(bitsOf(draws)).toBeGreaterThan(128)
})

it('tokens of a session have 128 bits or more, and none comes twice', async () => {
  const pairs = []
  for (let turn = 0; turn < 20; turn++) pairs.push((await logIn(operator.password)).json())
  const refresh = pairs.map(({ refreshToken }) => String(refreshToken).slice('hfrt_'.length))
  const { rows } = await api.db.pool.query<{ token: string }>('select token from sessions')
  for (const draws of [refresh, rows.map(({ token }) => token)]) {
    expect(new Set(draws).size).toBe(draws.length)
    expect(bitsOf(draws)).toBeGreaterThan(128)
  }
})

it('a password is kept as scrypt of N 16384, r 16, p 1 with a salt of its own, and as nothing else', async () => {
  const { rows } = await api.db.pool.query<{ password: string }>('select password from accounts')
  const [salt = '', key = ''] = rows[0]?.password.split(':') ?? []
  const options = { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }
  expect(scryptSync(operator.password.normalize('NFKC'), salt, 64, options).toString('hex')).toBe(key)
  expect(salt.length).toBeGreaterThanOrEqual(32)
  const other = await api.addUser(operator)
  const { rows: again } = await api.db.pool.query<{ password: string }>(
    'select password from accounts where user_id = $1',
    [other.id],
  )
  expect(again[0]?.password.split(':')[0]).not.toBe(salt)
})

it('a password is checked as it was sent: not cut, not trimmed, in its case', async () => {
  const password = ` ${'Långt lösenord '.repeat(8)}`
  const email = 'exact@example.org'
  const made = await api.call('POST', '/api/v1/users', { body: { email, password, name: 'X' }, as: operator.headers })
  expect(made.statusCode).toBe(201)
  expect((await logIn(password, email)).statusCode).toBe(200)
  for (const near of [password.trim(), password.slice(0, -1), password.slice(0, 72), password.toLowerCase()])
    expect((await logIn(near, email)).statusCode).toBe(401)
})

it('answers about accounts and tenants are kept by no cache', async () => {
  const reads = (await allOperations()).filter(
    ({ method, access, url }) => method === 'GET' && access === 'authenticated' && !url.includes('/:'),
  )
  expect(reads.length).toBeGreaterThan(5)
  for (const { url } of reads) {
    const reply = await api.call('GET', url, { as: operator.headers, headers: { accept: 'application/json' } })
    expect([url, reply.headers['cache-control']]).toEqual([url, 'no-store'])
  }
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let operator: TestUser
let cookie: string
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
  cookie = await signIn(api, TEST_ORIGIN)
})
afterAll(() => api.stop())

const signIn = async (on: TestApi, origin: string): Promise<string> => {
  const body = { email: operator.email, password: operator.password }
  const headers = { origin, 'sec-fetch-site': 'same-origin' }
  const reply = await on.call('POST', '/api/auth/sign-in/email', { body, headers })
  expect(reply.statusCode).toBe(200)
  return String(reply.headers['set-cookie'])
}

/** What a browser says of a page elsewhere; the gateway's port is the same site. */
const ELSEWHERE: [string, Record<string, string>][] = [
  ['the gateway on :8080', { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-site' }],
  ['the gateway on :8080, in an older browser', { origin: 'http://127.0.0.1:8080' }],
  ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['another site that claims our origin', { origin: TEST_ORIGIN, 'sec-fetch-site': 'cross-site' }],
  ['a sandboxed frame', { origin: 'null' }],
  ['a sandboxed frame of this site', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['an address that begins like ours', { origin: `${TEST_ORIGIN}.evil.example` }],
  ['our host under HTTPS', { origin: 'https://127.0.0.1:3000' }],
]
const CHANGES = [
  '/api/v1/api-keys',
  '/api/v1/auth/logout',
  '/api/v1/auth/login',
  '/api/v1/auth/refresh',
  '/api/v1/setup',
  '/api/auth/sign-in/email',
  '/api/auth/sign-in/mfa',
  '/api/auth/sign-in/passkey',
  '/api/auth/sign-out',
]
const SIGN_INS = [
  '/api/v1/auth/login',
  '/api/v1/auth/refresh',
  '/api/v1/setup',
  '/api/auth/sign-in/email',
  '/api/auth/sign-in/mfa',
  '/api/auth/sign-in/passkey',
  '/api/auth/sign-out',
]

describe.each(ELSEWHERE)('a page of %s', (_who, headers) => {
  it.each(CHANGES)('changes nothing by cookie at %s', async (path) => {
    const reply = await api.call('POST', path, { body: {}, headers: { cookie, ...headers } })
    expect(reply.json()).toMatchObject({ status: 403, code: 'cross_site_request' })
    expect(reply.headers['set-cookie']).toBeUndefined()
  })

  it.each(SIGN_INS)('signs nobody in as somebody else at %s (login CSRF)', async (path) => {
    const { email, password } = operator
    const reply = await api.call('POST', path, { body: { email, password }, headers })
    expect(reply.json()).toMatchObject({ status: 403, code: 'cross_site_request' })
    expect(reply.headers['set-cookie']).toBeUndefined()
  })
})

it('takes a change by any cookie only with proof of where it comes from', async () => {
  const body = { name: 'x' }
  for (const jar of [cookie, 'other=1'])
    expect((await api.call('POST', '/api/v1/api-keys', { body, headers: { cookie: jar } })).statusCode).toBe(403)
  const own = { cookie, origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
  expect((await api.call('POST', '/api/v1/api-keys', { body, headers: own })).statusCode).toBe(201)
})

it('asks programs for nothing', async () => {
  const { email, password, headers: as } = operator
  expect((await api.call('POST', '/api/v1/auth/login', { body: { email, password } })).statusCode).toBe(200)
  expect((await api.call('POST', '/api/v1/api-keys', { body: { name: 'y' }, as })).statusCode).toBe(201)
})

it('names cookies __Host- with Secure under HTTPS, and takes only those', async () => {
  const origin = 'https://files.example.org'
  const secure = await buildTestApi({ publicUrl: origin })
  try {
    const own = await secure.setUp()
    operator = { ...operator, email: own.email, password: own.password }
    const given = await signIn(secure, origin)
    expect(given).toMatch(/^__Host-holdfast\.session_token=/)
    for (const attribute of [/; Secure/i, /; HttpOnly/i, /; Path=\/(;|$)/i]) expect(given).toMatch(attribute)
    expect(given).not.toMatch(/Domain=/i)
    const [pair = ''] = given.split(';')
    const me = async (jar: string) =>
      (await secure.call('GET', '/api/v1/auth/me', { headers: { cookie: jar } })).statusCode
    expect([await me(pair), await me(pair.replace('__Host-', ''))]).toEqual([200, 401])
    const headers = { cookie: pair, origin, 'sec-fetch-site': 'same-origin' }
    const session = await secure.call('GET', '/api/auth/get-session', { headers })
    expect(session.json()).toMatchObject({ user: { email: own.email } })
    const bye = await secure.call('POST', '/api/v1/auth/logout', { headers })
    expect(String(bye.headers['set-cookie'])).toMatch(/^__Host-holdfast\.session_token=; Max-Age=0;.*Secure/)
  } finally {
    await secure.stop()
  }
})

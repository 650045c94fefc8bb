import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApi, buildSecondApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../testing/test-api.ts'

const APP = 'https://app.example.org'
const ALLOW = 'access-control-allow-origin'

let closed: TestApi
let listed: TestApi
let open: TestApi
let operator: TestUser
beforeAll(async () => {
  closed = await buildTestApi()
  operator = await closed.setUp()
  listed = await buildSecondApi(closed, { corsOrigins: [APP, 'http://localhost:5173'] })
  open = await buildSecondApi(closed, { corsOrigins: '*' })
})
afterAll(async () => {
  await listed.app.close()
  await open.app.close()
  await closed.stop()
})

const ask = (api: TestApi, origin: string, path = '/api/v1/auth/me', more: Record<string, string> = {}) =>
  api.call('GET', path, { as: operator.headers, headers: { origin, ...more } })
const preflight = (api: TestApi, origin: string, url: string) =>
  api.app.inject({
    method: 'OPTIONS',
    url,
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  })

/** Origins that are none of the list, however near. */
const FOREIGN = [
  'null',
  'NULL',
  'https://evil.example',
  'http://app.example.org',
  'https://app.example.org:8443',
  'https://app.example.org:443',
  'https://app.example.org/',
  'https://APP.example.org',
  'https://app.example.org.evil.example',
  'https://evil-app.example.org',
  'https://evil.app.example.org',
  'https://appxexample.org',
  'https://app.example.org@evil.example',
  'https://app.example.org%60.evil.example',
  'https://app.example.org,https://evil.example',
  `${APP} ${APP}`,
  '*',
  '',
  'file://',
  'chrome-extension://abcdefgh',
  'http://localhost',
]

describe('a page elsewhere', () => {
  it.each(FOREIGN)('reads nothing when its origin is not listed: %s', async (origin) => {
    for (const api of [closed, listed])
      for (const path of ['/api/v1/auth/me', '/api/v1/nothing', '/.well-known/jwks.json']) {
        const { headers } = await ask(api, origin, path)
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
      }
    const refused = await preflight(listed, origin, '/api/v1/api-keys')
    expect(Object.keys(refused.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
  })

  it.each([APP, 'http://localhost:5173'])('calls with a token when its origin is listed: %s', async (origin) => {
    const reply = await ask(listed, origin)
    expect(reply.statusCode).toBe(200)
    expect(reply.headers).toMatchObject({ [ALLOW]: origin, vary: 'Origin' })
    expect(reply.headers['access-control-expose-headers']).toContain('RateLimit')
  })

  it('is told of errors, and caches are told that answers differ', async () => {
    const missing = await ask(listed, APP, '/api/v1/nothing')
    expect([missing.statusCode, missing.headers[ALLOW]]).toEqual([404, APP])
    const anonymous = await listed.call('GET', '/api/v1/auth/me', { headers: { origin: APP } })
    expect([anonymous.statusCode, anonymous.headers[ALLOW]]).toEqual([401, APP])
    expect((await ask(listed, 'https://evil.example')).headers.vary).toBe('Origin')
  })

  it('gets its preflight answered for routes that are there, without a credential', async () => {
    const reply = await preflight(listed, APP, '/api/v1/api-keys?x=1')
    expect([reply.statusCode, reply.body]).toEqual([204, ''])
    expect(reply.headers).toMatchObject({ [ALLOW]: APP, 'access-control-allow-methods': 'GET, HEAD, POST' })
    expect(reply.headers['access-control-allow-headers']).toContain('Authorization')
    expect(reply.headers['access-control-allow-headers']).not.toContain('*')
    expect((await preflight(listed, APP, '/api/v1/nothing')).statusCode).toBe(404)
  })

  it('never sends cookies along: no answer allows credentials, and a change by cookie stays refused', async () => {
    for (const api of [listed, open]) {
      const replies = [await ask(api, APP), await preflight(api, APP, '/api/v1/api-keys')]
      for (const { headers } of replies) expect(headers['access-control-allow-credentials']).toBeUndefined()
      const headers = { origin: APP, cookie: 'holdfast.session_token=x' }
      const change = await api.call('POST', '/api/v1/api-keys', { body: { name: 'x' }, headers })
      expect([change.statusCode, change.json().code]).toEqual([403, 'cross_site_request'])
      const { email, password } = operator
      const signIn = await api.call('POST', '/api/v1/auth/login', {
        body: { email, password },
        headers: { origin: APP },
      })
      expect([signIn.statusCode, signIn.headers['set-cookie']]).toEqual([403, undefined])
    }
  })

  it('is told nothing of the sign-in of browsers, of pages and probes', async () => {
    for (const api of [listed, open])
      for (const path of ['/api/auth/get-session', '/', '/docs', '/health/live', '/api/v1', '//api/v1/auth/me'])
        expect((await ask(api, APP, path)).headers[ALLOW]).toBeUndefined()
  })

  it('reads everywhere under *, but for the origin null, which anybody can take', async () => {
    for (const origin of [APP, 'https://evil.example', TEST_ORIGIN])
      expect((await ask(open, origin)).headers).toMatchObject({ [ALLOW]: '*', vary: 'Origin' })
    expect((await ask(open, 'null')).headers[ALLOW]).toBeUndefined()
    expect((await preflight(open, 'null', '/api/v1/api-keys')).headers[ALLOW]).toBeUndefined()
  })
})

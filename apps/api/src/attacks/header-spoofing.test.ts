import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { unlimited } from '@packages/runtime/rate-limiter'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSecondApi, buildTestContentApi, TEST_ORIGIN, type TestApi, type TestUser } from '../testing/test-api.ts'
import { lastMailTo } from '../testing/test-mail.ts'

/** Who asks, whom they claim to be, and the proxy that is trusted. */
const REAL = '203.0.113.9'
const CLAIMED = '198.51.100.7'
const PROXY = '10.0.0.1'
const EVIL = 'evil.example'

let api: TestApi & { content: unknown }
let counted: TestApi
let operator: TestUser
let listedKey: Record<string, string>
beforeAll(async () => {
  api = await buildTestContentApi({ trustedProxies: ['10.0.0.0/8'], mailConfigured: true })
  operator = await api.setUp()
  listedKey = (await api.addApiKey(operator, { name: 'listed', allowedAddresses: [`${CLAIMED}/32`] } as object)).headers
  const anonymous = createMemoryRateLimiter({ name: 'anonymous', limit: 1_000_000, windowMs: 3_600_000 })
  const off = { login: unlimited, account: unlimited, credential: unlimited, user: unlimited, address: unlimited }
  counted = await buildSecondApi(api, { trustedProxies: ['10.0.0.0/8'], rateLimiters: { ...off, anonymous } })
})
afterAll(async () => {
  await counted.app.close()
  await api.stop()
})

/** Headers by which servers somewhere believe who asks; and our own, by which the bridge tells better-auth. */
const ADDRESS_HEADERS: [string, string][] = [
  ['x-forwarded-for', CLAIMED],
  ['x-forwarded-for', `${CLAIMED}, ${CLAIMED}`],
  ['x-forwarded-for', `${CLAIMED}, 127.0.0.1, ::1`],
  ['x-forwarded-for', `[${CLAIMED}]:80`],
  ['x-forwarded-for', `::ffff:${CLAIMED}`],
  ['forwarded', `for=${CLAIMED}`],
  ['forwarded', `for="[::ffff:${CLAIMED}]:80";by=${CLAIMED};host=${CLAIMED}`],
  ['x-forwarded', `for=${CLAIMED}`],
  ['forwarded-for', CLAIMED],
  ['x-real-ip', CLAIMED],
  ['x-client-ip', CLAIMED],
  ['client-ip', CLAIMED],
  ['true-client-ip', CLAIMED],
  ['cf-connecting-ip', CLAIMED],
  ['fastly-client-ip', CLAIMED],
  ['x-cluster-client-ip', CLAIMED],
  ['x-azure-clientip', CLAIMED],
  ['x-envoy-external-address', CLAIMED],
  ['x-originating-ip', CLAIMED],
  ['x-remote-ip', CLAIMED],
  ['x-remote-addr', CLAIMED],
  ['x-host', CLAIMED],
  ['via', `1.1 ${CLAIMED}`],
  ['host', CLAIMED],
  ['x-holdfast-client-address', CLAIMED],
]

/** Straight to us, and through the proxy, which writes whom it saw behind what it was sent. */
const WAYS = {
  'from a peer that is no proxy': (name: string, value: string) => ({ peer: REAL, headers: { [name]: value } }),
  'through a proxy that is trusted': (name: string, value: string) => ({
    peer: PROXY,
    headers: name === 'x-forwarded-for' ? { [name]: `${value}, ${REAL}` } : { [name]: value, 'x-forwarded-for': REAL },
  }),
}

const ask = (to: TestApi, request: InjectOptions, from: { peer: string; headers: Record<string, string> }) =>
  to.app.inject({ ...request, remoteAddress: from.peer, headers: { ...request.headers, ...from.headers } })
const ME = { method: 'GET', url: '/api/v1/auth/me' } as const
const KEYS = { method: 'GET', url: '/.well-known/jwks.json' } as const
const left = (reply: { headers: Record<string, unknown> }) =>
  Number(/;r=(\d+)/.exec(String(reply.headers.ratelimit))?.[1])

describe.each(Object.entries(WAYS))('%s', (_way, way) => {
  it.each(ADDRESS_HEADERS)(
    '%s: %s makes nobody somebody else for the addresses of a key, or for limits',
    async (name, value) => {
      const from = way(name, value)
      const refused = await ask(api, { ...ME, headers: listedKey }, from)
      expect(refused.json()).toMatchObject({ status: 403, code: 'address_not_allowed' })
      const plain = way('x-nothing', '')
      const before = left(await ask(counted, KEYS, plain))
      expect(left(await ask(counted, KEYS, from))).toBeLessThan(before)
    },
  )

  it('all of them together change nothing in audit log and sessions', async () => {
    const names = [...new Set(ADDRESS_HEADERS.map(([name]) => name))]
    const spoofed = Object.fromEntries(names.flatMap((name) => Object.entries(way(name, CLAIMED).headers)))
    const from = { peer: way('via', '').peer, headers: { ...spoofed, ...way('x-forwarded-for', CLAIMED).headers } }
    const { email, password } = operator
    const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
      ask(api, { method: 'POST', url, payload, headers: { 'user-agent': 'spoofer', ...headers } }, from)
    expect((await post('/api/v1/auth/login', { email, password })).statusCode).toBe(200)
    const browser = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
    expect((await post('/api/auth/sign-in/email', { email, password }, browser)).statusCode).toBe(200)
    const { sessions } = (await api.call('GET', '/api/v1/auth/sessions', { as: operator.headers })).json()
    const addresses = sessions.filter(({ device }: { device: string }) => device === 'spoofer')
    expect(addresses.length).toBeGreaterThanOrEqual(2)
    for (const { ipAddress } of addresses) expect(ipAddress).toBe(REAL)

    const { id } = (await post('/api/v1/api-keys', { name: 'x' }, operator.headers)).json()
    const { rows } = (
      await api.call('GET', '/api/v1/audit-log?action=api-key.created', { as: operator.headers })
    ).json()
    const row = rows.find(({ resource }: { resource: { id: string } }) => resource.id === id)
    expect(row.address).toBe(REAL)
    expect(JSON.stringify(row)).not.toContain(CLAIMED)
  })
})

describe('who is believed', () => {
  it.each<[string, { peer: string; headers: Record<string, string> }, number]>([
    ['the peer itself', { peer: CLAIMED, headers: {} }, 200],
    ['whom the proxy saw', { peer: PROXY, headers: { 'x-forwarded-for': CLAIMED } }, 200],
    ['whom the proxy saw, with a port', { peer: PROXY, headers: { 'x-forwarded-for': `${CLAIMED}:4711` } }, 200],
    ['nobody where the proxy says nothing', { peer: PROXY, headers: {} }, 403],
    ['nobody where it cannot be read', { peer: PROXY, headers: { 'x-forwarded-for': `${CLAIMED}, unknown` } }, 403],
    [
      'nobody before what cannot be read',
      { peer: PROXY, headers: { 'x-forwarded-for': `${CLAIMED}, x, 10.0.0.2` } },
      403,
    ],
  ])('is %s', async (_who, from, status) => {
    expect((await ask(api, { ...ME, headers: listedKey }, from)).statusCode).toBe(status)
  })

  it('what is no address is none in sessions and limits', async () => {
    const { email, password } = operator
    const from = { peer: PROXY, headers: { 'x-forwarded-for': `"><script>, ${'9'.repeat(300)}` } }
    const headers = { 'user-agent': 'garbled' }
    await ask(api, { method: 'POST', url: '/api/v1/auth/login', payload: { email, password }, headers }, from)
    const { sessions } = (await api.call('GET', '/api/v1/auth/sessions', { as: operator.headers })).json()
    expect(sessions.find(({ device }: { device: string }) => device === 'garbled').ipAddress).toBe(PROXY)
  })
})

/** Headers by which addresses that a server writes, or the route that it takes, become another's. */
const HOST_HEADERS: Record<string, string> = {
  host: EVIL,
  'x-forwarded-host': EVIL,
  'x-forwarded-server': EVIL,
  'x-forwarded-proto': 'https',
  'x-forwarded-scheme': 'https',
  'x-forwarded-port': '4443',
  'x-forwarded-prefix': `//${EVIL}`,
  'x-host': EVIL,
  'x-original-host': EVIL,
  'x-http-host-override': EVIL,
  forwarded: `for=${CLAIMED};host=${EVIL};proto=https`,
  'front-end-https': 'on',
  'x-original-url': `//${EVIL}/api/v1/users`,
  'x-rewrite-url': `//${EVIL}/api/v1/users`,
  'x-http-method-override': 'DELETE',
  'x-http-method': 'DELETE',
  'x-method-override': 'DELETE',
}

describe.each([REAL, PROXY])('addresses that we write, and routes, are ours whatever %s claims', (peer) => {
  const from = { peer, headers: HOST_HEADERS }

  it.each([
    '/',
    '/docs',
    '/api/v1/openapi.json',
    '/api/v1/auth/me',
    '/api/v1/nothing',
    '/api/v1',
    '/health/live',
    '/.well-known/jwks.json',
    '/api/v1/files',
    '/api/auth/get-session',
  ])('in the answer of %s', async (url) => {
    const plain = await ask(api, { url, headers: operator.headers }, { peer, headers: {} })
    const reply = await ask(api, { url, headers: operator.headers }, from)
    expect(reply.statusCode).toBe(plain.statusCode)
    expect(JSON.stringify(reply.headers) + reply.body).not.toMatch(/evil\.example|:4443|set-cookie/)
    expect(reply.headers['strict-transport-security']).toBeUndefined()
  })

  it('in the address of a resumable upload', async () => {
    const headers = {
      ...operator.headers,
      'tus-resumable': '1.0.0',
      'upload-length': '5',
      'upload-metadata': 'filename YQ==',
    }
    const reply = await ask(api, { method: 'POST', url: '/api/v1/uploads', headers }, from)
    expect([reply.statusCode, reply.headers.location]).toEqual([
      201,
      expect.stringMatching(/^\/api\/v1\/uploads\/[\w.-]+$/),
    ])
  })

  it('in mails', async () => {
    const email = `grace-${peer}@example.org`
    const payload = { email, role: 'viewer' }
    const reply = await ask(
      api,
      { method: 'POST', url: '/api/v1/invitations', payload, headers: operator.headers },
      from,
    )
    expect(reply.statusCode).toBe(201)
    const mail = await lastMailTo(api, email)
    expect(JSON.stringify(mail)).toContain(`${TEST_ORIGIN}/`)
    expect(JSON.stringify(mail)).not.toContain(EVIL)
  })

  it('in cookies: another scheme that is claimed makes them no safer and no looser', async () => {
    const { email, password } = operator
    const request = { method: 'POST', url: '/api/auth/sign-in/email', payload: { email, password } } as const
    const reply = await ask(api, { ...request, headers: { origin: TEST_ORIGIN } }, from)
    expect(String(reply.headers['set-cookie'])).toMatch(
      /^holdfast\.session_token=[^;]*; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const elsewhere = await ask(api, { ...request, headers: { origin: `http://${EVIL}` } }, from)
    expect(elsewhere.statusCode).toBe(403)
  })

  it('in methods: only an upload listens to X-HTTP-Method-Override, and to a POST alone', async () => {
    const { id } = await api.addApiKey(operator)
    for (const method of ['GET', 'POST'] as const) {
      const reply = await ask(api, { method, url: `/api/v1/api-keys/${id}`, headers: operator.headers }, from)
      expect(reply.statusCode).not.toBe(204)
    }
    expect((await api.call('GET', '/api/v1/api-keys', { as: operator.headers })).body).toContain(id)
  })
})

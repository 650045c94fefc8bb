import { hash } from 'node:crypto'
import { dumpTables, tablesWith } from '@packages/db/test-database/dump-tables'
import { createLogger } from '@packages/runtime/logger'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { unlimited } from '@packages/runtime/rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSecondApi, buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { addSecondFactor, mfaTokenOf } from '../../../testing/test-second-factor.ts'
import { makeUserCode } from './user-code.ts'

let api: TestApi
let second: TestApi
const lines: string[] = []
const destination = { write: (line: string) => void lines.push(line) }
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  second = await buildSecondApi(api, { logger: createLogger({ level: 'trace', format: 'json', destination }) })
  operator = await api.setUp()
})
afterAll(async () => {
  await second.stop()
  await api.stop()
})

type Headers = Record<string, string>
const start = async (on = api) =>
  (await on.call('POST', '/api/v1/auth/device', { body: { clientName: 'cli' } })).json() as {
    deviceCode: string
    userCode: string
  }
const poll = (deviceCode: string, on = api) => on.call('POST', '/api/v1/auth/device/token', { body: { deviceCode } })
const decide = (what: 'approve' | 'deny' | 'request', userCode: string, as: Headers, on = api) =>
  on.call('POST', `/api/v1/auth/device/${what}`, { body: { userCode }, as })
const times = <T>(n: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, index) => make(index)))
const sessionsOf = ({ id }: TestUser) =>
  api.db.kysely.selectFrom('sessions').where('user_id', '=', id).select('id').execute()
const forgetCounts = () => api.db.pool.query('delete from request_counts')
/** All of a problem that is not of this one request. */
const said = (reply: { body: string; statusCode: number }) => [
  reply.statusCode,
  reply.body.replace(/"requestId":"[^"]*"/, ''),
]

describe('guessing the code that people type', () => {
  it('gets thirty looks an hour, at once or one after the other, here and in another process', async () => {
    await forgetCounts()
    const user = await api.addUser(operator)
    const replies = await times(40, (n) => decide('approve', makeUserCode(), user.headers, n % 2 === 0 ? api : second))
    expect(replies.filter(({ statusCode }) => statusCode === 404)).toHaveLength(30)
    const refused = replies.filter(({ statusCode }) => statusCode === 429)
    expect(refused).toHaveLength(10)
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
    // Nor does the right one work now.
    const { userCode } = await start()
    for (const what of ['approve', 'deny', 'request'] as const)
      expect((await decide(what, userCode, user.headers)).statusCode).toBe(429)
  })

  it('gets no more by many accounts from one address', async () => {
    await forgetCounts()
    const users = [operator, ...(await times(4, () => api.addUser(operator)))]
    const replies = await times(150, (n) => decide('request', makeUserCode(), users[n % 5]?.headers ?? {}))
    expect(replies.filter(({ statusCode }) => statusCode === 404)).toHaveLength(120)
    await forgetCounts()
  })

  it('is told the same of a code that never was, was used, has expired, or is none', async () => {
    const [used, expired] = [await start(), await start()]
    await decide('deny', used.userCode, operator.headers)
    await api.db.kysely
      .updateTable('device_logins')
      .set({ expires_at: new Date(0) })
      .where('state', '=', 'pending')
      .execute()
    const unknown = said(await decide('approve', makeUserCode(), operator.headers))
    expect(unknown[0]).toBe(404)
    for (const code of [used.userCode, expired.userCode, 'not a code', '%', used.deviceCode.slice(0, 40)])
      expect(said(await decide('approve', code, operator.headers))).toEqual(unknown)
  })

  it('is for who is signed in: not for the anonymous, and not for API keys', async () => {
    const { userCode, deviceCode } = await start()
    const key = await api.addApiKey(operator)
    for (const what of ['approve', 'deny', 'request'] as const) {
      expect((await decide(what, userCode, {})).statusCode).toBe(401)
      expect((await decide(what, userCode, key.headers)).statusCode).toBe(403)
    }
    expect((await poll(deviceCode)).json().code).toBe('authorization_pending')
  })
})

describe('guessing the code that programs keep', () => {
  it('is told the same of one that never was and one that was used, and of the short code', async () => {
    const user = await api.addUser(operator)
    const { userCode, deviceCode } = await start()
    const unknown = said(await poll(`hfdc_${'x'.repeat(43)}`))
    expect(unknown).toEqual([400, expect.stringContaining('expired_token')])
    expect(said(await poll(userCode))).toEqual(unknown)
    expect(said(await poll(deviceCode.toUpperCase()))).toEqual(unknown)
    expect(said(await poll(` ${deviceCode}`))).toEqual(unknown)
    await decide('approve', userCode, user.headers)
    expect((await poll(deviceCode)).statusCode).toBe(200)
    expect(said(await poll(deviceCode))).toEqual(unknown)
  })
})

describe('a code that was approved', () => {
  it('gives one pair of tokens to 20 polls at once, in two processes', async () => {
    const user = await api.addUser(operator)
    const { userCode, deviceCode } = await start()
    await decide('approve', userCode, user.headers)
    const before = await sessionsOf(user)
    const replies = await times(20, (n) => poll(deviceCode, n % 2 === 0 ? api : second))
    expect(replies.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
    expect(new Set(replies.map((reply) => reply.json().code))).toEqual(new Set([undefined, 'expired_token']))
    expect(await sessionsOf(user)).toHaveLength(before.length + 1)
  })

  it('gives nothing to a replay, now or after the session has ended', async () => {
    const user = await api.addUser(operator)
    const { userCode, deviceCode } = await start()
    await decide('approve', userCode, user.headers)
    const { accessToken } = (await poll(deviceCode)).json()
    expect((await poll(deviceCode)).json().code).toBe('expired_token')
    await api.call('POST', '/api/v1/auth/logout', { as: { authorization: `Bearer ${accessToken}` } })
    expect((await poll(deviceCode, second)).json().code).toBe('expired_token')
    expect((await decide('approve', userCode, user.headers)).statusCode).toBe(404)
  })

  it('cannot be approved again, by the same person or another, nor refused', async () => {
    const [user, thief] = [await api.addUser(operator), await api.addUser(operator)]
    const { userCode, deviceCode } = await start()
    await decide('approve', userCode, user.headers)
    for (const as of [user.headers, thief.headers])
      for (const what of ['approve', 'deny', 'request'] as const)
        expect((await decide(what, userCode, as)).statusCode).toBe(404)
    expect(decodeJwt((await poll(deviceCode)).json().accessToken).sub).toBe(user.id)
  })

  it('belongs to one of 20 who decide at once', async () => {
    const users = [await api.addUser(operator), await api.addUser(operator)]
    const { userCode, deviceCode } = await start()
    const replies = await times(20, (n) =>
      decide(n % 3 === 0 ? 'deny' : 'approve', userCode, users[n % 2]?.headers ?? {}, n % 5 === 0 ? second : api),
    )
    const won = replies.flatMap(({ statusCode }, n) => (statusCode === 204 ? [n] : []))
    expect(won).toHaveLength(1)
    const [n = 0] = won
    const reply = (await poll(deviceCode)).json()
    if (n % 3 === 0) expect(reply.code).toBe('access_denied')
    else expect(decodeJwt(reply.accessToken).sub).toBe(users[n % 2]?.id)
    const events = await api.db.kysely
      .selectFrom('events')
      .where('kind', 'in', ['device-login.approved', 'device-login.denied'])
      .where(
        'actor_id',
        'in',
        users.map(({ id }) => id),
      )
      .select('kind')
      .execute()
    expect(events).toHaveLength(1)
  })

  it('is good for nobody but who approved it, whatever the body says', async () => {
    const [user, victim] = [await api.addUser(operator), await api.addUser(operator)]
    const { userCode, deviceCode } = await start()
    for (const more of [{ userId: victim.id }, { user_id: victim.id }, { sessionId: 'x' }, { state: 'approved' }]) {
      const body = { userCode, ...more }
      const reply = await api.call('POST', '/api/v1/auth/device/approve', { body, as: user.headers })
      expect(reply.json()).toMatchObject({ status: 400, code: 'unknown_field' })
    }
    const as = { ...user.headers, 'holdfast-org': user.organizationId }
    await decide('approve', userCode, as)
    expect(decodeJwt((await poll(deviceCode)).json().accessToken).sub).toBe(user.id)
    expect(await sessionsOf(victim)).toHaveLength(1)
  })

  it('is good only within its time', async () => {
    const { userCode, deviceCode } = await start()
    await decide('approve', userCode, operator.headers)
    await api.db.kysely
      .updateTable('device_logins')
      .set({ expires_at: new Date(0) })
      .where('state', '=', 'approved')
      .execute()
    expect((await poll(deviceCode)).json().code).toBe('expired_token')
  })
})

const approved = async (): Promise<{ user: TestUser; deviceCode: string; sessionId: string }> => {
  const user = await api.addUser(operator)
  const { userCode, deviceCode } = await start()
  expect((await decide('approve', userCode, user.headers)).statusCode).toBe(204)
  return { user, deviceCode, sessionId: String(decodeJwt(user.accessToken)['sid']) }
}
const logIn = async ({ email, password }: TestUser): Promise<Headers> => {
  const reply = await api.call('POST', '/api/v1/auth/login', { body: { email, password } })
  return { authorization: `Bearer ${reply.json().accessToken}` }
}

describe('an approval goes with the session that gave it,', () => {
  const ends: [string, (given: Awaited<ReturnType<typeof approved>>) => Promise<unknown>][] = [
    ['which signed out', ({ user }) => api.call('POST', '/api/v1/auth/logout', { as: user.headers })],
    [
      'which was ended from another one',
      async ({ user, sessionId }) =>
        api.call('DELETE', `/api/v1/auth/sessions/${sessionId}`, { as: await logIn(user) }),
    ],
    [
      'which ended with a change of the password elsewhere',
      async ({ user }) => {
        const body = { currentPassword: user.password, newPassword: 'quite another password' }
        return api.call('POST', '/api/v1/auth/password', { body, as: await logIn(user) })
      },
    ],
    [
      'whose refresh token was stolen and used',
      async ({ user }) => {
        for (let n = 0; n < 2; n++)
          await api.call('POST', '/api/v1/auth/refresh', { body: { refreshToken: user.refreshToken } })
      },
    ],
    [
      'which has expired',
      ({ sessionId }) =>
        api.db.kysely
          .updateTable('sessions')
          .set({ expires_at: new Date(0) })
          .where('id', '=', sessionId)
          .execute(),
    ],
    ['whose user is gone', ({ user }) => api.db.kysely.deleteFrom('users').where('id', '=', user.id).execute()],
  ]
  it.each(ends)('%s', async (_what, end) => {
    const given = await approved()
    await end(given)
    const before = await sessionsOf(given.user)
    expect((await poll(given.deviceCode)).json().code).toBe('expired_token')
    expect(await sessionsOf(given.user)).toEqual(before)
  })

  it('and none is given by a session that has ended, though its token is remembered', async () => {
    const user = await api.addUser(operator)
    const { userCode, deviceCode } = await start()
    expect((await decide('request', userCode, user.headers)).statusCode).toBe(200)
    // As by another process, a moment ago.
    await api.db.kysely.deleteFrom('sessions').where('user_id', '=', user.id).execute()
    expect((await decide('approve', userCode, user.headers)).json()).toMatchObject({ status: 401 })
    expect((await poll(deviceCode)).json().code).toBe('authorization_pending')
  })

  it('also when both happen at once: no session is left over', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 4; round++) {
      const { user, deviceCode, sessionId } = await approved()
      const other = await logIn(user)
      const [polled] = await Promise.all([
        poll(deviceCode, second),
        api.call('DELETE', '/api/v1/auth/sessions', { as: other }),
        poll(deviceCode),
      ])
      const left = await sessionsOf(user)
      expect(left.map(({ id }) => id)).not.toContain(sessionId)
      expect([polled.statusCode, left.length]).toEqual([expect.any(Number), 1])
    }
  })
})

describe('a second factor', () => {
  it('that is turned on ends what was approved without it', async () => {
    const user = await api.addUser(operator)
    const { userCode, deviceCode } = await start()
    await decide('approve', userCode, user.headers)
    await addSecondFactor(api, user)
    expect((await poll(deviceCode)).json().code).toBe('expired_token')
    expect(await sessionsOf(user)).toHaveLength(1)
  })

  it('that is turned on in the same moment leaves no session that has not shown it', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 4; round++) {
      const user = await api.addUser(operator)
      const { userCode, deviceCode } = await start()
      await decide('approve', userCode, user.headers)
      await Promise.all([addSecondFactor(api, user), poll(deviceCode, second)])
      await poll(deviceCode)
      const left = await sessionsOf(user)
      expect(left.map(({ id }) => id)).toEqual([decodeJwt(user.accessToken)['sid']])
    }
  })

  it('was shown by the session that approves, so that the program needs none; the password alone gets nowhere', async () => {
    const user = await api.addUser(operator)
    await addSecondFactor(api, user)
    const { userCode, deviceCode } = await start()
    const mfaToken = await mfaTokenOf(api, user)
    const reply = await decide('approve', userCode, { authorization: `Bearer ${mfaToken}` })
    expect(reply.statusCode).toBe(401)
    await decide('approve', userCode, user.headers)
    expect((await poll(deviceCode)).statusCode).toBe(200)
  })
})

describe('a tenant that is shut', () => {
  it('is not opened by a device login', async () => {
    const user = await api.addUser(operator)
    const { organizationId } = user
    const state = (value: 'suspended' | 'active') =>
      api.call('PUT', `/api/v1/admin/organizations/${organizationId}/state`, {
        body: { state: value, reason: 'test' },
        as: operator.headers,
      })
    const { userCode, deviceCode } = await start()
    await decide('approve', userCode, user.headers)
    await state('suspended')
    // As by the password: signed in, and told why nothing works.
    const { accessToken } = (await poll(deviceCode)).json()
    const as = { authorization: `Bearer ${accessToken}` }
    const body = { name: 'x' }
    const reply = await api.call('POST', '/api/v1/api-keys', { body, as })
    expect(reply.json()).toMatchObject({ status: 403, code: 'organization_suspended' })
    expect((await api.call('GET', '/api/v1/auth/me', { as })).statusCode).toBe(200)
  })
})

const signIn = async (): Promise<string> => {
  const { email, password } = operator
  const headers = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
  const reply = await api.call('POST', '/api/auth/sign-in/email', { body: { email, password }, headers })
  return String(reply.headers['set-cookie']).split(';')[0] ?? ''
}

describe('a page of another site', () => {
  it('approves and refuses nothing by the cookie of its visitor', async () => {
    const cookie = await signIn()
    const { userCode, deviceCode } = await start()
    const pages: Headers[] = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
      {},
    ]
    for (const page of pages)
      for (const what of ['approve', 'deny', 'request'] as const) {
        const reply = await decide(what, userCode, { cookie, ...page })
        expect(reply.json()).toMatchObject({ status: 403, code: 'cross_site_request' })
      }
    expect((await poll(deviceCode)).json().code).toBe('authorization_pending')
    const own = { cookie, origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
    expect((await decide('approve', userCode, own)).statusCode).toBe(204)
  })

  it('does not ask in the name of its visitor either', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    for (const [path, body] of [
      ['/api/v1/auth/device', { clientName: 'x' }],
      ['/api/v1/auth/device/token', { deviceCode: 'x' }],
    ] as const)
      expect((await api.call('POST', path, { body, headers })).json()).toMatchObject({ code: 'cross_site_request' })
  })
})

describe('limits', () => {
  const limits = { login: unlimited, account: unlimited, anonymous: unlimited, credential: unlimited, user: unlimited }

  it('hold for asking, per address, and for polling', async () => {
    const login = createMemoryRateLimiter({ name: 'login', limit: 2, windowMs: 60_000 })
    const anonymous = createMemoryRateLimiter({ name: 'anonymous', limit: 3, windowMs: 60_000 })
    const strict = await buildSecondApi(api, { rateLimiters: { ...limits, login, anonymous, address: unlimited } })
    const ask = () => strict.call('POST', '/api/v1/auth/device', { body: { clientName: 'x' } })
    const asked = [await ask(), await ask(), await ask()]
    expect(asked.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429])
    const polled = []
    for (let n = 0; n < 4; n++) polled.push((await poll('x', strict)).statusCode)
    expect(polled).toEqual([400, 400, 400, 429])
    await strict.stop()
  })

  it('begin nothing while nobody can count', async () => {
    const login = { consume: async () => Promise.reject(new HoldfastError('unavailable')) }
    const lost = await buildSecondApi(api, { rateLimiters: { ...limits, login, address: unlimited } })
    const reply = await lost.call('POST', '/api/v1/auth/device', { body: { clientName: 'x' } })
    expect(reply.statusCode).toBe(503)
    await lost.stop()
  })

  it.each(['', ' ', 'x'.repeat(101), 'a\nb', 'a\u001b[2Jb', 'a\0b', '\ud800', 5, null, { a: 1 }, ['x']])(
    'bound what a program calls itself: not %j',
    async (clientName) => {
      const reply = await api.call('POST', '/api/v1/auth/device', { body: { clientName } })
      expect(reply.statusCode).toBe(400)
    },
  )
})

describe('who reads the database or the log', () => {
  it('finds neither code, nor what to try codes by', async () => {
    const user = await api.addUser(operator)
    const [waits, approved, used] = [await start(second), await start(second), await start(second)]
    for (const { userCode } of [approved, used]) await decide('approve', userCode, user.headers, second)
    await poll(used.deviceCode, second)
    await poll(used.deviceCode, second)
    const dump = await dumpTables(api.db)
    expect(tablesWith(dump, [user.id])).toContain('public.device_logins')
    expect(lines.join('')).toContain('device/approve')
    for (const { userCode, deviceCode } of [waits, approved, used]) {
      const plain = userCode.replace('-', '')
      const hashes = [plain, userCode].map((code) => hash('sha256', code))
      expect(tablesWith(dump, [userCode, plain, deviceCode.slice(5), ...hashes])).toEqual([])
      for (const secret of [userCode, plain, deviceCode.slice(5)]) expect(lines.join('').includes(secret)).toBe(false)
    }
  })
})

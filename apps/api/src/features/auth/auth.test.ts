import { randomBytes } from 'node:crypto'
import { MasterKey } from '@packages/runtime/master-key'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { pruneSessions } from './prune-sessions.ts'
import { SCOPES } from '../../authorization/scopes.ts'
import { buildSecondApi, buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

const logIn = (email: string, password: string) => api.call('POST', '/api/v1/auth/login', { body: { email, password } })
const refresh = (refreshToken: string, headers = {}) =>
  api.call('POST', '/api/v1/auth/refresh', { body: { refreshToken }, headers })
const me = (as: Record<string, string>) => api.call('GET', '/api/v1/auth/me', { as })

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

describe('login', () => {
  it('answers a token pair whose access token holds subject and session, and no role', async () => {
    const reply = await logIn(operator.email, operator.password)
    expect(reply.statusCode).toBe(200)
    const { accessToken, expiresIn, tokenType } = reply.json()
    expect({ expiresIn, tokenType }).toEqual({ expiresIn: 900, tokenType: 'Bearer' })
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' })
    expect(Object.keys(decodeJwt(accessToken)).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'])
    expect(reply.headers['cache-control']).toBe('no-store')
  })

  it('says the same of a wrong password and of an unknown address, in words and about the same time', async () => {
    const bodies = new Set<string>()
    const timeOf = async (email: string): Promise<number> => {
      const begun = performance.now()
      const reply = await logIn(email, 'a wrong password')
      const { requestId: _, ...problem } = reply.json()
      bodies.add(JSON.stringify([reply.statusCode, problem]))
      return performance.now() - begun
    }
    const known: number[] = []
    const unknown: number[] = []
    for (let round = 0; round < 5; round++) {
      known.push(await timeOf(operator.email))
      unknown.push(await timeOf(`nobody-${round}@example.org`))
    }
    expect([...bodies]).toHaveLength(1)
    expect([...bodies][0]).toContain('"invalid_credentials"')
    // Without the dummy hash the unknown address would be answered some 20 times faster.
    expect(median(unknown)).toBeGreaterThan(median(known) / 3)
  })

  it('names fields that are wrong', async () => {
    expect((await logIn('not an address', 'x')).json()).toMatchObject({
      status: 400,
      code: 'invalid_request',
      errors: [{ path: 'email' }],
    })
    expect((await logIn(operator.email, '')).json()).toMatchObject({ status: 400, errors: [{ path: 'password' }] })
  })
})

describe('refresh', () => {
  it('rotates the token and keeps the session', async () => {
    const user = await api.addUser(operator)
    const reply = await refresh(user.refreshToken)
    expect(reply.statusCode).toBe(200)
    const next = reply.json()
    expect(next.refreshToken).not.toBe(user.refreshToken)
    expect(decodeJwt(next.accessToken).sid).toBe(decodeJwt(user.accessToken).sid)
    expect((await me({ authorization: `Bearer ${next.accessToken}` })).statusCode).toBe(200)
  })

  it('ends the session when a token is used twice, with all tokens of the family', async () => {
    const user = await api.addUser(operator)
    expect((await me(user.headers)).statusCode).toBe(200)
    const next = (await refresh(user.refreshToken)).json()
    expect((await refresh(user.refreshToken)).json()).toMatchObject({ status: 401, code: 'refresh_token_reused' })
    expect((await refresh(next.refreshToken)).json()).toMatchObject({ status: 401, code: 'invalid_token' })
    expect((await me(user.headers)).json()).toMatchObject({ status: 401, code: 'invalid_token' })
    expect((await me({ authorization: `Bearer ${next.accessToken}` })).statusCode).toBe(401)
    const entries = await api.db.kysely
      .selectFrom('policy_log')
      .where('kind', '=', 'session.revoked')
      .select('payload')
      .execute()
    expect(entries).toContainEqual({ payload: { sessionId: decodeJwt(user.accessToken).sid } })
  })

  it('lets one of two that race go on, and ends the session', async () => {
    const user = await api.addUser(operator)
    const replies = await Promise.all([refresh(user.refreshToken), refresh(user.refreshToken)])
    const codes = replies.map((reply) => (reply.statusCode === 200 ? 'rotated' : reply.json().code))
    expect(codes.toSorted()).toEqual(['refresh_token_reused', 'rotated'])
    expect((await me(user.headers)).statusCode).toBe(401)
  })

  it('refuses unknown and expired tokens', async () => {
    expect((await refresh('hfrt_made_up')).json()).toMatchObject({ status: 401, code: 'invalid_token' })
    const user = await api.addUser(operator)
    const sessionId = String(decodeJwt(user.accessToken).sid)
    await api.db.kysely
      .updateTable('refresh_tokens')
      .set({ expires_at: new Date(0) })
      .where('session_id', '=', sessionId)
      .execute()
    expect((await refresh(user.refreshToken)).json()).toMatchObject({ status: 401, code: 'invalid_token' })
  })

  it('answers a repeat with the same Idempotency-Key without ending the session', async () => {
    const user = await api.addUser(operator)
    const headers = { 'idempotency-key': 'refresh-1' }
    expect((await refresh(user.refreshToken, headers)).statusCode).toBe(200)
    const repeat = await refresh(user.refreshToken, headers)
    expect(repeat.json()).toMatchObject({ status: 409, code: 'already_completed' })
    expect(repeat.json().subject).toBe(decodeJwt(user.accessToken).sid)
    expect((await me(user.headers)).statusCode).toBe(200)
  })
})

describe('logout', () => {
  it('ends access and refresh tokens at once', async () => {
    const user = await api.addUser(operator)
    expect((await me(user.headers)).statusCode).toBe(200)
    const reply = await api.call('POST', '/api/v1/auth/logout', { as: user.headers })
    expect(reply.statusCode).toBe(204)
    expect(reply.headers['set-cookie']).toMatch(/Max-Age=0/)
    expect((await me(user.headers)).json()).toMatchObject({ status: 401, code: 'invalid_token' })
    expect((await refresh(user.refreshToken)).statusCode).toBe(401)
  })

  it('is nothing for an API key', async () => {
    const key = await api.addApiKey(operator)
    const reply = await api.call('POST', '/api/v1/auth/logout', { as: key.headers })
    expect(reply.json()).toMatchObject({ status: 403, code: 'forbidden' })
  })
})

describe('me', () => {
  it('tells user, organizations, role and scopes', async () => {
    const { headers, id, email, organizationId } = operator
    expect((await me(headers)).json()).toEqual({
      user: { id, email, name: 'Operator', platformRole: 'operator' },
      credential: 'session',
      organizationId,
      role: 'owner',
      scopes: [...SCOPES],
      organizations: [
        {
          id: organizationId,
          name: 'Operator',
          slug: expect.any(String),
          role: 'owner',
          state: 'active',
          stateReason: null,
          defaultVisibility: 'public',
        },
      ],
    })
  })

  it('answers 401 with a challenge for wrong credentials of every kind', async () => {
    const wrong = [
      'Bearer nonsense',
      'Basic YTpi',
      'Bearer',
      'Bearer hfast_short',
      `Bearer hfast_${'A'.repeat(38)}`,
      `Bearer ${operator.accessToken.slice(0, -6)}AAAAAA`,
      `Bearer ${'a'.repeat(3_000)}`,
    ]
    for (const authorization of wrong) {
      const reply = await me({ authorization })
      expect([authorization, reply.json().code]).toEqual([authorization, 'invalid_token'])
      expect(reply.headers['www-authenticate']).toBe('Bearer realm="holdfast", error="invalid_token"')
    }
    expect((await me({})).json()).toMatchObject({ status: 401, code: 'unauthenticated' })
  })

  it('refuses tokens of another signature, audience or type', async () => {
    const [header = '', payload = '', signature = ''] = operator.accessToken.split('.')
    const forged = encode({ ...decodeJwt(operator.accessToken), sub: 'another' })
    const unsigned = `${encode({ ...decodeProtectedHeader(operator.accessToken), alg: 'none' })}.${payload}.`
    for (const token of [`${header}.${forged}.${signature}`, unsigned])
      expect((await me({ authorization: `Bearer ${token}` })).statusCode).toBe(401)
  })

  it('answers 404 for another organization, whether it exists or not', async () => {
    const other = await api.addUser(operator)
    for (const organization of [other.organizationId, '0190d0c0-0000-7000-8000-000000000001', 'x']) {
      const reply = await me({ ...operator.headers, 'holdfast-org': organization })
      expect(reply.json()).toMatchObject({ status: 404, code: 'not_found' })
    }
    const own = await me({ ...operator.headers, 'holdfast-org': operator.organizationId })
    expect(own.statusCode).toBe(200)
  })
})

describe('better-auth under /api/auth', () => {
  const browser = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
  const signInByCookie = async (user: { email: string; password: string }) => {
    const { email, password } = user
    const reply = await api.call('POST', '/api/auth/sign-in/email', { body: { email, password }, headers: browser })
    expect(reply.statusCode).toBe(200)
    const cookie = String(reply.headers['set-cookie'])
    return { cookie: cookie.split(';')[0] ?? '', attributes: cookie }
  }

  it('signs a browser in by a cookie that scripts cannot read', async () => {
    const { cookie, attributes } = await signInByCookie(operator)
    expect(attributes).toMatch(/HttpOnly/i)
    expect(attributes).toMatch(/SameSite=Lax/i)
    expect(attributes).not.toMatch(/Secure/i)
    const reply = await me({ cookie })
    expect(reply.json()).toMatchObject({ credential: 'session', user: { id: operator.id } })
    const session = await api.call('GET', '/api/auth/get-session', { headers: { cookie } })
    expect(session.json()).toMatchObject({ user: { email: operator.email } })
  })

  it('refuses changes by cookie from another site', async () => {
    const { cookie } = await signInByCookie(operator)
    const create = (headers: Record<string, string>) =>
      api.call('POST', '/api/v1/api-keys', { body: { name: 'by cookie' }, headers: { cookie, ...headers } })
    expect((await create(browser)).statusCode).toBe(201)
    expect((await create({ origin: TEST_ORIGIN })).statusCode).toBe(201)
    const elsewhere: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site', origin: TEST_ORIGIN },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const headers of elsewhere)
      expect((await create(headers)).json()).toMatchObject({ status: 403, code: 'cross_site_request' })
  })

  it('takes no cookie whose signature is wrong', async () => {
    const { cookie } = await signInByCookie(operator)
    const [name = '', value = ''] = cookie.split('=')
    const [token = '', signature = ''] = decodeURIComponent(value).split('.')
    const forged = signature.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'))
    for (const [text, status] of [
      [`${token}.${signature}`, 200],
      [`${token}.${forged}`, 401],
      [`${token}.`, 401],
      [token, 401],
    ] as const)
      expect((await me({ cookie: `other=1; ${name}=${encodeURIComponent(text)}` })).statusCode).toBe(status)
    expect((await me({ cookie: `${name}=%zz` })).statusCode).toBe(401)
  })

  it('ends the session at sign-out, everywhere', async () => {
    const user = await api.addUser(operator)
    const { cookie } = await signInByCookie(user)
    expect((await me({ cookie })).statusCode).toBe(200)
    const reply = await api.call('POST', '/api/auth/sign-out', { body: {}, headers: { cookie, ...browser } })
    expect(reply.statusCode).toBe(200)
    expect((await me({ cookie })).statusCode).toBe(401)
    const kinds = await api.db.kysely.selectFrom('events').where('actor_id', '=', user.id).select('kind').execute()
    expect(kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['session.created', 'session.revoked']))
  })

  it('has no sign-up and nothing else that is not in use yet', async () => {
    const body = { email: 'new@example.org', password: 'long enough', name: 'New' }
    for (const path of ['/sign-up/email', '/change-password', '/organization/create', '/delete-user', '/update-user']) {
      const reply = await api.call('POST', `/api/auth${path}`, { body, headers: browser })
      expect(reply.json()).toMatchObject({ status: 404, code: 'not_found' })
    }
    expect((await logIn('new@example.org', 'long enough')).statusCode).toBe(401)
  })

  it('tells a wrong password in its own form', async () => {
    const reply = await api.call('POST', '/api/auth/sign-in/email', {
      body: { email: operator.email, password: 'wrong password' },
      headers: browser,
    })
    expect(reply.statusCode).toBe(401)
  })
})

describe('a crowd that signs in', () => {
  it.each(['/api/v1/auth/login', '/api/auth/sign-in/email'])('is told by %s to come back', async (path) => {
    const { email, password } = operator
    const headers = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
    const signIn = () => api.call('POST', path, { body: { email, password }, headers })
    const replies = await Promise.all(Array.from({ length: 60 }, signIn))
    const refused = replies.filter((reply) => reply.statusCode !== 200)
    // One at a time and 16 in line, and some more as these get through.
    expect(refused.length).toBeGreaterThan(20)
    expect(refused.length).toBeLessThanOrEqual(43)
    for (const reply of refused) {
      expect(reply.json()).toMatchObject({ status: 503, code: 'unavailable' })
      expect(reply.headers['retry-after']).toBe('1')
    }
    expect((await signIn()).statusCode).toBe(200)
  })
})

describe('another process', () => {
  it('takes no credential that was revoked here, as soon as the policy log tells it', async () => {
    const other = await buildSecondApi(api)
    const user = await api.addUser(operator)
    const key = await api.addApiKey(user)
    const answers = async (as: Record<string, string>): Promise<number> =>
      (await other.call('GET', '/api/v1/auth/me', { as })).statusCode
    expect([await answers(key.headers), await answers(user.headers)]).toEqual([200, 200])
    await api.call('DELETE', `/api/v1/api-keys/${key.id}`, { as: user.headers })
    await api.call('POST', '/api/v1/auth/logout', { as: user.headers })
    // The cache would keep them for 10 s.
    await vi.waitFor(
      async () => expect([await answers(key.headers), await answers(user.headers)]).toEqual([401, 401]),
      {
        timeout: 8_000,
      },
    )
    await other.stop()
  })
})

describe('another master key', () => {
  it('starts on the database, and signs with a key of its own', async () => {
    const other = await buildSecondApi(api, { masterKey: new MasterKey(randomBytes(32)) })
    const { email, password } = operator
    const reply = await other.call('POST', '/api/v1/auth/login', { body: { email, password } })
    const as = { authorization: `Bearer ${reply.json().accessToken}` }
    expect((await other.call('GET', '/api/v1/auth/me', { as })).statusCode).toBe(200)
    const { alg, kid } = decodeProtectedHeader(reply.json().accessToken)
    expect(alg).toBe('EdDSA')
    expect(kid).not.toBe(decodeProtectedHeader(operator.accessToken).kid)
    await other.stop()
  })
})

describe('pruning', () => {
  it('deletes sessions that expired a day ago, with their refresh tokens, and no others', async () => {
    const [gone, kept] = [await api.addUser(operator), await api.addUser(operator)]
    const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000)
    await api.db.kysely.updateTable('sessions').set({ expires_at: twoDaysAgo }).where('user_id', '=', gone.id).execute()
    expect(await pruneSessions(api.db.kysely, 100)).toBe(1)
    const sessionsOf = async (user: TestUser) =>
      api.db.kysely
        .selectFrom('sessions as s')
        .innerJoin('refresh_tokens as r', 'r.session_id', 's.id')
        .where('s.user_id', '=', user.id)
        .select('s.id')
        .execute()
    expect([(await sessionsOf(gone)).length, (await sessionsOf(kept)).length]).toEqual([0, 1])
  })
})

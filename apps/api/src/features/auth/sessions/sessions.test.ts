import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildSecondApi, buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../../testing/test-api.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

const BROWSER = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }

type Shown = {
  id: string
  current: boolean
  device: string | null
  ipAddress: string | null
  lastUsedAt: string | null
}
const list = async (as: Record<string, string>): Promise<Shown[]> =>
  (await api.call('GET', '/api/v1/auth/sessions', { as })).json().sessions
const me = async (as: Record<string, string>, on = api): Promise<number> =>
  (await on.call('GET', '/api/v1/auth/me', { as })).statusCode
const logIn = async (user: TestUser, headers = {}) => {
  const { email, password } = user
  const { accessToken, refreshToken } = (
    await api.call('POST', '/api/v1/auth/login', { body: { email, password }, headers })
  ).json()
  const as = { authorization: `Bearer ${accessToken}` }
  return { as, refreshToken, sessionId: String(decodeJwt(accessToken).sid) }
}
const cookieOf = (reply: { headers: Record<string, unknown> }) =>
  String(reply.headers['set-cookie']).split(';')[0] ?? ''
const signInByCookie = async (user: TestUser, headers = {}) => {
  const { email, password } = user
  const options = { body: { email, password }, headers: { ...BROWSER, ...headers } }
  return cookieOf(await api.call('POST', '/api/auth/sign-in/email', options))
}

describe('the list of my sessions', () => {
  it('tells device, address, last use and which one is this', async () => {
    const user = await api.addUser(operator)
    const phone = await logIn(user, { 'user-agent': 'A phone' })
    const shown = await list(phone.as)
    expect(shown).toHaveLength(2)
    expect(shown.find(({ current }) => current)).toMatchObject({
      id: phone.sessionId,
      device: 'A phone',
      ipAddress: '127.0.0.1',
      lastUsedAt: expect.stringMatching(/^20/),
    })
    expect(JSON.stringify(shown)).not.toContain('token')
  })

  it('has those of nobody else, and none that has expired', async () => {
    const [user, other] = [await api.addUser(operator), await api.addUser(operator)]
    const old = await logIn(user)
    await api.db.kysely
      .updateTable('sessions')
      .set({ expires_at: new Date(0) })
      .where('id', '=', old.sessionId)
      .execute()
    expect((await list(user.headers)).map(({ id }) => id)).toEqual([decodeJwt(user.accessToken).sid])
    expect((await list(other.headers)).map(({ id }) => id)).toEqual([decodeJwt(other.accessToken).sid])
  })

  it('is nothing for an API key', async () => {
    const key = await api.addApiKey(operator)
    for (const method of ['GET', 'DELETE'] as const)
      expect((await api.call(method, '/api/v1/auth/sessions', { as: key.headers })).statusCode).toBe(403)
  })
})

describe('revoking a session', () => {
  it('ends its access tokens, refresh family and cookie at once, here and in another process', async () => {
    const user = await api.addUser(operator)
    const other = await buildSecondApi(api)
    const victim = await logIn(user)
    expect([await me(victim.as), await me(victim.as, other)]).toEqual([200, 200])
    const path = `/api/v1/auth/sessions/${victim.sessionId}`
    expect((await api.call('DELETE', path, { as: user.headers })).statusCode).toBe(204)
    expect(await me(victim.as)).toBe(401)
    await vi.waitFor(async () => expect(await me(victim.as, other)).toBe(401), { timeout: 5_000 })
    const { refreshToken } = victim
    expect((await api.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).statusCode).toBe(401)
    expect(await me(user.headers)).toBe(200)
    expect((await api.call('DELETE', path, { as: user.headers })).statusCode).toBe(404)
    await other.stop()
  })

  it("answers 404 for another person's session, which goes on", async () => {
    const [user, other] = [await api.addUser(operator), await api.addUser(operator)]
    for (const id of [String(decodeJwt(other.accessToken).sid), 'x', '0190d0c0-0000-7000-8000-000000000001'])
      expect((await api.call('DELETE', `/api/v1/auth/sessions/${id}`, { as: user.headers })).statusCode).toBe(404)
    expect(await me(other.headers)).toBe(200)
  })

  it('ends all others, and keeps this one', async () => {
    const user = await api.addUser(operator)
    const [one, cookie] = [await logIn(user), await signInByCookie(user)]
    const reply = await api.call('DELETE', '/api/v1/auth/sessions', { as: user.headers })
    expect(reply.json()).toEqual({ revoked: 2 })
    expect([await me(one.as), await me({ cookie }), await me(user.headers)]).toEqual([401, 401, 200])
    const events = await api.db.kysely
      .selectFrom('events')
      .where('kind', '=', 'session.revoked')
      .where('actor_id', '=', user.id)
      .select('payload')
      .execute()
    expect(events).toEqual([{ payload: { reason: 'revoked' } }, { payload: { reason: 'revoked' } }])
  })
})

describe("revoking better-auth's session", () => {
  it('ends the tokens that hang on it', async () => {
    const user = await api.addUser(operator)
    // A browser whose session also has a refresh family.
    const cookie = await signInByCookie(user)
    const session = (await list({ cookie })).find(({ current }) => current)
    await api.db.kysely
      .updateTable('refresh_tokens')
      .set({ session_id: session?.id ?? '' })
      .where('session_id', '=', String(decodeJwt(user.accessToken).sid))
      .execute()
    await api.call('POST', '/api/auth/sign-out', { body: {}, headers: { cookie, ...BROWSER } })
    expect(await me({ cookie })).toBe(401)
    const { refreshToken } = user
    expect((await api.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).statusCode).toBe(401)
  })
})

describe('session fixation', () => {
  it('gives every sign-in a session of its own, whatever cookie came with it', async () => {
    const [attacker, victim] = [await api.addUser(operator), await api.addUser(operator)]
    const planted = await signInByCookie(attacker)
    const given = await signInByCookie(victim, { cookie: planted })
    expect(given).not.toBe(planted)
    const again = await signInByCookie(victim, { cookie: given })
    expect(again).not.toBe(given)
    const who = async (cookie: string) =>
      (await api.call('GET', '/api/v1/auth/me', { as: { cookie } })).json().user?.id as string | undefined
    expect([await who(planted), await who(given), await who(again)]).toEqual([attacker.id, victim.id, victim.id])
    const byToken = await logIn(victim, { ...BROWSER, cookie: planted })
    expect((await list(byToken.as)).some(({ id }) => id === byToken.sessionId)).toBe(true)
    expect(await who(planted)).toBe(attacker.id)
  })

  it('signs nobody in by a made-up token, signed or not', async () => {
    const [name = ''] = (await signInByCookie(operator)).split('=')
    for (const value of ['fixed', 'fixed.AAAA', `fixed.${'A'.repeat(43)}=`])
      expect(await me({ cookie: `${name}=${encodeURIComponent(value)}` })).toBe(401)
  })
})

describe('a refresh token that many use at once', () => {
  it('rotates for one at most, and ends the family for all', async () => {
    const user = await api.addUser(operator)
    const { refreshToken } = user
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => api.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })),
    )
    const rotated = replies.filter(({ statusCode }) => statusCode === 200)
    expect(rotated).toHaveLength(1)
    const next = rotated[0]?.json()
    expect(await me({ authorization: `Bearer ${next.accessToken}` })).toBe(401)
    const body = { refreshToken: next.refreshToken }
    expect((await api.call('POST', '/api/v1/auth/refresh', { body })).statusCode).toBe(401)
  })
})

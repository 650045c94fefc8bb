import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSecondApi, buildTestApi, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { POLICY_WAIT } from '../../../testing/policy-wait.ts'
import { lastMailTo, mailedToken, postedMails } from '../../../testing/test-mail.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi({ mailConfigured: true })
  operator = await api.setUp()
})
afterAll(() => api.stop())

const NEW = 'quite another secret'
const post = (path: string, body: object, as: Record<string, string> = {}) =>
  api.call('POST', `/api/v1/auth${path}`, { body, as })
const statusOf = async (path: string, body: object, as?: Record<string, string>) =>
  (await post(path, body, as)).statusCode
const logIn = (email: string, password: string) => statusOf('/login', { email, password })
const me = async (as: Record<string, string>) => (await api.call('GET', '/api/v1/auth/me', { as })).statusCode

describe('password reset', () => {
  it('sets the password by the mailed link, and ends every session and refresh family', async () => {
    const user = await api.addUser(operator)
    const cookie = await api.call('POST', '/api/auth/sign-in/email', {
      body: { email: user.email, password: user.password },
    })
    expect(await statusOf('/password/forgot', { email: user.email })).toBe(202)
    const token = await mailedToken(api, user.email)
    expect(await statusOf('/password/reset', { token, password: NEW })).toBe(204)
    expect(await me(user.headers)).toBe(401)
    expect(await me({ cookie: String(cookie.headers['set-cookie']).split(';')[0] ?? '' })).toBe(401)
    expect(await statusOf('/refresh', { refreshToken: user.refreshToken })).toBe(401)
    expect(await logIn(user.email, user.password)).toBe(401)
    expect(await logIn(user.email, NEW)).toBe(200)
    expect((await lastMailTo(api, user.email))?.content.template).toBe('password-changed')
    const row = await api.db.kysely.selectFrom('users').where('id', '=', user.id).selectAll().executeTakeFirstOrThrow()
    expect(row.email_verified).toBe(true)
  })

  it('tells other processes by the policy log', async () => {
    const user = await api.addUser(operator)
    const other = await buildSecondApi(api)
    try {
      expect((await other.call('GET', '/api/v1/auth/me', { as: user.headers })).statusCode).toBe(200)
      await post('/password/forgot', { email: user.email })
      await post('/password/reset', { token: await mailedToken(api, user.email), password: NEW })
      const asked = async () => (await other.call('GET', '/api/v1/auth/me', { as: user.headers })).statusCode
      await expect.poll(asked, POLICY_WAIT).toBe(401)
    } finally {
      await other.app.close()
    }
  })

  it('lets one of twenty that race with one link go on', async () => {
    const user = await api.addUser(operator)
    await post('/password/forgot', { email: user.email })
    const token = await mailedToken(api, user.email)
    const body = (n: number) => ({ token, password: `${NEW} ${n}` })
    const statuses = await Promise.all(Array.from({ length: 15 }, (_, n) => statusOf('/password/reset', body(n))))
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(new Set(statuses)).toEqual(new Set([204, 410]))
  })

  it('refuses a link that has expired, was used, or was made for something else', async () => {
    const user = await api.addUser(operator)
    await post('/password/forgot', { email: user.email })
    const token = await mailedToken(api, user.email)
    expect(await statusOf('/email/confirm', { token })).toBe(410)
    await api.db.pool.query(`update email_tokens set expires_at = now() - interval '1 s' where email = $1`, [
      user.email,
    ])
    expect(await statusOf('/password/reset', { token, password: NEW })).toBe(410)
    expect(await logIn(user.email, user.password)).toBe(200)
    expect(await statusOf('/password/reset', { token: 'x'.repeat(43), password: NEW })).toBe(410)
  })

  it('makes the other links of the account stop working when one was used', async () => {
    const user = await api.addUser(operator)
    await post('/password/forgot', { email: user.email })
    const first = await mailedToken(api, user.email)
    await post('/password/forgot', { email: user.email })
    expect(await statusOf('/password/reset', { token: await mailedToken(api, user.email), password: NEW })).toBe(204)
    expect(await statusOf('/password/reset', { token: first, password: 'of a thief, later' })).toBe(410)
  })

  it('answers and works the same for an address that nobody has', async () => {
    const user = await api.addUser(operator)
    const before = (await postedMails(api)).length
    const known = await post('/password/forgot', { email: user.email })
    const unknown = await post('/password/forgot', { email: 'nobody@example.org' })
    expect([unknown.statusCode, unknown.body]).toEqual([known.statusCode, known.body])
    expect((await postedMails(api)).slice(before).map((mail) => mail?.to)).toEqual([user.email, undefined])
    const { rows } = await api.db.pool.query(`select email from email_tokens where email = any($1)`, [
      [user.email, 'nobody@example.org'],
    ])
    expect(rows).toHaveLength(2)
  })

  it('mails an address five times an hour at most, and says nothing of it', async () => {
    const user = await api.addUser(operator)
    const before = (await postedMails(api)).length
    for (let n = 0; n < 8; n++) expect(await statusOf('/password/forgot', { email: user.email })).toBe(202)
    expect((await postedMails(api)).slice(before).filter((mail) => mail !== null)).toHaveLength(5)
  })

  it('says so where no mail is sent', async () => {
    const silent = await buildSecondApi(api)
    try {
      const reply = await silent.call('POST', '/api/v1/auth/password/forgot', { body: { email: operator.email } })
      expect([reply.statusCode, reply.json().code]).toEqual([501, 'not_configured'])
    } finally {
      await silent.app.close()
    }
  })
})

describe('changing the password', () => {
  it('needs the current one and ends the other sessions, not this one', async () => {
    const user = await api.addUser(operator)
    const other = await post('/login', { email: user.email, password: user.password })
    const body = { currentPassword: 'not the right one', newPassword: NEW }
    expect(await statusOf('/password', body, user.headers)).toBe(401)
    expect(await statusOf('/password', { ...body, currentPassword: user.password }, user.headers)).toBe(204)
    expect(await me(user.headers)).toBe(200)
    expect(await me({ authorization: `Bearer ${other.json().accessToken}` })).toBe(401)
    expect(await logIn(user.email, NEW)).toBe(200)
  })

  it('is not for API keys', async () => {
    const key = await api.addApiKey(operator)
    const body = { currentPassword: operator.password, newPassword: NEW }
    expect(await statusOf('/password', body, key.headers)).toBe(403)
  })
})

describe('an e-mail address', () => {
  it('is changed when the link that was mailed to the new one is used; the old one is told', async () => {
    const user = await api.addUser(operator)
    const email = `${randomUUID()}@new.example.org`
    await post('/password/forgot', { email: user.email })
    const reset = await mailedToken(api, user.email)
    expect(await statusOf('/email', { email, password: 'wrong password' }, user.headers)).toBe(401)
    expect(await statusOf('/email', { email, password: user.password }, user.headers)).toBe(202)
    expect(await logIn(user.email, user.password)).toBe(200)
    expect(await statusOf('/email/confirm', { token: await mailedToken(api, email) })).toBe(204)
    expect(await logIn(email, user.password)).toBe(200)
    expect(await logIn(user.email, user.password)).toBe(401)
    expect((await lastMailTo(api, user.email))?.content).toEqual({ template: 'email-changed', newEmail: email })
    // A link in the mailbox that the account has left opens it no more.
    expect(await statusOf('/password/reset', { token: reset, password: NEW })).toBe(410)
  })

  it('of another is not said to be taken, and not taken', async () => {
    const [user, other] = [await api.addUser(operator), await api.addUser(operator)]
    const free = await post('/email', { email: 'free@example.org', password: user.password }, user.headers)
    const taken = await post('/email', { email: other.email, password: user.password }, user.headers)
    expect([taken.statusCode, taken.body]).toEqual([free.statusCode, free.body])
    expect((await lastMailTo(api, other.email))?.content.template).toBe('account-exists')
  })

  it('that two accounts change to goes to the first', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const email = `${randomUUID()}@example.org`
    await post('/email', { email, password: one.password }, one.headers)
    const first = await mailedToken(api, email)
    await post('/email', { email, password: two.password }, two.headers)
    const second = await mailedToken(api, email)
    const statuses = await Promise.all([first, second].map((token) => statusOf('/email/confirm', { token })))
    expect(statuses.toSorted()).toEqual([204, 410])
  })

  it('is verified by a link, once', async () => {
    const user = await api.addUser(operator)
    expect(await statusOf('/email/verification', {}, user.headers)).toBe(202)
    const token = await mailedToken(api, user.email)
    expect(await statusOf('/email/confirm', { token })).toBe(204)
    expect(await statusOf('/email/confirm', { token })).toBe(410)
  })
})

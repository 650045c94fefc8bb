import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSecondApi, buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { lastMailTo, mailedToken } from '../../../testing/test-mail.ts'
import { addSecondFactor, codeOf, letTimePass, mfaTokenOf } from '../../../testing/test-second-factor.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi({ mailConfigured: true })
  operator = await api.setUp()
})
afterAll(() => api.stop())

const BROWSER = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
type As = Record<string, string>
const post = (path: string, body: object, as: As = {}) => api.call('POST', `/api/v1${path}`, { body, as })
const me = async (as: As): Promise<number> => (await api.call('GET', '/api/v1/auth/me', { as })).statusCode
const state = async (as: As) => (await api.call('GET', '/api/v1/auth/mfa', { as })).json()
const eventsOf = async (user: TestUser): Promise<string[]> => {
  const rows = await api.db.kysely
    .selectFrom('events')
    .where('subject', '=', user.id)
    .where('kind', 'like', 'mfa.%')
    .select('kind')
    .orderBy('id')
    .execute()
  return rows.map(({ kind }) => kind)
}
const reset = (email: string, as: As) => post('/admin/mfa-resets', { email, reason: 'Called back.' }, as)
const sessionsOf = async (user: TestUser): Promise<string[]> =>
  (await api.db.kysely.selectFrom('sessions').where('user_id', '=', user.id).select('id').execute()).map(({ id }) => id)
const signInByCookie = ({ email, password }: TestUser) =>
  api.call('POST', '/api/auth/sign-in/email', { body: { email, password }, headers: BROWSER })
const cookieOf = (reply: { headers: Record<string, unknown> }): string =>
  String(reply.headers['set-cookie'] ?? '').split(';')[0] ?? ''

describe('turning a second factor on', () => {
  it('takes the password, then a code, and changes nothing before', async () => {
    const user = await api.addUser(operator)
    expect(await post('/auth/mfa/totp', { password: 'wrong' }, user.headers)).toMatchObject({ statusCode: 401 })
    const begun = await post('/auth/mfa/totp', { password: user.password }, user.headers)
    expect(begun.statusCode).toBe(201)
    expect(begun.headers['cache-control']).toBe('no-store')
    const { secret, uri } = begun.json()
    expect(new URL(uri)).toMatchObject({ protocol: 'otpauth:', host: 'totp' })
    expect(new URL(uri).searchParams.get('secret')).toBe(secret)
    expect(await state(user.headers)).toEqual({ enabled: false, since: null, recoveryCodesLeft: 0 })
    const { email, password } = user
    expect((await post('/auth/login', { email, password })).statusCode).toBe(200)
    const wrong = codeOf({ secret }) === '000000' ? '000001' : '000000'
    const refused = await post('/auth/mfa/totp/confirm', { code: wrong }, user.headers)
    expect(refused.json()).toMatchObject({ status: 401, code: 'invalid_code' })
    expect((await post('/auth/login', { email, password })).statusCode).toBe(200)
  })

  it('ends every session, gives the caller another, and tells the owner', async () => {
    const user = await api.addUser(operator)
    const other = (await post('/auth/login', { email: user.email, password: user.password })).json()
    const old = { ...user.headers }
    const { recoveryCodes } = await addSecondFactor(api, user)
    expect(recoveryCodes).toHaveLength(10)
    expect(new Set(recoveryCodes).size).toBe(10)
    expect([await me(old), await me({ authorization: `Bearer ${other.accessToken}` })]).toEqual([401, 401])
    expect((await post('/auth/refresh', { refreshToken: other.refreshToken })).statusCode).toBe(401)
    expect(await me(user.headers)).toBe(200)
    expect(await sessionsOf(user)).toEqual([decodeJwt(user.accessToken)['sid']])
    expect(await state(user.headers)).toMatchObject({ enabled: true, recoveryCodesLeft: 10 })
    expect(await lastMailTo(api, user.email)).toMatchObject({
      content: { template: 'second-factor', change: 'enabled', link: `${TEST_ORIGIN}/security` },
    })
    expect(await eventsOf(user)).toEqual(['mfa.enabled'])
  })

  it('gives a browser another cookie', async () => {
    const user = await api.addUser(operator)
    const cookie = cookieOf(await signInByCookie(user))
    const as = { ...BROWSER, cookie }
    const { secret } = (await post('/auth/mfa/totp', { password: user.password }, as)).json()
    const done = await post('/auth/mfa/totp/confirm', { code: codeOf({ secret }) }, as)
    expect(done.json()).toMatchObject({ tokens: null })
    const renewed = cookieOf(done)
    expect(renewed).not.toBe(cookie)
    expect([await me({ cookie }), await me({ cookie: renewed })]).toEqual([401, 200])
  })

  it('is refused while there is one, and to API keys', async () => {
    const user = await api.addUser(operator)
    const key = await api.addApiKey(user)
    await addSecondFactor(api, user)
    const again = await post('/auth/mfa/totp', { password: user.password }, user.headers)
    expect(again.json()).toMatchObject({ status: 409, code: 'conflict' })
    const confirmed = await post('/auth/mfa/totp/confirm', { code: '000000' }, user.headers)
    expect(confirmed.json()).toMatchObject({ status: 404 })
    for (const path of ['/auth/mfa/totp', '/auth/mfa/disable'])
      expect((await post(path, { password: user.password, code: '123456' }, key.headers)).statusCode).toBe(403)
  })

  it('keeps the secret sealed under its own row, and of recovery codes only hashes', async () => {
    const [user, other] = [await api.addUser(operator), await api.addUser(operator)]
    const { secret } = await addSecondFactor(api, user)
    await addSecondFactor(api, other)
    const sealed = await api.db.kysely
      .selectFrom('two_factors')
      .where('user_id', '=', user.id)
      .select('secret_sealed')
      .executeTakeFirstOrThrow()
    expect(sealed.secret_sealed.includes(Buffer.from(secret))).toBe(false)
    await api.db.kysely.updateTable('two_factors').set(sealed).where('user_id', '=', other.id).execute()
    const mfaToken = await mfaTokenOf(api, other)
    // Moved to another row it does not open, whoever has the code.
    expect((await post('/auth/mfa', { mfaToken, code: codeOf({ secret }) })).statusCode).toBe(500)
  })
})

describe('signing in with a second factor', () => {
  it('answers a challenge, then a session of its own', async () => {
    const user = await api.addUser(operator)
    const factor = await addSecondFactor(api, user)
    const { email, password } = user
    const asked = await post('/auth/login', { email, password })
    expect(asked.statusCode).toBe(202)
    expect(asked.json()).toEqual({
      mfaRequired: true,
      mfaToken: expect.stringMatching(/^hfmfa_/),
      methods: ['totp', 'recovery-code'],
      expiresIn: 300,
    })
    expect(await sessionsOf(user)).toHaveLength(1)
    const { mfaToken } = asked.json()
    const done = await post('/auth/mfa', { mfaToken, code: codeOf(factor) })
    expect(done.statusCode).toBe(200)
    expect(await me({ authorization: `Bearer ${done.json().accessToken}` })).toBe(200)
    expect((await post('/auth/refresh', { refreshToken: done.json().refreshToken })).statusCode).toBe(200)
  })

  it('takes a recovery code however it was written down, once, and tells the owner', async () => {
    const user = await api.addUser(operator)
    const { recoveryCodes } = await addSecondFactor(api, user)
    const [first = ''] = recoveryCodes
    const written = first.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O')
    const answer = async () => post('/auth/mfa', { mfaToken: await mfaTokenOf(api, user), recoveryCode: written })
    expect((await answer()).statusCode).toBe(200)
    expect((await answer()).json()).toMatchObject({ status: 401, code: 'invalid_code' })
    expect(await state(user.headers)).toMatchObject({ recoveryCodesLeft: 9 })
    expect(await lastMailTo(api, user.email)).toMatchObject({ content: { change: 'recovery-code-used' } })
    expect(await eventsOf(user)).toEqual(['mfa.enabled', 'mfa.recovery-code-used', 'mfa.refused'])
  })

  it('is the same by cookie: no cookie before the code', async () => {
    const user = await api.addUser(operator)
    const factor = await addSecondFactor(api, user)
    const asked = await signInByCookie(user)
    expect(asked.statusCode).toBe(202)
    expect(asked.headers['set-cookie']).toBeUndefined()
    expect(asked.json()).toMatchObject({ mfaRequired: true })
    expect(await sessionsOf(user)).toHaveLength(1)
    const { mfaToken } = asked.json()
    const body = { mfaToken, code: codeOf(factor) }
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const csrf = await api.call('POST', '/api/auth/sign-in/mfa', { body, headers: foreign })
    expect(csrf.statusCode).toBe(403)
    const done = await api.call('POST', '/api/auth/sign-in/mfa', { body, headers: BROWSER })
    expect(done.statusCode).toBe(204)
    expect(await me({ cookie: cookieOf(done) })).toBe(200)
    const session = await api.call('GET', '/api/auth/get-session', { headers: { cookie: cookieOf(done) } })
    expect(session.json()).toMatchObject({ user: { email: user.email } })
  })

  it('asks nothing more of who has none', async () => {
    const user = await api.addUser(operator)
    expect((await signInByCookie(user)).statusCode).toBe(200)
  })

  it('answers once for an Idempotency-Key', async () => {
    const user = await api.addUser(operator)
    const factor = await addSecondFactor(api, user)
    const body = { mfaToken: await mfaTokenOf(api, user), code: codeOf(factor) }
    const headers = { 'idempotency-key': 'mfa-1' }
    expect((await api.call('POST', '/api/v1/auth/mfa', { body, headers })).statusCode).toBe(200)
    const again = await api.call('POST', '/api/v1/auth/mfa', { body, headers })
    expect(again.json()).toMatchObject({ status: 409, code: 'already_completed' })
  })
})

describe('changing a second factor', () => {
  it('turns it off by both factors, and ends the other sessions', async () => {
    const user = await api.addUser(operator)
    const factor = await addSecondFactor(api, user)
    const { email, password } = user
    const other = (await post('/auth/mfa', { mfaToken: await mfaTokenOf(api, user), code: codeOf(factor) })).json()
    await letTimePass(api, user)
    const disable = (body: object) => post('/auth/mfa/disable', body, user.headers)
    expect((await disable({ password })).json()).toMatchObject({ status: 400, errors: [{ path: 'code' }] })
    const two = { code: codeOf(factor), recoveryCode: factor.recoveryCodes[0] }
    expect((await disable({ password, ...two })).statusCode).toBe(400)
    expect((await disable({ password: 'wrong', code: codeOf(factor) })).json()).toMatchObject({
      code: 'invalid_credentials',
    })
    expect((await disable({ password, recoveryCode: 'wrong' })).json()).toMatchObject({ code: 'invalid_code' })
    expect((await disable({ password, code: codeOf(factor) })).statusCode).toBe(204)
    expect([await me(user.headers), await me({ authorization: `Bearer ${other.accessToken}` })]).toEqual([200, 401])
    expect(await state(user.headers)).toEqual({ enabled: false, since: null, recoveryCodesLeft: 0 })
    expect((await post('/auth/login', { email, password })).statusCode).toBe(200)
    expect(await lastMailTo(api, email)).toMatchObject({ content: { change: 'disabled' } })
  })

  it('gives new recovery codes, and the old ones stop working', async () => {
    const user = await api.addUser(operator)
    const factor = await addSecondFactor(api, user)
    const body = { password: user.password, code: codeOf(factor) }
    const { recoveryCodes } = (await post('/auth/mfa/recovery-codes', body, user.headers)).json()
    const answer = async (recoveryCode: string) =>
      (await post('/auth/mfa', { mfaToken: await mfaTokenOf(api, user), recoveryCode })).statusCode
    expect(await answer(factor.recoveryCodes[1] ?? '')).toBe(401)
    expect(await answer(recoveryCodes[1])).toBe(200)
  })

  it('ends challenges that were given for the old password', async () => {
    const user = await api.addUser(operator)
    const factor = await addSecondFactor(api, user)
    const mfaToken = await mfaTokenOf(api, user)
    const body = { currentPassword: user.password, newPassword: 'another good password' }
    expect((await post('/auth/password', body, user.headers)).statusCode).toBe(204)
    expect((await post('/auth/mfa', { mfaToken, code: codeOf(factor) })).json()).toMatchObject({
      code: 'invalid_token',
    })
  })
})

it('a password that was reset by mail goes round no second factor', async () => {
  const user = await api.addUser(operator)
  const factor = await addSecondFactor(api, user)
  const { email } = user
  await post('/auth/password/forgot', { email })
  const password = 'another good password'
  const token = await mailedToken(api, email)
  expect((await post('/auth/password/reset', { token, password })).statusCode).toBe(204)
  const answer = await post('/auth/login', { email, password })
  expect([answer.statusCode, answer.json().mfaRequired]).toEqual([202, true])
  const { mfaToken } = answer.json()
  expect((await post('/auth/mfa', { mfaToken, code: codeOf(factor) })).statusCode).toBe(200)
})

describe('an operator who takes a lost second factor away', () => {
  it('ends all sessions, tells the owner, and leaves a trace', async () => {
    const user = await api.addUser(operator)
    await addSecondFactor(api, user)
    const mfaToken = await mfaTokenOf(api, user)
    const done = await reset(user.email.toUpperCase(), operator.headers)
    expect([done.statusCode, done.json()]).toEqual([200, { ownerTold: true }])
    expect(await me(user.headers)).toBe(401)
    expect((await post('/auth/mfa', { mfaToken, code: '123456' })).json()).toMatchObject({ code: 'invalid_token' })
    const { email, password } = user
    const change = 'reset-with-password'
    expect(await lastMailTo(api, email)).toMatchObject({ content: { template: 'second-factor', change } })
    expect((await post('/auth/login', { email, password })).json()).toMatchObject({ code: 'invalid_credentials' })
    const rows = await api.db.kysely
      .selectFrom('audit_log as l')
      .innerJoin('audit_actors as a', 'a.pseudonym', 'l.actor')
      .where('l.resource_id', '=', user.id)
      .where('l.action', '=', 'mfa.reset')
      .select(['a.user_id', 'l.result'])
      .execute()
    expect(rows).toEqual([{ user_id: operator.id, result: 'allowed' }])
  })

  it('has the owner prove the address anew before anything signs in: who knows the password has nothing', async () => {
    const user = await api.addUser(operator)
    await addSecondFactor(api, user)
    expect((await reset(user.email, operator.headers)).statusCode).toBe(200)
    const { email, password } = user
    const wrong = await post('/auth/login', { email: 'nobody@example.org', password })
    const refused = await post('/auth/login', { email, password })
    expect([refused.statusCode, refused.json().code]).toEqual([wrong.statusCode, wrong.json().code])
    const byCookie = await signInByCookie(user)
    expect([byCookie.statusCode, cookieOf(byCookie)]).toEqual([401, ''])
    await post('/auth/password/forgot', { email })
    const token = await mailedToken(api, email)
    const another = 'another good password'
    expect((await post('/auth/password/reset', { token, password: another })).statusCode).toBe(204)
    expect((await post('/auth/login', { email, password: another })).statusCode).toBe(200)
  })

  it('leaves the password where no mail is sent', async () => {
    const plain = await buildSecondApi(api)
    const user = await plain.addUser(operator)
    await addSecondFactor(plain, user)
    const body = { email: user.email, reason: 'Called back.' }
    const done = await plain.call('POST', '/api/v1/admin/mfa-resets', { body, as: operator.headers })
    expect([done.statusCode, done.json()]).toEqual([200, { ownerTold: false }])
    const { email, password } = user
    const answer = await plain.call('POST', '/api/v1/auth/login', { body: { email, password } })
    expect(answer.statusCode).toBe(200)
    await plain.app.close()
  })

  it('is nobody else, and needs somebody who has lost one', async () => {
    const user = await api.addUser(operator)
    const key = await api.addApiKey(operator, { name: 'x', scopes: ['admin:write'] })
    expect((await reset(user.email, user.headers)).statusCode).toBe(403)
    expect((await reset(operator.email, key.headers)).statusCode).toBe(403)
    expect((await reset(user.email, operator.headers)).statusCode).toBe(404)
    expect((await reset('nobody@example.org', operator.headers)).statusCode).toBe(404)
  })
})

import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { unlimited } from '@packages/runtime/rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSession } from '../sessions.ts'
import { buildSecondApi, buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import {
  addSecondFactor,
  challengeOf,
  codeOf,
  letTimePass,
  type TestFactor,
} from '../../../testing/test-second-factor.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi({ mailConfigured: true })
  operator = await api.setUp()
})
afterAll(() => api.stop())

type WithFactor = { user: TestUser; factor: TestFactor }
const another = async (): Promise<WithFactor> => {
  const user = await api.addUser(operator)
  return { user, factor: await addSecondFactor(api, user) }
}
/** One user for all, as if just signed in: passwords take their time to be hashed. */
let made: WithFactor | undefined
const withFactor = async (): Promise<WithFactor> => {
  made ??= await another()
  const { user, factor } = made
  await letTimePass(api, user)
  const { db } = api
  await db.kysely.deleteFrom('mfa_challenges').where('user_id', '=', user.id).execute()
  const client = { ipAddress: '127.0.0.1', userAgent: undefined }
  await db.kysely.deleteFrom('sessions').where('user_id', '=', user.id).execute()
  await db.unitOfWork.run((uow) => startSession(uow, user.id, client, 'second-factor'))
  return { user, factor }
}
/** Each is used by one test. */
const recoveryCodes = ({ recoveryCodes: codes }: TestFactor, many: number): string[] => codes.splice(0, many)
const answer = (body: object, on = api) => on.call('POST', '/api/v1/auth/mfa', { body })
const codesOf = (replies: { statusCode: number }[]) => replies.map(({ statusCode }) => statusCode).toSorted()
const sessionsOf = async ({ id }: TestUser): Promise<number> =>
  (await api.db.kysely.selectFrom('sessions').where('user_id', '=', id).select('id').execute()).length
const wrongCode = (factor: TestFactor): string => {
  const right = [-2, -1, 0, 1, 2].map((steps) => codeOf(factor, steps))
  return ['111111', '222222', '333333', '444444', '555555', '666666'].find((code) => !right.includes(code)) ?? '777777'
}
const cookieOf = (reply: { headers: Record<string, unknown> }) =>
  String(reply.headers['set-cookie']).split(';')[0] ?? ''
const times = <T>(n: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, index) => make(index)))

/** What a wrong password is told. */
const told = async (email: string) => {
  const reply = await api.call('POST', '/api/v1/auth/login', { body: { email, password: 'a wrong one' } })
  const { requestId: _, ...problem } = reply.json()
  return JSON.stringify([reply.statusCode, problem])
}

describe('a code of the app', () => {
  it('is refused a second time, in the same challenge or another', async () => {
    const { user, factor } = await withFactor()
    const code = codeOf(factor)
    const mfaToken = await challengeOf(api, user)
    expect((await answer({ mfaToken, code })).statusCode).toBe(200)
    expect((await answer({ mfaToken, code })).json()).toMatchObject({ code: 'invalid_token' })
    const next = await challengeOf(api, user)
    expect((await answer({ mfaToken: next, code })).json()).toMatchObject({ status: 401, code: 'invalid_code' })
  })

  it('that turned the second factor on signs nobody in', async () => {
    const user = await api.addUser(operator)
    const as = user.headers
    const { secret } = (
      await api.call('POST', '/api/v1/auth/mfa/totp', { body: { password: user.password }, as })
    ).json()
    const code = codeOf({ secret })
    await api.call('POST', '/api/v1/auth/mfa/totp/confirm', { body: { code }, as })
    const refused = await answer({ mfaToken: await challengeOf(api, user), code })
    expect(refused.json()).toMatchObject({ code: 'invalid_code' })
  })

  it('older than the last one that was taken is refused too', async () => {
    const { user, factor } = await withFactor()
    expect((await answer({ mfaToken: await challengeOf(api, user), code: codeOf(factor, 1) })).statusCode).toBe(200)
    const late = await answer({ mfaToken: await challengeOf(api, user), code: codeOf(factor) })
    expect(late.json()).toMatchObject({ code: 'invalid_code' })
  })

  it.each([-4, -3, 3, 4])('of %d steps from now is refused', async (steps) => {
    const { user, factor } = await withFactor()
    const refused = await answer({ mfaToken: await challengeOf(api, user), code: codeOf(factor, steps) })
    expect(refused.json()).toMatchObject({ code: 'invalid_code' })
  })

  it('works for one of 20 that send it at once, each with a challenge of its own', async () => {
    const { user, factor } = await withFactor()
    const tokens: string[] = []
    for (let n = 0; n < 20; n++) tokens.push(await challengeOf(api, user))
    const code = codeOf(factor)
    const replies = await times(20, (n) => answer({ mfaToken: tokens[n], code }))
    expect(replies.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
    expect(new Set(codesOf(replies))).toEqual(new Set([200, 401, 429]))
    expect(await sessionsOf(user)).toBe(2)
  })

  it('works for one of 20 that answer one challenge at once, in two processes', async () => {
    const { user, factor } = await withFactor()
    const other = await buildSecondApi(api)
    const body = { mfaToken: await challengeOf(api, user), code: codeOf(factor) }
    const replies = await times(20, (n) => answer(body, n % 2 === 0 ? api : other))
    expect(codesOf(replies)).toEqual([200, ...Array.from({ length: 19 }, () => 401)])
    expect(await sessionsOf(user)).toBe(2)
    await other.stop()
  })

  it.each(['', '12345', '1234567', '12345a', '１２３４５６', ' ', "1' or 1", '-12345', '0x1234', '1e5000'])(
    'is six digits, not %j',
    async (code) => {
      const refused = await answer({ mfaToken: 'hfmfa_x', code })
      expect(refused.json()).toMatchObject({ status: 400, errors: [{ path: 'code' }] })
    },
  )
})

describe('guessing codes', () => {
  it('ends the challenge after five, and locks the app out for longer each time', async () => {
    const { user, factor } = await withFactor()
    const mfaToken = await challengeOf(api, user)
    const code = wrongCode(factor)
    for (let n = 0; n < 5; n++)
      expect((await answer({ mfaToken, code })).json()).toMatchObject({ code: 'invalid_code' })
    expect((await answer({ mfaToken, code: codeOf(factor) })).json()).toMatchObject({ code: 'invalid_token' })
    const waits: number[] = []
    for (let n = 0; n < 10; n++) {
      const next = await challengeOf(api, user)
      const locked = await answer({ mfaToken: next, code: codeOf(factor) })
      expect(locked.json()).toMatchObject({ status: 429, code: 'rate_limited' })
      waits.push(Number(locked.headers['retry-after']))
      // The lock has ended, and another guess is wrong.
      await sql`update two_factors set locked_until = now() where user_id = ${user.id}`.execute(api.db.kysely)
      expect((await answer({ mfaToken: next, code })).json()).toMatchObject({ code: 'invalid_code' })
    }
    const wanted = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    // What signing in again took has gone by.
    for (const [n, seconds] of wanted.entries()) expect(Math.abs((waits[n] ?? 0) - seconds)).toBeLessThan(10)
  })

  it('by 20 at once gets no more looks than by one after the other', async () => {
    const { user, factor } = await withFactor()
    const tokens: string[] = []
    for (let n = 0; n < 20; n++) tokens.push(await challengeOf(api, user))
    const replies = await times(20, (n) => answer({ mfaToken: tokens[n], code: wrongCode(factor) }))
    expect(replies.filter(({ statusCode }) => statusCode === 401)).toHaveLength(5)
    expect(replies.filter(({ statusCode }) => statusCode === 429)).toHaveLength(15)
  })

  it('is forgotten when the right one comes', async () => {
    const { user, factor } = await withFactor()
    for (let round = 0; round < 3; round++) {
      const mfaToken = await challengeOf(api, user)
      for (let n = 0; n < 4; n++) await answer({ mfaToken, code: wrongCode(factor) })
      expect((await answer({ mfaToken, code: codeOf(factor) })).statusCode).toBe(200)
      await api.db.kysely.updateTable('two_factors').set({ last_step: 0 }).where('user_id', '=', user.id).execute()
    }
  })

  it('does not shut out who has a recovery code', async () => {
    const { user, factor } = await withFactor()
    const first = await challengeOf(api, user)
    for (let n = 0; n < 5; n++) await answer({ mfaToken: first, code: wrongCode(factor) })
    const mfaToken = await challengeOf(api, user)
    expect((await answer({ mfaToken, code: codeOf(factor) })).statusCode).toBe(429)
    expect((await answer({ mfaToken, recoveryCode: recoveryCodes(factor, 1)[0] })).statusCode).toBe(200)
  })

  it('counts with the limit of wrong passwords, by account and address', async () => {
    const { user, factor } = await withFactor()
    const rateLimiters = {
      login: unlimited,
      account: createMemoryRateLimiter({ name: 'account', limit: 3, windowMs: 60_000 }),
      anonymous: unlimited,
      credential: unlimited,
      user: unlimited,
      address: unlimited,
    }
    const strict = await buildSecondApi(api, { rateLimiters })
    const mfaToken = await challengeOf(strict, user)
    const recoveryCode = 'wrong'
    const replies = []
    for (let n = 0; n < 4; n++) replies.push(await answer({ mfaToken, recoveryCode }, strict))
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 429])
    expect((await answer({ mfaToken, code: codeOf(factor) }, strict)).statusCode).toBe(429)
    await strict.stop()
  })

  it('is refused altogether while nobody can count', async () => {
    const { user, factor } = await withFactor()
    const mfaToken = await challengeOf(api, user)
    const lost = { consume: async () => Promise.reject(new HoldfastError('unavailable')) }
    const all = { anonymous: unlimited, credential: unlimited, user: unlimited, address: unlimited }
    for (const rateLimiters of [
      { login: lost, account: unlimited, ...all },
      { login: unlimited, account: lost, ...all },
    ]) {
      const blind = await buildSecondApi(api, { rateLimiters })
      expect((await answer({ mfaToken, code: codeOf(factor) }, blind)).statusCode).toBe(503)
      const { email, password } = user
      const headers = { origin: TEST_ORIGIN }
      for (const [path, body] of [
        ['/api/auth/sign-in/mfa', { mfaToken, code: codeOf(factor) }],
        ['/api/auth/sign-in/email', { email, password }],
        ['/api/v1/auth/login', { email, password }],
      ] as const)
        expect([path, (await blind.call('POST', path, { body, headers })).statusCode]).toEqual([path, 503])
      await blind.stop()
    }
    expect((await answer({ mfaToken, code: codeOf(factor) })).statusCode).toBe(200)
  })
})

describe('a recovery code', () => {
  it('works for one of many that race with it, in two processes', async () => {
    const { user, factor } = await withFactor()
    const other = await buildSecondApi(api)
    const raced = recoveryCodes(factor, 3)
    for (const [round, many] of [2, 2, 8].entries()) {
      const recoveryCode = raced[round]
      const tokens: string[] = []
      for (let n = 0; n < many; n++) tokens.push(await challengeOf(api, user))
      const replies = await times(many, (n) => answer({ mfaToken: tokens[n], recoveryCode }, n % 2 === 0 ? api : other))
      expect(codesOf(replies)).toEqual([200, ...Array.from({ length: many - 1 }, () => 401)])
    }
    await other.stop()
  })

  it('of somebody else is refused', async () => {
    const [mine, other] = [await withFactor(), await another()]
    const mfaToken = await challengeOf(api, mine.user)
    const refused = await answer({ mfaToken, recoveryCode: other.factor.recoveryCodes[0] })
    expect(refused.json()).toMatchObject({ code: 'invalid_code' })
    expect((await answer({ mfaToken, code: codeOf(other.factor) })).statusCode).toBe(401)
  })
})

describe('a challenge', () => {
  it('is no access token, no refresh token and no cookie', async () => {
    const { user } = await withFactor()
    const mfaToken = await challengeOf(api, user)
    const me = async (as: Record<string, string>) => (await api.call('GET', '/api/v1/auth/me', { as })).statusCode
    expect(await me({ authorization: `Bearer ${mfaToken}` })).toBe(401)
    for (const value of [mfaToken, `${mfaToken}.${'A'.repeat(43)}=`])
      expect(await me({ cookie: `holdfast.session_token=${encodeURIComponent(value)}` })).toBe(401)
    const refreshed = await api.call('POST', '/api/v1/auth/refresh', { body: { refreshToken: mfaToken } })
    expect(refreshed.statusCode).toBe(401)
  })

  it('is not answered by an access or refresh token, nor by one that was made up', async () => {
    const { user, factor } = await withFactor()
    for (const mfaToken of [user.accessToken.slice(0, 200), user.refreshToken, 'hfmfa_', `hfmfa_${'A'.repeat(43)}`])
      expect((await answer({ mfaToken, code: codeOf(factor) })).json()).toMatchObject({ code: 'invalid_token' })
  })

  it('ends after five minutes', async () => {
    const { user, factor } = await withFactor()
    const mfaToken = await challengeOf(api, user)
    await sql`update mfa_challenges set expires_at = expires_at - interval '301 seconds' where user_id = ${user.id}`.execute(
      api.db.kysely,
    )
    expect((await answer({ mfaToken, code: codeOf(factor) })).json()).toMatchObject({ code: 'invalid_token' })
  })

  it('is not given for a wrong password, which is refused as without a second factor', async () => {
    const [{ user }, plain] = [await withFactor(), operator]
    const said = [await told(user.email), await told(plain.email), await told('nobody@example.org')]
    expect(new Set(said).size).toBe(1)
  })

  it('takes no field that it does not know', async () => {
    const { user, factor } = await withFactor()
    const body = { mfaToken: await challengeOf(api, user), code: codeOf(factor), userId: operator.id }
    expect((await answer(body)).statusCode).toBe(400)
  })
})

describe('a session', () => {
  it('is not the one that a browser came with (fixation)', async () => {
    const [{ user, factor }, attacker] = [await withFactor(), operator]
    const headers = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
    const signIn = (path: string, body: object, cookie = '') =>
      api.call('POST', `/api/auth/sign-in/${path}`, { body, headers: { ...headers, ...(cookie ? { cookie } : {}) } })
    const planted = cookieOf(await signIn('email', { email: attacker.email, password: attacker.password }))
    const { mfaToken } = (await signIn('email', { email: user.email, password: user.password }, planted)).json()
    const done = await signIn('mfa', { mfaToken, code: codeOf(factor) }, planted)
    expect(cookieOf(done)).not.toBe(planted)
    const who = async (cookie: string) =>
      (await api.call('GET', '/api/v1/auth/me', { as: { cookie } })).json().user?.id as string
    expect([await who(planted), await who(cookieOf(done))]).toEqual([attacker.id, user.id])
    await letTimePass(api, user)
    const again = await signIn('email', { email: user.email, password: user.password }, cookieOf(done))
    const second = await signIn('mfa', { mfaToken: again.json().mfaToken, code: codeOf(factor) }, cookieOf(done))
    expect(cookieOf(second)).not.toBe(cookieOf(done))
  })

  it('is given to nobody who has a second factor and has not shown it, by whatever way', async () => {
    const { user } = await withFactor()
    const before = await sessionsOf(user)
    const client = { ipAddress: '127.0.0.1', userAgent: undefined }
    await expect(api.db.unitOfWork.run((uow) => startSession(uow, user.id, client))).rejects.toMatchObject({
      code: 'second_factor_required',
    })
    expect(await sessionsOf(user)).toBe(before)
  })

  it('that was being made by the password alone does not outlive turning the second factor on', async () => {
    for (let round = 0; round < 3; round++) {
      const user = await api.addUser(operator)
      const { email, password } = user
      const as = user.headers
      const { secret } = (await api.call('POST', '/api/v1/auth/mfa/totp', { body: { password }, as })).json()
      const cookie = (n: number) =>
        api.call('POST', n % 2 === 0 ? '/api/auth/sign-in/email' : '/api/v1/auth/login', {
          body: { email, password },
          headers: { origin: TEST_ORIGIN },
        })
      const confirm = async () => {
        await new Promise((resolve) => setTimeout(resolve, 40 + 60 * round))
        return api.call('POST', '/api/v1/auth/mfa/totp/confirm', { body: { code: codeOf({ secret }) }, as })
      }
      const [confirmed, ...signIns] = await Promise.all([confirm(), ...Array.from({ length: 6 }, (_, n) => cookie(n))])
      expect(confirmed?.statusCode).toBe(200)
      for (const { statusCode } of signIns) expect([200, 202, 401]).toContain(statusCode)
      expect(await sessionsOf(user)).toBe(1)
    }
  })
})

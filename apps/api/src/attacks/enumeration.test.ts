import { randomUUID } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeApiKey } from '../plugins/authenticate/api-key-format.ts'
import { SAME_TIME, timeDifference } from '../testing/compare-times.ts'
import { SoftwareAuthenticator } from '../testing/software-authenticator.ts'
import { buildTestApi, type TestApi, type TestUser } from '../testing/test-api.ts'
import { allOperations } from './json-operations.ts'

/** One that has passkeys. */
const ORIGIN = 'https://files.example.org'
let api: TestApi
let operator: TestUser
beforeAll(async () => {
  const registration = { mode: 'open', perAddress: 100_000, perDomain: 100_000 } as const
  api = await buildTestApi({ mailConfigured: true, registration, publicUrl: ORIGIN })
  operator = await api.setUp()
})
afterAll(() => api.stop())

const nobody = (): string => `${randomUUID()}@example.org`

/** Anonymous routes that are told an address. What they answer must not depend on whether it has an account. */
const BY_ADDRESS: Record<string, (email: string) => object> = {
  'POST /api/v1/auth/login': (email) => ({ email, password: 'not the password' }),
  'POST /api/v1/auth/password/forgot': (email) => ({ email }),
  'POST /api/v1/auth/register': (email) => ({ email, name: 'X' }),
}

/** Anonymous routes that know nobody but by a secret that was drawn at random, and what they say of a wrong one. */
const BY_SECRET: Record<string, object> = {
  'POST /api/v1/setup': { token: 'x'.repeat(43), email: 'a@example.org', password: 'a long password', name: 'X' },
  'POST /api/v1/auth/refresh': { refreshToken: 'hfrt_x' },
  'POST /api/v1/auth/password/reset': { token: 'x'.repeat(43), password: 'a long password' },
  'POST /api/v1/auth/email/confirm': { token: 'x'.repeat(43) },
  'POST /api/v1/auth/register/complete': { token: 'x'.repeat(43), password: 'a long password' },
  'POST /api/v1/auth/invitation': { token: 'x'.repeat(43) },
  'POST /api/v1/auth/mfa': { mfaToken: `hfmfa_${'x'.repeat(43)}`, code: '123456' },
  'POST /api/v1/auth/device/token': { deviceCode: `hfdc_${'x'.repeat(43)}` },
  'POST /api/v1/auth/passkeys/sign-in': {
    credential: new SoftwareAuthenticator(ORIGIN).get({ challenge: 'x' }, { userHandle: 'x' }),
  },
  'POST /api/v1/erasures/receipt': { token: 'x'.repeat(43) },
  'POST /api/v1/auth/invitation/accept': { token: 'x'.repeat(43), name: 'X', password: 'a long password' },
}

/** Anonymous routes that take nothing about anybody. */
const ABOUT_NOBODY = [
  /^GET \/api\/v1\/setup$/,
  /^GET \/health\//,
  /^POST \/api\/v1\/auth\/device$/,
  /^POST \/api\/v1\/auth\/passkeys\/challenge$/,
  /^GET \/api\/v1\/auth\/jwks$/,
  /jwks\.json$/,
]

/** All of the answer that is not of this one request. */
const shown = (reply: { statusCode: number; body: string; headers: object }): unknown => {
  const { 'request-id': _, date: __, ...headers } = reply.headers as Record<string, unknown>
  return [reply.statusCode, reply.body.replace(/"requestId":"[^"]*"/, ''), headers]
}

const anonymous = (await allOperations()).filter(({ access }) => access !== 'authenticated')
const post = (name: string, body: object) => api.call('POST', name.slice('POST '.length), { body })

it('each route for the anonymous is one of these', () => {
  const unsorted = anonymous
    .map(({ name }) => name)
    .filter((name) => !(name in BY_ADDRESS) && !(name in BY_SECRET) && !ABOUT_NOBODY.some((one) => one.test(name)))
  expect(unsorted).toEqual([])
})

const signIn = (email: string) =>
  api.call('POST', '/api/auth/sign-in/email', {
    body: { email, password: 'not the password' },
    headers: { origin: ORIGIN },
  })

const login = (email: string) => post('POST /api/v1/auth/login', { email, password: 'not the password' })

describe('an address that has an account', () => {
  it.each(Object.keys(BY_ADDRESS))('gets the answer of one that has none at %s', async (name) => {
    const body = BY_ADDRESS[name] ?? Object
    const unknown = shown(await post(name, body(nobody())))
    expect(shown(await post(name, body(operator.email)))).toEqual(unknown)
    expect(shown(await post(name, body(operator.email.toUpperCase())))).toEqual(unknown)
  })

  it('gets it at better-auth’s sign-in too', async () => {
    const unknown = await signIn(nobody())
    expect(unknown.statusCode).toBe(401)
    expect(shown(await signIn(operator.email))).toEqual(shown(unknown))
  })

  it('takes as long to be refused as one that has none', { timeout: 240_000 }, async () => {
    const found = await timeDifference({
      known: () => login(operator.email),
      unknown: () => login(nobody()),
      pairs: 60,
    })
    expect(found).toBeLessThan(SAME_TIME)
  })
})

describe('an address that has an account, when mail is asked for,', () => {
  it.each(Object.keys(BY_ADDRESS).slice(1))(
    'takes as long as one that has none at %s',
    { timeout: 120_000 },
    async (name) => {
      const body = BY_ADDRESS[name] ?? Object
      const accepted = async (email: string) => {
        const reply = await post(name, body(email))
        expect([reply.statusCode, reply.body]).toEqual([202, '{}'])
      }
      const found = await timeDifference({
        known: () => accepted(operator.email),
        unknown: () => accepted(nobody()),
        pairs: 150,
        // Else the known address would be over its mails of the hour, and sent none, after five.
        between: () => api.db.pool.query('delete from request_counts'),
      })
      expect(found).toBeLessThan(SAME_TIME)
    },
  )
})

describe('a secret that was never given out', () => {
  it.each(Object.entries(BY_SECRET).filter(([name]) => anonymous.some((one) => one.name === name)))(
    'is refused without a word about accounts at %s',
    async (name, body) => {
      const reply = await post(name, body)
      expect(reply.statusCode).toBeGreaterThanOrEqual(400)
      expect(reply.statusCode).toBeLessThan(500)
      expect(reply.body).not.toContain(operator.email)
      // Whoever sends it, and whatever address they add where one is taken.
      if ('email' in body)
        expect(shown(await post(name, { ...body, email: operator.email }))).toEqual(shown(await post(name, body)))
    },
  )
})

const key = (): string => makeApiKey().key

const me = (token: string) => api.call('GET', '/api/v1/auth/me', { as: { authorization: `Bearer ${token}` } })

describe('an API key', () => {
  const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  /** So that the database is asked, and not the form alone. */
  const withChecksum = (start: string): string => {
    let [sum, rest] = ['', crc32(start.slice('hfast_'.length))]
    for (; sum.length < 6; rest = Math.floor(rest / 62)) sum = ALPHABET[rest % 62] + sum
    return start + sum
  }

  it('that was revoked or has expired is refused in the words of one that never was, and when revoked in its time', {
    timeout: 120_000,
  }, async () => {
    const [revoked, expired] = [await api.addApiKey(operator), await api.addApiKey(operator)]
    await api.call('DELETE', `/api/v1/api-keys/${revoked.id}`, { as: operator.headers })
    await api.db.kysely
      .updateTable('api_keys')
      .set({ expires_at: new Date(0) })
      .where('id', '=', expired.id)
      .execute()
    const unknown = shown(await me(key()))
    for (const { key: known } of [revoked, expired]) {
      expect(shown(await me(known))).toEqual(unknown)
    }
    // One that expired is in the cache for a while: who sends all of its 190 bits learns that it was one.
    const found = await timeDifference({ known: () => me(revoked.key), unknown: () => me(key()), pairs: 150 })
    expect(found).toBeLessThan(SAME_TIME)
  })

  it('tells nothing by how much of it is right', { timeout: 120_000 }, async () => {
    const { key: good } = await api.addApiKey(operator)
    expect((await me(good)).statusCode).toBe(200)
    expect(withChecksum(good.slice(0, -6))).toBe(good)
    // The first half of a living key, and a checksum that fits.
    const near = () => withChecksum(good.slice(0, 22) + key().slice(22, 38))
    expect((await me(near())).statusCode).toBe(401)
    const found = await timeDifference({ known: () => me(near()), unknown: () => me(key()), pairs: 150 })
    expect(found).toBeLessThan(SAME_TIME)
  })
})

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

it('the comparison finds a difference that is there', async () => {
  expect(await timeDifference({ known: () => wait(6), unknown: () => wait(2), pairs: 20 })).toBeGreaterThan(SAME_TIME)
})

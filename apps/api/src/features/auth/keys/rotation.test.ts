import { sql } from 'kysely'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  PUBLISH_AHEAD_MS,
  replaceSigningKeys,
  rotateSigningKeys,
} from '../../../plugins/authenticate/rotate-signing-keys.ts'
import { SigningKeys } from '../../../plugins/authenticate/signing-keys.ts'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { buildSecondApi, buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../../testing/test-api.ts'

const DAY_MS = 24 * 3_600_000
const MAX_AGE_MS = 30 * DAY_MS

let api: TestApi
let user: TestUser
beforeEach(async () => {
  api = await buildTestApi()
  user = await api.setUp()
})
afterEach(() => api.stop())

const keySet = async () => (await api.call('GET', '/.well-known/jwks.json')).json().keys as { kid: string }[]
const kidsOf = async () => (await keySet()).map(({ kid }) => kid)
const logIn = async (): Promise<string> => {
  const body = { email: user.email, password: user.password }
  return (await api.call('POST', '/api/v1/auth/login', { body })).json().accessToken
}
const status = async (token: string, on = api): Promise<number> =>
  (await on.call('GET', '/api/v1/auth/me', { as: { authorization: `Bearer ${token}` } })).statusCode
const rotate = () => rotateSigningKeys({ db: api.db, masterKey: api.masterKey, maxAgeMs: MAX_AGE_MS })
/** As if so much time had gone by. */
const age = (ms: number) =>
  sql`update signing_keys set signs_from = signs_from - ${ms} * interval '1 millisecond'`.execute(api.db.kysely)
/** What the running process would find at its next look, a minute later at most. */
const lookAgain = () => api.db.unitOfWork.run(async (uow) => uow.policy({ kind: 'signing-keys.changed' }))
const rows = () => api.db.kysely.selectFrom('signing_keys').selectAll().orderBy('kid').execute()

it('publishes public halves only, for whoever wants to verify tokens', async () => {
  const reply = await api.call('GET', '/.well-known/jwks.json')
  expect(reply.headers['cache-control']).toBe('public, max-age=300')
  const [key] = reply.json().keys
  expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  const { payload } = await jwtVerify(user.accessToken, createLocalJWKSet(reply.json()), {
    issuer: TEST_ORIGIN,
    audience: 'holdfast-api',
    typ: 'at+jwt',
  })
  expect(payload.sub).toBe(user.id)
})

it('leaves a key alone before its time', async () => {
  await age(MAX_AGE_MS - DAY_MS)
  await rotate()
  expect(await rows()).toHaveLength(1)
})

it('changes keys without a moment in which a token in flight is refused', async () => {
  const [first] = await kidsOf()
  await age(MAX_AGE_MS)
  await rotate()
  // The successor is shown, and does not sign yet.
  await vi.waitFor(async () => expect(await kidsOf()).toHaveLength(2), 10_000)
  const second = (await kidsOf()).find((kid) => kid !== first)
  const before = await logIn()
  expect(decodeProtectedHeader(before).kid).toBe(first)
  expect(await status(user.accessToken)).toBe(200)
  // Its time comes.
  await age(PUBLISH_AHEAD_MS)
  await rotate()
  await lookAgain()
  await vi.waitFor(async () => expect(decodeProtectedHeader(await logIn()).kid).toBe(second), 10_000)
  expect(await status(before)).toBe(200)
  expect(await rows()).toHaveLength(2)
  // The last token of the old key has expired by now.
  await age(30 * 60_000)
  await rotate()
  await vi.waitFor(async () => expect(await kidsOf()).toEqual([second]), 10_000)
  expect(await status(before)).toBe(401)
  expect(await status(await logIn())).toBe(200)
})

it('makes one successor when many processes rotate at once', async () => {
  await age(MAX_AGE_MS)
  await Promise.all(Array.from({ length: 8 }, rotate))
  expect(await rows()).toHaveLength(2)
})

it('tells another process of a key that it has never seen, and of one that was taken away', async () => {
  const other = await buildSecondApi(api)
  expect(await status(user.accessToken, other)).toBe(200)
  const kid = await replaceSigningKeys({ db: api.db, masterKey: api.masterKey })
  // Remembered or not, in both processes.
  for (const one of [api, other])
    await vi.waitFor(async () => expect(await status(user.accessToken, one)).toBe(401), { timeout: 5_000 })
  const token = await logIn()
  expect(decodeProtectedHeader(token).kid).toBe(kid)
  expect(await status(token, other)).toBe(200)
  // The session itself goes on.
  const reply = await api.call('POST', '/api/v1/auth/refresh', { body: { refreshToken: user.refreshToken } })
  expect(await status(reply.json().accessToken, other)).toBe(200)
  await other.stop()
})

it('does all or nothing when it is interrupted', async () => {
  await age(MAX_AGE_MS)
  const run = api.db.unitOfWork.run.bind(api.db.unitOfWork)
  const failing = {
    run: (work: Parameters<typeof run>[0]) =>
      run(async (uow) => {
        await work(uow)
        throw new Error('the process ended here')
      }),
  }
  await expect(
    rotateSigningKeys({ db: { unitOfWork: failing as never }, masterKey: api.masterKey, maxAgeMs: MAX_AGE_MS }),
  ).rejects.toThrow('ended here')
  expect(await rows()).toHaveLength(1)
  expect(await status(await logIn())).toBe(200)
})

it('does not open a private half that was moved to another row', async () => {
  const [mine] = await rows()
  await api.db.kysely
    .insertInto('signing_keys')
    .values({
      kid: 'planted',
      public_jwk: JSON.stringify(mine?.public_jwk),
      private_sealed: mine?.private_sealed ?? Buffer.alloc(0),
      signs_from: new Date(Date.now() - 1_000),
    })
    .execute()
  const keys = await SigningKeys.open({ db: api.db, masterKey: api.masterKey, logger: silentLogger })
  expect(keys.signing().kid).toBe(mine?.kid)
})

it('records each change', async () => {
  await replaceSigningKeys({ db: api.db, masterKey: api.masterKey })
  const events = await api.db.kysely
    .selectFrom('events')
    .where('kind', 'like', 'signing-key.%')
    .select('kind')
    .execute()
  expect(events.map(({ kind }) => kind).toSorted()).toEqual([
    'signing-key.created',
    'signing-key.created',
    'signing-key.retired',
  ])
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SoftwareAuthenticator } from '../../../testing/software-authenticator.ts'
import { buildTestApi, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { lastMailTo } from '../../../testing/test-mail.ts'
import { addTestPasskey, passkeyChallenge } from '../../../testing/test-passkey.ts'
import { addSecondFactor, codeOf, letTimePass } from '../../../testing/test-second-factor.ts'
import { pruneAnsweredChallenges } from './prune-answered-challenges.ts'

const ORIGIN = 'https://files.example.org'
let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi({ mailConfigured: true, publicUrl: ORIGIN })
  operator = await api.setUp()
})
afterAll(() => api.stop())

type As = Record<string, string>
const post = (path: string, body: object, as: As = {}) => api.call('POST', `/api/v1${path}`, { body, as })
const listOf = async (user: TestUser) =>
  (await api.call('GET', '/api/v1/auth/passkeys', { as: user.headers })).json().passkeys
const signIn = (credential: object) => post('/auth/passkeys/sign-in', { credential })

describe('adding a passkey', () => {
  it('takes the password, tells the owner, and then signs in without it', async () => {
    const user = await api.addUser(operator)
    const refused = await post('/auth/passkeys/options', { password: 'wrong' }, user.headers)
    expect(refused.json()).toMatchObject({ status: 401, code: 'invalid_credentials' })
    const { device, id } = await addTestPasskey(api, user, { origin: ORIGIN })
    expect(await lastMailTo(api, user.email)).toMatchObject({
      content: { template: 'second-factor', change: 'passkey-added', link: `${ORIGIN}/security` },
    })
    expect(await listOf(user)).toEqual([
      { id, name: 'A device', backedUp: false, createdAt: expect.any(String), lastUsedAt: null },
    ])
    const answer = await signIn(device.get(await passkeyChallenge(api)))
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store'])
    const as = { authorization: `Bearer ${answer.json().accessToken}` }
    expect((await api.call('GET', '/api/v1/auth/me', { as })).json()).toMatchObject({ user: { id: user.id } })
    const [used] = await listOf(user)
    expect(Date.parse(used.lastUsedAt)).toBeGreaterThan(Date.now() - 60_000)
  })

  it('takes the second factor too, where there is one, and signs in without a code', async () => {
    const user = await api.addUser(operator)
    const factor = await addSecondFactor(api, user)
    const { password } = user
    const without = await post('/auth/passkeys/options', { password }, user.headers)
    expect(without.json()).toMatchObject({ status: 401, code: 'second_factor_required' })
    const wrong = await post('/auth/passkeys/options', { password, recoveryCode: 'x' }, user.headers)
    expect(wrong.json()).toMatchObject({ status: 401, code: 'invalid_code' })
    await letTimePass(api, user)
    const { device } = await addTestPasskey(api, user, { origin: ORIGIN, shown: { code: codeOf(factor) } })
    expect((await signIn(device.get(await passkeyChallenge(api)))).statusCode).toBe(200)
  })

  it('says which there are already, so that no device makes a second one', async () => {
    const user = await api.addUser(operator)
    const { device } = await addTestPasskey(api, user, { origin: ORIGIN })
    const options = (await post('/auth/passkeys/options', { password: user.password }, user.headers)).json()
    expect(options).toMatchObject({
      rp: { id: 'files.example.org' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: device.id.toString('base64url'), type: 'public-key' }],
    })
    const name = 'Twice'
    const again = await post('/auth/passkeys', { name, credential: device.create(options) }, user.headers)
    expect(again.json()).toMatchObject({ status: 409, code: 'already_exists' })
  })

  it('is for people alone, and ends at 20', async () => {
    const user = await api.addUser(operator)
    const { headers } = await api.addApiKey(user, { name: 'k', scopes: ['admin:*'] })
    for (const [path, body] of [
      ['/auth/passkeys/options', { password: user.password }],
      ['/auth/passkeys', { name: 'x', credential: new SoftwareAuthenticator(ORIGIN).create({ challenge: 'x', user }) }],
    ] as const)
      expect((await post(path, body, headers)).json()).toMatchObject({ code: 'forbidden' })
    const options = await post('/auth/passkeys/options', { password: user.password }, user.headers)
    await api.db.pool.query(
      `insert into passkeys (id, user_id, credential_id, public_key, counter, backed_up, name)
       select gen_random_uuid(), $1::uuid, decode(md5(n::text || $1::text), 'hex'), '', 0, false, n from generate_series(1, 20) n`,
      [user.id],
    )
    const credential = new SoftwareAuthenticator(ORIGIN).create(options.json())
    expect((await post('/auth/passkeys', { name: 'x', credential }, user.headers)).json()).toMatchObject({
      code: 'conflict',
    })
    expect((await post('/auth/passkeys/options', { password: user.password }, user.headers)).json()).toMatchObject({
      code: 'conflict',
    })
  })
})

it('signs a browser in by a cookie of its own', async () => {
  const user = await api.addUser(operator)
  const { device } = await addTestPasskey(api, user, { origin: ORIGIN })
  const headers = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }
  const body = { credential: device.get(await passkeyChallenge(api)) }
  const answer = await api.call('POST', '/api/auth/sign-in/passkey', { body, headers })
  expect([answer.statusCode, answer.body]).toEqual([204, ''])
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? ''
  expect(cookie).toMatch(/^__Host-holdfast\.session_token=/)
  const me = await api.call('GET', '/api/v1/auth/me', { as: { cookie } })
  expect(me.json()).toMatchObject({ user: { id: user.id } })
})

it('is renamed and removed by its owner alone', async () => {
  const [user, other] = [await api.addUser(operator), await api.addUser(operator)]
  const { device, id } = await addTestPasskey(api, user, { origin: ORIGIN })
  const rename = (as: As) => api.call('PATCH', `/api/v1/auth/passkeys/${id}`, { body: { name: 'My phone' }, as })
  const remove = (as: As) => api.call('DELETE', `/api/v1/auth/passkeys/${id}`, { as })
  expect([(await rename(other.headers)).statusCode, (await remove(other.headers)).statusCode]).toEqual([404, 404])
  expect((await rename(user.headers)).json()).toMatchObject({ id, name: 'My phone' })
  expect((await remove(user.headers)).statusCode).toBe(204)
  expect(await listOf(user)).toEqual([])
  expect(await lastMailTo(api, user.email)).toMatchObject({ content: { change: 'passkey-removed' } })
  expect((await signIn(device.get(await passkeyChallenge(api)))).json()).toMatchObject({ code: 'invalid_passkey' })
  const { rows } = await api.db.pool.query(`select kind from events where subject = $1 order by id`, [id])
  expect(rows.map(({ kind }) => kind)).toEqual(['passkey.added', 'passkey.renamed', 'passkey.removed'])
})

it('goes when an operator takes a lost second factor away', async () => {
  const user = await api.addUser(operator)
  const { device } = await addTestPasskey(api, user, { origin: ORIGIN })
  const reset = await post('/admin/mfa-resets', { email: user.email, reason: 'Lost.' }, operator.headers)
  expect(reset.statusCode).toBe(200)
  expect((await signIn(device.get(await passkeyChallenge(api)))).json()).toMatchObject({ code: 'invalid_passkey' })
})

it('forgets challenges that were answered once they have expired', async () => {
  await api.db.pool.query(`update answered_challenges set expires_at = now() - interval '1 s'`)
  expect(await pruneAnsweredChallenges(api.db.kysely, 1_000)).toBeGreaterThan(0)
  expect(await pruneAnsweredChallenges(api.db.kysely, 1_000)).toBe(0)
})

it('is not there where browsers have none, and the set-up says so', async () => {
  const plain = await buildTestApi()
  try {
    const user = await plain.setUp()
    expect((await plain.call('GET', '/api/v1/setup')).json()).toMatchObject({ passkeys: false })
    expect((await api.call('GET', '/api/v1/setup')).json()).toMatchObject({ passkeys: true })
    expect((await plain.call('POST', '/api/v1/auth/passkeys/challenge')).json()).toMatchObject({
      code: 'not_configured',
    })
    const body = { password: user.password }
    const begun = await plain.call('POST', '/api/v1/auth/passkeys/options', { body, as: user.headers })
    expect(begun.json()).toMatchObject({ status: 501, code: 'not_configured' })
  } finally {
    await plain.stop()
  }
})

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { POLICY_WAIT } from '../../testing/policy-wait.ts'
import { buildSecondApi, buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let second: TestApi
let user: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  user = await api.addUser(await api.setUp())
  second = await buildSecondApi(api)
})
afterAll(async () => {
  await second.app.close()
  await api.stop()
})

type Headers = Record<string, string>
const meAt = (at: TestApi, as: Headers, remoteAddress = '127.0.0.1') =>
  at.app.inject({ method: 'GET', url: '/api/v1/auth/me', headers: as, remoteAddress })
const rotate = (id: string, graceSeconds: number, headers: Headers = {}) =>
  api.call('POST', `/api/v1/api-keys/${id}/rotate`, { body: { graceSeconds }, as: user.headers, headers })
const bearer = (key: string): Headers => ({ authorization: `Bearer ${key}` })

describe('a key of limited uses', () => {
  it('is good for exactly as many requests, also when 50 come at once to two processes', async () => {
    const { id, headers } = await api.addApiKey(user, { name: 'few', maxUses: 20 })
    const replies = await Promise.all(Array.from({ length: 50 }, (_, index) => meAt(index % 2 ? api : second, headers)))
    expect(replies.filter(({ statusCode }) => statusCode === 200)).toHaveLength(20)
    const refused = replies.filter(({ statusCode }) => statusCode !== 200)
    for (const reply of refused) expect(reply.json()).toMatchObject({ status: 401, code: 'invalid_token' })
    const row = await api.db.kysely.selectFrom('api_keys').where('id', '=', id).select('uses').executeTakeFirst()
    expect(row?.uses).toBe(20)
  })
})

describe('a key with an allow-list', () => {
  it('works from its addresses only, mapped ones too, and a refused request is no use', async () => {
    const allowedAddresses = ['192.0.2.0/24', '2001:db8::/32']
    const { headers } = await api.addApiKey(user, { name: 'near', allowedAddresses, maxUses: 3 })
    for (const outside of ['192.0.3.1', '::1', '2001:db9::1'])
      expect((await meAt(api, headers, outside)).json()).toMatchObject({ status: 403, code: 'address_not_allowed' })
    for (const inside of ['192.0.2.9', '::ffff:192.0.2.9', '2001:db8::5'])
      expect((await meAt(api, headers, inside)).statusCode).toBe(200)
  })

  it('is not made of what is no address', async () => {
    const body = { name: 'x', allowedAddresses: ['192.0.2.0/33'] }
    const reply = await api.call('POST', '/api/v1/api-keys', { body, as: user.headers })
    expect(reply.json()).toMatchObject({ status: 400, errors: [{ path: 'allowedAddresses.0' }] })
  })
})

describe('rotation', () => {
  it('gives a new secret; the old one works on for the grace period, and no longer', async () => {
    const { id, headers } = await api.addApiKey(user)
    expect((await meAt(second, headers)).statusCode).toBe(200)
    const made = (await rotate(id, 2)).json()
    expect(made).toMatchObject({ id, previousExpiresAt: expect.any(String) })
    for (const at of [api, second])
      for (const one of [headers, bearer(made.key)]) expect((await meAt(at, one)).statusCode).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    for (const at of [api, second]) expect((await meAt(at, headers)).statusCode).toBe(401)
    expect((await meAt(api, bearer(made.key))).statusCode).toBe(200)
  })

  it('without grace ends the old secret at once, in every process', async () => {
    const { id, headers } = await api.addApiKey(user)
    expect((await meAt(second, headers)).statusCode).toBe(200)
    const { key } = (await rotate(id, 0)).json()
    expect((await meAt(api, headers)).statusCode).toBe(401)
    await vi.waitFor(async () => expect((await meAt(second, headers)).statusCode).toBe(401), POLICY_WAIT)
    expect((await meAt(second, bearer(key))).statusCode).toBe(200)
  })

  it('twice leaves the newest two, and revocation none', async () => {
    const { id, headers } = await api.addApiKey(user)
    const next = bearer((await rotate(id, 600)).json().key)
    const last = bearer((await rotate(id, 600)).json().key)
    const works = async () => [
      (await meAt(api, headers)).statusCode,
      (await meAt(api, next)).statusCode,
      (await meAt(api, last)).statusCode,
    ]
    expect(await works()).toEqual([401, 200, 200])
    await api.call('DELETE', `/api/v1/api-keys/${id}`, { as: user.headers })
    expect(await works()).toEqual([401, 401, 401])
    expect((await rotate(id, 0)).statusCode).toBe(404)
  })

  it('takes a grace of 0 to 7 days, and a repeat shows no secret', async () => {
    const { id } = await api.addApiKey(user)
    for (const wrong of [-1, 604_801, 0.5]) expect((await rotate(id, wrong)).statusCode).toBe(400)
    const headers = { 'idempotency-key': 'rotate-once' }
    expect((await rotate(id, 604_800, headers)).statusCode).toBe(200)
    expect((await rotate(id, 604_800, headers)).json()).toMatchObject({ status: 409, code: 'already_completed' })
  })
})

it('wildcards are kept as they were given, and mean their family', async () => {
  const { headers } = await api.addApiKey(user, { name: 'w', scopes: ['pins:*'] })
  expect((await meAt(api, headers)).json().scopes).toEqual(['pins:read', 'pins:write'])
  const [newest] = (await api.call('GET', '/api/v1/api-keys', { as: user.headers })).json().apiKeys
  expect(newest.scopes).toEqual(['pins:*'])
})

import { assert, jsonValue, property } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSecondApi, buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import { canonicalJson } from './canonical-json.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

let count = 0
const newKey = (): string => `key-${count++}`

const makeUser = (key: string, email: string, as = operator.headers) =>
  api.call('POST', '/api/v1/users', {
    body: { email, password: 'long enough', name: 'Someone' },
    as,
    headers: { 'idempotency-key': key },
  })
const makeApiKey = (key: string, name: string, as = operator.headers) =>
  api.call('POST', '/api/v1/api-keys', { body: { name }, as, headers: { 'idempotency-key': key } })
const logIn = (key: string, password = operator.password) =>
  api.call('POST', '/api/v1/auth/login', {
    body: { email: operator.email, password },
    headers: { 'idempotency-key': key },
  })

describe('Idempotency-Key', () => {
  it('refuses another body with 422', async () => {
    const key = newKey()
    expect((await makeUser(key, 'a@example.org')).statusCode).toBe(201)
    const other = await makeUser(key, 'b@example.org')
    expect(other.json()).toMatchObject({ status: 422, code: 'idempotency_key_reuse' })
    expect((await makeApiKey(newKey(), 'one')).statusCode).toBe(201)
  })

  it('runs one of ten that come at once', async () => {
    const key = newKey()
    const replies = await Promise.all(Array.from({ length: 10 }, () => makeUser(key, 'ten@example.org')))
    const codes = new Set(replies.map((reply) => (reply.statusCode === 201 ? 'made' : reply.json().code)))
    expect([...codes].toSorted()).toEqual(['made', 'request_in_flight'])
    expect(replies.filter((reply) => reply.statusCode === 201).length).toBe(1)
    expect((await makeUser(key, 'ten@example.org')).headers['idempotent-replay']).toBe('true')
  })

  it('runs once when two processes race', async () => {
    const other = await buildSecondApi(api)
    const key = newKey()
    const request = {
      body: { email: 'two@example.org', password: 'long enough', name: 'Two' },
      as: operator.headers,
      headers: { 'idempotency-key': key },
    }
    const replies = await Promise.all([
      api.call('POST', '/api/v1/users', request),
      other.call('POST', '/api/v1/users', request),
    ])
    const seen = replies.map((reply) => (reply.statusCode === 201 ? 201 : reply.json().code))
    // The e-mail address is unique as well, so the loser may meet that first.
    expect(seen).toContain(201)
    const users = await api.db.kysely.selectFrom('users').where('email', '=', 'two@example.org').select('id').execute()
    expect(users).toHaveLength(1)
    await other.stop()
  })

  it('is per route and per organization', async () => {
    const key = newKey()
    expect((await makeUser(key, 'route@example.org')).statusCode).toBe(201)
    expect((await makeApiKey(key, 'same key, other route')).statusCode).toBe(201)
    const user = await api.addUser(operator)
    expect((await makeApiKey(key, 'same key, other organization', user.headers)).statusCode).toBe(201)
  })

  it('keeps nothing of a request that failed', async () => {
    const key = newKey()
    expect((await makeUser(key, 'not an address')).statusCode).toBe(400)
    expect((await makeUser(key, operator.email)).statusCode).toBe(409)
    expect((await makeUser(key, 'at-last@example.org')).statusCode).toBe(201)
  })

  it('stores no secret: a repeat says that it was done, and the id', async () => {
    const key = newKey()
    const made = (await makeApiKey(key, 'secret')).json()
    const repeat = await makeApiKey(key, 'secret')
    expect(repeat.json()).toMatchObject({ status: 409, code: 'already_completed', subject: made.id })
    expect((await makeApiKey(key, 'other')).json()).toMatchObject({ status: 422, code: 'idempotency_key_reuse' })
    const loginKey = newKey()
    const tokens = (await logIn(loginKey)).json()
    expect((await logIn(loginKey)).json()).toMatchObject({ status: 409, code: 'already_completed' })
    expect((await logIn(loginKey, 'another')).json()).toMatchObject({ status: 422, code: 'idempotency_key_reuse' })
    const rows = JSON.stringify(await api.db.kysely.selectFrom('idempotency_keys').selectAll().execute())
    for (const secret of [made.key, tokens.accessToken, tokens.refreshToken, operator.password])
      expect(rows).not.toContain(secret)
  })

  it('is forgotten after 24 hours', async () => {
    const key = newKey()
    const first = (await makeApiKey(key, 'yesterday')).json()
    await api.db.kysely
      .updateTable('idempotency_keys')
      .set({ created_at: new Date(Date.now() - 25 * 3_600_000) })
      .execute()
    const second = await makeApiKey(key, 'yesterday')
    expect(second.statusCode).toBe(201)
    expect(second.json().id).not.toBe(first.id)
  })

  it.each(['', ' ', 'a b', 'ä', 'a'.repeat(256), 'a\tb'])('refuses the key %j', async (key) => {
    const reply = await makeApiKey(key, 'x')
    expect(reply.json()).toMatchObject({ status: 400, code: 'invalid_idempotency_key' })
  })

  it('takes 255 visible characters', async () => {
    expect((await makeApiKey('!'.repeat(255), 'long')).statusCode).toBe(201)
  })
})

describe('canonicalJson', () => {
  it('is the same for the same value, whatever the order of its keys, and other for other values', () => {
    const reordered = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reordered)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, child]) => [key, reordered(child)]),
      )
    }
    assert(
      property(jsonValue(), (value) => {
        expect(canonicalJson(reordered(value))).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

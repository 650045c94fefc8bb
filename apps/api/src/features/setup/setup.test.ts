import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildTestApi, type TestApi } from '../../testing/test-api.ts'
import { setUpAdministrator } from './set-up-platform.ts'
import { makeSetupToken } from './setup-token.ts'

let api: TestApi
beforeEach(async () => {
  api = await buildTestApi()
})
afterEach(() => api.stop())

const newToken = async (): Promise<string> => {
  const made = await makeSetupToken({ db: api.db })
  if (made === null) throw new Error('set up already')
  return made.token
}

const administrator = { email: 'Ada@Example.ORG ', password: 'long enough', name: 'Ada' }

const setUp = (token: string, more: object = {}) =>
  api.call('POST', '/api/v1/setup', { body: { token, ...administrator, ...more } })

const countOf = async (table: 'users' | 'organizations' | 'members' | 'usage'): Promise<number> => {
  const { count } = await api.db.kysely
    .selectFrom(table)
    .select((select) => select.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

const BEFORE = {
  completed: false,
  gatewayUrl: null,
  registration: 'invite',
  mail: false,
  singleSignOn: null,
  passkeys: false,
}

describe('set-up', () => {
  it('makes an operator with an organization, and is over', async () => {
    expect((await api.call('GET', '/api/v1/setup')).json()).toEqual(BEFORE)
    const token = await newToken()
    const reply = await setUp(token)
    expect(reply.statusCode).toBe(201)
    expect(reply.json()).toMatchObject({
      email: 'ada@example.org',
      platformRole: 'operator',
      organization: { name: 'Ada' },
    })
    expect((await api.call('GET', '/api/v1/setup')).json()).toEqual({ ...BEFORE, completed: true })
    expect((await setUp(token)).json()).toMatchObject({ status: 403, code: 'setup_closed' })
    expect(await makeSetupToken({ db: api.db })).toBeNull()
    const login = await api.call('POST', '/api/v1/auth/login', {
      body: { email: 'ADA@example.org', password: 'long enough' },
    })
    expect(login.statusCode).toBe(200)
    const event = await api.db.kysely.selectFrom('events').where('kind', '=', 'platform.set-up').selectAll().execute()
    expect(event).toHaveLength(1)
  })

  it('makes one administrator when ten race', async () => {
    const token = await newToken()
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => setUp(token, { email: `racer-${index}@example.org` })),
    )
    const codes = replies.map((reply) => (reply.statusCode === 201 ? 'made' : reply.json().code)).toSorted()
    expect(codes).toEqual(['made', ...Array.from({ length: 9 }, () => 'setup_closed')])
    for (const table of ['users', 'organizations', 'members', 'usage'] as const) expect(await countOf(table)).toBe(1)
  })

  it('refuses a wrong, a replaced and an expired token', async () => {
    const first = await newToken()
    const second = await newToken()
    expect((await setUp('guess')).json()).toMatchObject({ status: 401, code: 'invalid_token' })
    expect((await setUp(first)).json()).toMatchObject({ status: 401, code: 'invalid_token' })
    await api.db.kysely
      .updateTable('platform_setup')
      .set({ token_expires_at: new Date(0) })
      .execute()
    expect((await setUp(second)).json()).toMatchObject({ status: 401, code: 'invalid_token' })
    expect(await countOf('users')).toBe(0)
  })

  it('names the fields that are wrong and makes nothing', async () => {
    const token = await newToken()
    const reply = await setUp(token, { email: 'ada@', password: 'short', name: ' ' })
    expect(reply.json()).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(
      reply
        .json()
        .errors.map((error: { path: string }) => error.path)
        .toSorted(),
    ).toEqual(['email', 'name', 'password'])
    expect((await setUp(token, { role: 'root' })).json()).toMatchObject({ status: 400, code: 'unknown_field' })
    expect(await countOf('users')).toBe(0)
  })

  it('happens unattended once', async () => {
    expect(await setUpAdministrator({ db: api.db }, administrator)).toBe(true)
    expect(await setUpAdministrator({ db: api.db }, { ...administrator, email: 'b@example.org' })).toBe(false)
    const users = await api.db.kysely.selectFrom('users').select(['email', 'platform_role']).execute()
    expect(users).toEqual([{ email: 'ada@example.org', platform_role: 'operator' }])
  })

  it('leaves nothing behind when the account cannot be written', async () => {
    const token = await newToken()
    await api.db.kysely.schema.alterTable('usage').renameTo('usage_gone').execute()
    expect((await setUp(token)).statusCode).toBe(500)
    expect(await countOf('users')).toBe(0)
    expect((await api.call('GET', '/api/v1/setup')).json()).toEqual(BEFORE)
  })
})

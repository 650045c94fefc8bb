import { isWellFormedApiKey } from '../../plugins/authenticate/api-key-format.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let operator: TestUser
let user: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
  user = await api.addUser(operator)
})
afterAll(() => api.stop())

const create = (body: object, as = user.headers, headers = {}) =>
  api.call('POST', '/api/v1/api-keys', { body, as, headers })
const list = (query = '', as = user.headers) => api.call('GET', `/api/v1/api-keys${query}`, { as })
const revoke = (id: string, as = user.headers) => api.call('DELETE', `/api/v1/api-keys/${id}`, { as })
const me = (as: Record<string, string>) => api.call('GET', '/api/v1/auth/me', { as })

describe('API keys', () => {
  it('are shown once, and act with their scopes in their organization', async () => {
    const reply = await create({ name: 'backup', scopes: ['files:read', 'files:read'] })
    expect(reply.statusCode).toBe(201)
    const { id, key, prefix, scopes } = reply.json()
    expect(isWellFormedApiKey(key)).toBe(true)
    expect(key.startsWith(prefix)).toBe(true)
    expect(scopes).toEqual(['files:read'])
    const shown = (await list()).json().apiKeys.find((one: { id: string }) => one.id === id)
    expect(shown).toMatchObject({ id, name: 'backup', prefix, uses: 0 })
    expect(JSON.stringify(shown)).not.toContain(key)
    const as = { authorization: `Bearer ${key}` }
    expect((await me(as)).json()).toMatchObject({
      credential: 'api-key',
      organizationId: user.organizationId,
      scopes: ['files:read'],
    })
    const stored = await api.db.kysely.selectFrom('api_keys').where('id', '=', id).selectAll().executeTakeFirst()
    expect(JSON.stringify(stored)).not.toContain(key)
  })

  it('stop working at once when they are revoked', async () => {
    const key = await api.addApiKey(user)
    expect((await me(key.headers)).statusCode).toBe(200)
    expect((await revoke(key.id)).statusCode).toBe(204)
    expect((await me(key.headers)).json()).toMatchObject({ status: 401, code: 'invalid_token' })
    expect((await revoke(key.id)).json()).toMatchObject({ status: 404, code: 'not_found' })
    const { rows } = await api.db.pool.query(`select payload from policy_log where kind = 'api-key.revoked'`)
    expect(rows).toContainEqual({ payload: { apiKeyId: key.id } })
  })

  it('stop working when they expire, or when their owner leaves the organization', async () => {
    const expiring = await api.addApiKey(user, {
      name: 'soon',
      expiresAt: new Date(Date.now() + 2_000).toISOString(),
    })
    expect((await me(expiring.headers)).statusCode).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 2_050))
    expect((await me(expiring.headers)).json()).toMatchObject({ code: 'invalid_token' })
    const leaver = await api.addUser(operator)
    const key = await api.addApiKey(leaver)
    await api.db.kysely.deleteFrom('members').where('user_id', '=', leaver.id).execute()
    expect((await me(key.headers)).json()).toMatchObject({ code: 'invalid_token' })
  })

  it('are 404 for another tenant', async () => {
    const key = await api.addApiKey(user)
    expect((await revoke(key.id, operator.headers)).json()).toMatchObject({ status: 404, code: 'not_found' })
    expect((await me(key.headers)).statusCode).toBe(200)
    const foreign = await me({ ...key.headers, 'holdfast-org': operator.organizationId })
    expect(foreign.json()).toMatchObject({ status: 404, code: 'not_found' })
    const listed = (await list('', operator.headers)).json().apiKeys.map((one: { id: string }) => one.id)
    expect(listed).not.toContain(key.id)
    expect((await revoke('not-an-id')).json()).toMatchObject({ status: 404, code: 'not_found' })
  })

  it('cannot make or revoke keys', async () => {
    const key = await api.addApiKey(user)
    expect((await create({ name: 'x' }, key.headers)).json()).toMatchObject({ status: 403, code: 'forbidden' })
    expect((await list('', key.headers)).json()).toMatchObject({ status: 403, code: 'forbidden' })
    expect((await revoke(key.id, key.headers)).json()).toMatchObject({ status: 403, code: 'forbidden' })
  })

  it('cannot learn by a repeat that a key was made', async () => {
    const key = await api.addApiKey(user)
    const headers = { 'idempotency-key': 'api-key-1' }
    expect((await create({ name: 'once' }, user.headers, headers)).statusCode).toBe(201)
    const again = await create({ name: 'once' }, key.headers, headers)
    expect(again.json()).toMatchObject({ status: 403, code: 'forbidden' })
  })

  it('are listed newest first, in pages', async () => {
    const lister = await api.addUser(operator)
    const made: string[] = []
    for (let index = 0; index < 5; index++) made.push((await api.addApiKey(lister)).id)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { apiKeys: { id: string }[]; nextCursor: string | null } = (
        await list(`?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`, lister.headers)
      ).json()
      seen.push(...page.apiKeys.map((one) => one.id))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toEqual(made.toReversed())
    expect((await list('?cursor=zzz')).json()).toMatchObject({ status: 400, code: 'invalid_cursor' })
    expect((await list('?limit=0')).json()).toMatchObject({ status: 400, code: 'invalid_request' })
    expect((await list('?page=2')).json()).toMatchObject({ status: 400, code: 'invalid_request' })
  })
})

describe('bad bodies', () => {
  it.each([
    [{}, 'invalid_request'],
    [{ name: '' }, 'invalid_request'],
    [{ name: 'a'.repeat(101) }, 'invalid_request'],
    [{ name: 'a', scopes: [] }, 'invalid_request'],
    [{ name: 'a', scopes: ['files:delete'] }, 'invalid_request'],
    [{ name: 'a', expiresAt: 'tomorrow' }, 'invalid_request'],
    [{ name: 'a', expiresAt: '2001-01-01T00:00:00Z' }, 'invalid_request'],
    [{ name: 'a', admin: true }, 'unknown_field'],
  ])('%j is refused', async (body, code) => {
    expect((await create(body)).json()).toMatchObject({ status: 400, code })
  })
})

describe('closing', () => {
  it('writes how often keys were used', async () => {
    const key = await api.addApiKey(user)
    for (let index = 0; index < 3; index++) await me(key.headers)
    await api.app.close()
    const row = await api.db.kysely
      .selectFrom('api_keys')
      .where('id', '=', key.id)
      .select(['uses', 'last_used_at'])
      .executeTakeFirst()
    expect(row).toEqual({ uses: 3, last_used_at: expect.any(Date) })
  })
})

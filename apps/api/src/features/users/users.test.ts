import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

const create = (as: Record<string, string>, more: object = {}, headers = {}) =>
  api.call('POST', '/api/v1/users', {
    body: { email: 'grace@example.org', password: 'long enough', name: 'Grace', ...more },
    as,
    headers,
  })

it('makes a user with an own organization, once for each address', async () => {
  const reply = await create(operator.headers, { organizationName: 'Compilers' })
  expect(reply.statusCode).toBe(201)
  expect(reply.json()).toMatchObject({
    email: 'grace@example.org',
    platformRole: 'user',
    organization: { name: 'Compilers', slug: expect.stringMatching(/^compilers-[0-9a-f]{6}$/) },
  })
  const again = await create(operator.headers, { email: 'GRACE@example.org' })
  expect(again.json()).toMatchObject({ status: 409, code: 'already_exists', errors: [{ path: 'email' }] })
  const usage = await api.db.kysely
    .selectFrom('usage')
    .where('organization_id', '=', reply.json().organization.id)
    .selectAll()
    .execute()
  expect(usage).toHaveLength(1)
})

it('is for operators, and keys of theirs that may', async () => {
  const user = await api.addUser(operator)
  const key = await api.addApiKey(operator)
  expect((await create(user.headers, { email: 'x@example.org' })).json()).toMatchObject({ code: 'forbidden' })
  const refused = await create(key.headers, { email: 'x@example.org' })
  expect(refused.json()).toMatchObject({ code: 'insufficient_scope', detail: 'This needs the scope admin:write.' })
  expect((await create({}, { email: 'x@example.org' })).json()).toMatchObject({ code: 'unauthenticated' })
})

it('names fields that are wrong', async () => {
  const reply = await create(operator.headers, { email: 'x', password: 'p'.repeat(129), organizationName: '' })
  const paths = reply.json().errors.map((error: { path: string }) => error.path)
  expect(paths.toSorted()).toEqual(['email', 'organizationName', 'password'])
})

it('sends the same answer again for the same Idempotency-Key', async () => {
  const headers = { 'idempotency-key': 'user-1' }
  const body = { email: 'twice@example.org' }
  const first = await create(operator.headers, body, headers)
  const second = await create(operator.headers, body, headers)
  expect(first.statusCode).toBe(201)
  expect(second.statusCode).toBe(201)
  expect(second.json()).toEqual(first.json())
  expect(first.headers['idempotent-replay']).toBeUndefined()
  expect(second.headers['idempotent-replay']).toBe('true')
})

it('sends it only to who may make users', async () => {
  const key = await api.addApiKey(operator)
  const headers = { 'idempotency-key': 'user-2' }
  const body = { email: 'replayed@example.org' }
  expect((await create(operator.headers, body, headers)).statusCode).toBe(201)
  const again = await create(key.headers, body, headers)
  expect(again.json()).toMatchObject({ status: 403, code: 'insufficient_scope' })
  expect(again.headers['idempotent-replay']).toBeUndefined()
})

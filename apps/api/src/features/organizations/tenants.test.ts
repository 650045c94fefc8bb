import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { POLICY_WAIT } from '../../testing/policy-wait.ts'
import { buildSecondApi, buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let second: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
  second = await buildSecondApi(api)
})
afterAll(async () => {
  await second.app.close()
  await api.stop()
})

const set = (user: TestUser, state: string, as = operator.headers) =>
  api.call('PUT', `/api/v1/admin/organizations/${user.organizationId}/state`, {
    body: { state, reason: 'The invoice is open.' },
    as,
  })

/** Codes of a read, a change, and of who they are. */
const tries = async (at: TestApi, as: Record<string, string>, name: string) => [
  (await at.call('GET', '/api/v1/api-keys', { as })).json().code ?? 'ok',
  (await at.call('POST', '/api/v1/api-keys', { as, body: { name } })).json().code ?? 'ok',
  (await at.call('GET', '/api/v1/auth/me', { as })).json().code ?? 'ok',
]

const EXPECTED = {
  'read-only': ['ok', 'organization_read_only', 'ok'],
  suspended: ['organization_suspended', 'organization_suspended', 'ok'],
  active: ['ok', 'ok', 'ok'],
}

it('a tenant that is frozen, suspended and restored feels it at once, in every process, and is told why', async () => {
  const user = await api.addUser(operator)
  expect(await tries(api, user.headers, 'a')).toEqual(EXPECTED.active)
  expect(await tries(second, user.headers, 'b')).toEqual(EXPECTED.active)
  for (const state of ['read-only', 'suspended', 'active'] as const) {
    expect((await set(user, state)).json()).toMatchObject({ id: user.organizationId, state })
    expect(await tries(api, user.headers, 'c')).toEqual(EXPECTED[state])
    await vi.waitFor(async () => expect(await tries(second, user.headers, 'd')).toEqual(EXPECTED[state]), POLICY_WAIT)
    const [organization] = (await api.call('GET', '/api/v1/auth/me', { as: user.headers })).json().organizations
    expect(organization).toMatchObject({ state, stateReason: state === 'active' ? null : 'The invoice is open.' })
  }
  const events = await api.db.kysely
    .selectFrom('events')
    .where('organization_id', '=', user.organizationId)
    .where('kind', 'like', 'organization.%')
    .select(['kind', 'actor_id', 'payload'])
    .orderBy('id')
    .execute()
  const payload = { reason: 'The invoice is open.' }
  expect(events).toEqual(
    ['organization.frozen', 'organization.suspended', 'organization.restored'].map((kind) => ({
      kind,
      actor_id: operator.id,
      payload,
    })),
  )
})

it('a suspended tenant can still sign in, and its keys are refused too', async () => {
  const user = await api.addUser(operator)
  const key = await api.addApiKey(user, { name: 'k', scopes: ['organization:read'] })
  const read = () => api.call('GET', `/api/v1/organizations/${user.organizationId}`, { as: key.headers })
  expect((await read()).statusCode).toBe(200)
  await set(user, 'suspended')
  expect((await read()).json()).toMatchObject({ status: 403, code: 'organization_suspended' })
  const { email, password } = user
  expect((await api.call('POST', '/api/v1/auth/login', { body: { email, password } })).statusCode).toBe(200)
})

it('answers 202 while a gateway has not followed, and 200 when all have', async () => {
  const user = await api.addUser(operator)
  const id = randomUUIDv7()
  // Heard of just now, and so waited for.
  const seen_at = new Date(Date.now() + 3_600_000)
  await api.db.kysely.insertInto('gateway_sessions').values({ id, acked_xid: '3', acked_id: 0, seen_at }).execute()
  const late = await set(user, 'suspended')
  expect([late.statusCode, late.json().state]).toEqual([202, 'suspended'])
  await api.db.kysely.deleteFrom('gateway_sessions').where('id', '=', id).execute()
  expect((await set(user, 'active')).statusCode).toBe(200)
})

it('is for operators, who are not bound by the state of their own organization', async () => {
  const user = await api.addUser(operator)
  expect((await set(user, 'suspended', user.headers)).json()).toMatchObject({ code: 'forbidden' })
  expect((await set(operator, 'suspended')).statusCode).toBe(200)
  expect((await set(operator, 'active')).statusCode).toBe(200)
  const nobody = { ...user, organizationId: '0190d0c0-0000-7000-8000-000000000001' }
  expect((await set(nobody, 'suspended')).json()).toMatchObject({ status: 404 })
})

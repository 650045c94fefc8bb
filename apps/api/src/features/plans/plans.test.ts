import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let operator: TestUser
let member: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
  member = await api.addUser(operator)
})
afterAll(() => api.stop())

const as = () => ({ as: operator.headers })
const put = (name: string, body: object) => api.call('PUT', `/api/v1/admin/plans/${name}`, { ...as(), body })
const assign = (organizationId: string, body: object) =>
  api.call('PUT', `/api/v1/admin/organizations/${organizationId}/plan`, { ...as(), body })
const usage = async (user: TestUser) => (await api.call('GET', '/api/v1/usage', { as: user.headers })).json()

it('organizations are without limits unless an operator says otherwise', async () => {
  expect(await usage(member)).toMatchObject({
    organizationId: member.organizationId,
    plan: 'unlimited',
    storage: { used: 0, limit: null },
    files: { used: 0, limit: null },
    requests: { limit: null },
    bandwidth: { limit: null },
    maxFileBytes: null,
  })
})

it('makes, changes, lists and deletes plans', async () => {
  const made = await put('small', { storageBytes: 1_000, files: 3 })
  expect([made.statusCode, made.json()]).toEqual([
    201,
    {
      name: 'small',
      storageBytes: 1_000,
      files: 3,
      maxFileBytes: null,
      bandwidthBytesPerMonth: null,
      requestsPerMonth: null,
      replicationMax: null,
      organizations: 0,
    },
  ])
  const changed = await put('small', { files: 4 })
  expect([changed.statusCode, changed.json()]).toMatchObject([200, { storageBytes: null, files: 4 }])
  const listed = await api.call('GET', '/api/v1/admin/plans', as())
  expect(listed.json().plans.map(({ name }: { name: string }) => name)).toEqual(['small', 'trial', 'unlimited'])
  const remove = () => api.call('DELETE', '/api/v1/admin/plans/small', as())
  expect((await remove()).statusCode).toBe(204)
  expect((await remove()).statusCode).toBe(404)
})

it('an organization’s limits are its plan’s, or its own', async () => {
  await put('tiny', { storageBytes: 500, files: 1, requestsPerMonth: 100, replicationMax: 2 })
  const { organizationId } = member
  expect((await assign(organizationId, { plan: 'tiny' })).json()).toEqual({
    organizationId,
    plan: 'tiny',
    storageLimit: null,
  })
  expect(await usage(member)).toMatchObject({ plan: 'tiny', storage: { limit: 500 }, replicationMax: 2 })
  await assign(organizationId, { plan: 'tiny', storageLimit: 700 })
  await assign(organizationId, { plan: 'tiny' })
  expect(await usage(member)).toMatchObject({ storage: { limit: 700 }, files: { limit: 1 } })
  expect(await usage(operator)).toMatchObject({ plan: 'unlimited' })
  await assign(organizationId, { plan: 'tiny', storageLimit: null })
  expect(await usage(member)).toMatchObject({ storage: { limit: 500 } })
  expect((await api.call('DELETE', '/api/v1/admin/plans/tiny', as())).json()).toMatchObject({ code: 'conflict' })
})

it('refuses what is no plan, no organization or not to be changed', async () => {
  const { organizationId } = member
  expect((await assign(organizationId, { plan: 'nothing-like-it' })).json()).toMatchObject({
    code: 'invalid_request',
    errors: [{ path: 'plan' }],
  })
  expect((await assign(crypto.randomUUID(), { plan: 'trial' })).statusCode).toBe(404)
  expect((await assign('nothing', { plan: 'trial' })).statusCode).toBe(404)
  expect((await put('unlimited', { files: 1 })).json()).toMatchObject({ code: 'conflict' })
  expect((await api.call('DELETE', '/api/v1/admin/plans/unlimited', as())).json()).toMatchObject({ code: 'conflict' })
  for (const body of [{ files: -1 }, { files: 1.5 }, { replicationMax: 0 }, { color: 'red' }])
    expect((await put('wrong', body)).statusCode).toBe(400)
  expect((await put('Wrong_name', {})).statusCode).toBe(400)
})

it('keeps plans from everybody else, and tells who changed what', async () => {
  const theirs = { as: member.headers, body: { plan: 'unlimited' } }
  const path = `/api/v1/admin/organizations/${member.organizationId}/plan`
  expect((await api.call('PUT', path, theirs)).statusCode).toBe(403)
  const { rows } = await api.db.pool.query(
    `select actor_id, payload from events where kind = 'organization.plan-changed' order by id desc limit 1`,
  )
  expect(rows).toEqual([{ actor_id: operator.id, payload: { plan: 'tiny', storageLimit: null } }])
})

it('counts the month’s requests, and still tells where one stands when they are used up', async () => {
  const user = await api.addUser(operator)
  await put('few', { requestsPerMonth: 3 })
  await assign(user.organizationId, { plan: 'few' })
  const keys = () => api.call('GET', '/api/v1/api-keys', { as: user.headers })
  for (let turn = 0; turn < 3; turn++) expect((await keys()).statusCode).toBe(200)
  const refused = await keys()
  expect(refused.json()).toMatchObject({
    code: 'rate_limited',
    detail: "The plan's 3 requests of this month are used up.",
  })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect(await usage(user)).toMatchObject({ requests: { used: 3, limit: 3 } })
})

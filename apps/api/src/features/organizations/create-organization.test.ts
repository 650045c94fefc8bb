import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { POLICY_WAIT } from '../../testing/policy-wait.ts'
import { buildSecondApi, buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let second: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi({ organizationsPerUser: 3 })
  operator = await api.setUp()
  second = await buildSecondApi(api, { organizationsPerUser: 3 })
})
afterAll(async () => {
  await second.app.close()
  await api.stop()
})

const create = (user: TestUser, body: object = { name: 'Compilers' }, headers = {}, at = api) =>
  at.call('POST', '/api/v1/organizations', { body, as: user.headers, headers })
const rolesOf = async (userId: string) =>
  (await api.db.pool.query('select role from members where user_id = $1', [userId])).rows.map(({ role }) => role)

it('makes an organization that the caller owns, on the trial plan, from the next request on, and tells it', async () => {
  const user = await api.addUser(operator)
  // So that the other process has cached who the user is.
  expect((await second.call('GET', '/api/v1/auth/me', { as: user.headers })).statusCode).toBe(200)
  const made = await create(user)
  expect([made.statusCode, made.json()]).toMatchObject([201, { name: 'Compilers', plan: 'trial', state: 'active' }])
  const as = { ...user.headers, 'holdfast-org': made.json().id }
  expect((await api.call('GET', '/api/v1/auth/me', { as })).json()).toMatchObject({ role: 'owner' })
  const there = () => second.call('GET', '/api/v1/auth/me', { as })
  await vi.waitFor(async () => expect((await there()).json()).toMatchObject({ role: 'owner' }), POLICY_WAIT)
  expect((await api.call('GET', '/api/v1/usage', { as })).json()).toMatchObject({ plan: 'trial', files: { used: 0 } })
  const { rows } = await api.db.pool.query(
    `select e.actor_id, a.action, a.resource_id from events e join audit_log a on a.action = e.kind
     where e.kind = 'organization.created' and e.subject = $1 and a.resource_id = e.subject::text`,
    [made.json().id],
  )
  expect(rows).toEqual([{ actor_id: user.id, action: 'organization.created', resource_id: made.json().id }])
})

it('counts what one owns, exactly when ten race', async () => {
  const user = await api.addUser(operator)
  const codes = (await Promise.all(Array.from({ length: 10 }, () => create(user)))).map((reply) => reply.json().code)
  expect(codes.filter((code) => code === undefined)).toHaveLength(2)
  expect(codes.filter((code) => code === 'quota_exceeded')).toHaveLength(8)
  expect(await rolesOf(user.id)).toEqual(['owner', 'owner', 'owner'])
})

it('does not count what one only works in, and ends the day’s tries at ten', async () => {
  const user = await api.addUser(operator)
  const answers = []
  for (let turn = 0; turn < 11; turn++) {
    answers.push(await create(user))
    await api.db.pool.query(`update members set role = 'viewer' where user_id = $1`, [user.id])
  }
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([...Array.from({ length: 10 }, () => 201), 429])
  expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0)
})

it('makes one for a repeat with the same Idempotency-Key', async () => {
  const user = await api.addUser(operator)
  const key = { 'idempotency-key': 'make-one' }
  const [first, again] = [await create(user, undefined, key), await create(user, undefined, key)]
  expect([again.statusCode, again.json()]).toEqual([201, first.json()])
  expect(await rolesOf(user.id)).toHaveLength(2)
  const other = await api.addUser(operator)
  expect((await create(other, undefined, key)).json().id).not.toBe(first.json().id)
})

it('gives an operator any number, on the plan without limits', async () => {
  for (let turn = 0; turn < 4; turn++) expect((await create(operator)).json()).toMatchObject({ plan: 'unlimited' })
})

it('takes no API key, no name that is none, and no field more', async () => {
  const user = await api.addUser(operator)
  const { headers } = await api.addApiKey(user)
  expect((await api.call('POST', '/api/v1/organizations', { body: { name: 'x' }, as: headers })).statusCode).toBe(403)
  for (const body of [{ name: '' }, { name: 'a\nb' }, { name: 'x', plan: 'unlimited' }, { name: 'x', id: user.id }])
    expect((await create(user, body)).statusCode).toBe(400)
  expect(await rolesOf(user.id)).toHaveLength(1)
})

it('is for operators where registration is closed or the setting is 0', async () => {
  const user = await api.addUser(operator)
  const registration = { mode: 'closed', perAddress: 1, perDomain: 1 } as const
  const closed = await buildSecondApi(api, { registration })
  expect((await create(user, undefined, {}, closed)).json()).toMatchObject({ code: 'registration_closed' })
  expect((await create(operator, undefined, {}, closed)).statusCode).toBe(201)
  await closed.app.close()
  const none = await buildSecondApi(api, { organizationsPerUser: 0 })
  expect((await create(user, undefined, {}, none)).json()).toMatchObject({ code: 'quota_exceeded' })
  await none.app.close()
})

it('says so when the trial plan is gone, and the plan goes only where registration is closed', async () => {
  const user = await api.addUser(operator)
  const remove = (at: TestApi) => at.call('DELETE', '/api/v1/admin/plans/trial', { as: operator.headers })
  await api.db.pool.query(`update organizations set plan = 'unlimited'`)
  for (const mode of ['open', 'invite'] as const) {
    const at = await buildSecondApi(api, { registration: { mode, perAddress: 1, perDomain: 1 } })
    expect((await remove(at)).json()).toMatchObject({ status: 409, code: 'conflict' })
    await at.app.close()
  }
  const closed = await buildSecondApi(api, { registration: { mode: 'closed', perAddress: 1, perDomain: 1 } })
  expect((await remove(closed)).statusCode).toBe(204)
  await closed.app.close()
  const { rows: before } = await api.db.pool.query('select count(*) from organizations')
  expect((await create(user)).json()).toMatchObject({ status: 501, code: 'not_configured' })
  expect((await api.db.pool.query('select count(*) from organizations')).rows).toEqual(before)
})

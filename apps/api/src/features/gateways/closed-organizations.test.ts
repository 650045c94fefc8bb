import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

const makeGateway = async (user: TestUser): Promise<{ id: string; name: string }> => {
  const name = `g-${randomUUID()}`
  const body = { name, tokenRequired: false }
  const reply = await api.call('POST', '/api/v1/gateways', { as: user.headers, body })
  return { id: reply.json().id, name }
}
/** What workers are told last of a name, in the order in which they hear it. */
const told = async (name: string): Promise<unknown> => {
  const rows = await api.db.kysely
    .selectFrom('policy_log')
    .select('payload')
    .where('kind', '=', 'gateway.changed')
    .orderBy('policy_log.xid', 'desc')
    .orderBy('policy_log.id', 'desc')
    .execute()
  const entries = rows.map(({ payload }) => payload as { name: string; gateway: unknown })
  return entries.find((entry) => entry.name === name)?.gateway
}

it('gateways of an organization that is being erased answer no more, at once', async () => {
  const user = await api.addUser(operator)
  const { name } = await makeGateway(user)
  expect(await told(name)).toMatchObject({ tokenRequired: false })
  const { slug } = await api.db.kysely
    .selectFrom('organizations')
    .where('id', '=', user.organizationId)
    .select('slug')
    .executeTakeFirstOrThrow()
  const body = { password: user.password, confirm: slug }
  const path = `/api/v1/organizations/${user.organizationId}/erasure`
  expect((await api.call('POST', path, { as: user.headers, body })).statusCode).toBe(202)
  expect(await told(name)).toBeNull()
})

it('a change of a gateway that meets the suspension of its organization does not undo it', async () => {
  const user = await api.addUser(operator)
  const { id, name } = await makeGateway(user)
  const suspending = await api.db.kysely.startTransaction().execute()
  await suspending
    .updateTable('organizations')
    .set({ state: 'suspended' })
    .where('id', '=', user.organizationId)
    .execute()
  let done = false
  const body = { requestsPerMinute: 60 }
  const changing = api.call('PATCH', `/api/v1/gateways/${id}`, { as: user.headers, body }).finally(() => {
    done = true
  })
  // It has come as far as it can.
  const waits = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
  await expect
    .poll(async () => done || (await api.db.pool.query(waits)).rowCount !== 0, { timeout: 10_000, interval: 10 })
    .toBe(true)
  await suspending.commit().execute()
  await changing
  expect(await told(name)).toMatchObject({ closed: true, tokens: [] })
})

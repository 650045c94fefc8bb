import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

it('tells operators of each node and of its copies, and nobody where its RPC is', async () => {
  const nodeId = randomUUIDv7()
  const common = { kind: 'kubo', network: 'public', zone: 'a', url: 'http://127.0.0.1:5001' } as const
  await api.db.kysely
    .insertInto('nodes')
    .values({
      ...common,
      id: nodeId,
      name: 'kubo-1',
      state: 'up',
      version: '0.43.1',
      addresses: ['/ip4/1.2.3.4/tcp/1'],
    })
    .execute()
  for (const status of ['pinned', 'pinned', 'assigned', 'lost', 'releasing', 'unreachable'] as const) {
    const id = randomUUIDv7()
    await api.db.kysely
      .insertInto('contents')
      .values({ id, realm: 'public', cid: `bafkrei${id}`, state: 'wanted' })
      .execute()
    await api.db.kysely.insertInto('replicas').values({ content_id: id, node_id: nodeId, status }).execute()
  }
  const reply = await api.call('GET', '/api/v1/admin/nodes', { as: operator.headers })
  expect(reply.json().nodes).toMatchObject([
    { kind: 'embedded', copies: { pinned: 0, waiting: 0, releasing: 0, unreachable: 0 } },
    {
      id: nodeId,
      name: 'kubo-1',
      zone: 'a',
      state: 'up',
      reason: null,
      version: '0.43.1',
      addresses: ['/ip4/1.2.3.4/tcp/1'],
      copies: { pinned: 2, waiting: 2, releasing: 1, unreachable: 1 },
    },
  ])
  expect(reply.body).not.toContain('5001')
})

it('is for operators alone', async () => {
  const user = await api.addUser(operator)
  expect((await api.call('GET', '/api/v1/admin/nodes', { as: user.headers })).statusCode).toBe(403)
  expect((await api.call('GET', '/api/v1/admin/nodes')).statusCode).toBe(401)
})

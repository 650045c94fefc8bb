import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

/** The manager may look at it while a test goes on. */
const anyCid = (): string => `f01551220${randomBytes(32).toString('hex')}`

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
    await api.db.kysely.insertInto('contents').values({ id, realm: 'public', cid: anyCid(), state: 'wanted' }).execute()
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

/** Nothing is done on it: it does not answer. */
const kuboNode = async (): Promise<string> => {
  const id = randomUUIDv7()
  await api.db.kysely.insertInto('nodes').values({ id, name: id, kind: 'kubo', state: 'down' }).execute()
  return id
}
const change = (id: string, body: object, as = operator) =>
  api.call('PATCH', `/api/v1/admin/nodes/${id}`, { as: as.headers, body })
const remove = (id: string) => api.call('DELETE', `/api/v1/admin/nodes/${id}`, { as: operator.headers })
const eventsOf = (subject: string) =>
  api.db.kysely.selectFrom('events').select('kind').where('subject', '=', subject).orderBy('id').execute()

it('is labelled, drained, removed when it is empty, and taken back; each is told', async () => {
  const id = await kuboNode()
  const named = await change(id, { zone: 'b', labels: { rack: '7' } })
  expect(named.json()).toMatchObject({ id, zone: 'b', labels: { rack: '7' }, intent: 'active' })
  expect((await remove(id)).statusCode).toBe(409)
  expect((await change(id, { intent: 'draining' })).json()).toMatchObject({ intent: 'draining', zone: 'b' })
  const content = randomUUIDv7()
  const row = { id: content, realm: 'public', cid: anyCid(), state: 'held' as const, confirmed: 0 }
  await api.db.kysely.insertInto('contents').values(row).execute()
  const copy = { content_id: content, node_id: id, status: 'releasing' as const }
  await api.db.kysely.insertInto('replicas').values(copy).execute()
  await api.db.kysely
    .insertInto('node_tombstones')
    .values({ node_id: id, cid: row.cid, content_id: content, reason: 'drained' })
    .execute()
  expect((await remove(id)).statusCode).toBe(409)
  // What was to go stays, and the node is asked for it.
  expect((await change(id, { intent: 'active' })).json()).toMatchObject({ copies: { waiting: 1, releasing: 0 } })
  expect(await api.db.kysely.selectFrom('node_tombstones').selectAll().where('node_id', '=', id).execute()).toEqual([])
  await change(id, { intent: 'draining' })
  await api.db.kysely.deleteFrom('replicas').where('node_id', '=', id).execute()
  expect((await remove(id)).statusCode).toBe(204)
  expect((await remove(id)).statusCode).toBe(204)
  expect(await eventsOf(id)).toEqual([
    ...Array.from({ length: 4 }, () => ({ kind: 'node.changed' })),
    { kind: 'node.removed' },
  ])
})

/** A content with a copy there, of which the next look for a place is minutes ahead. */
const restingOn = async (node_id: string): Promise<string> => {
  const id = randomUUIDv7()
  const row = {
    id,
    realm: 'public',
    cid: anyCid(),
    state: 'held' as const,
    place_after: new Date(Date.now() + 300_000),
  }
  await api.db.kysely.insertInto('contents').values(row).execute()
  await api.db.kysely.insertInto('replicas').values({ content_id: id, node_id, status: 'pinned' }).execute()
  return id
}
const rests = async (id: string) =>
  (await api.db.kysely.selectFrom('contents').select('place_after').where('id', '=', id).executeTakeFirstOrThrow())
    .place_after !== null

it('has what is on it looked at again when it is drained, and nothing else', async () => {
  const [drained, other] = [await kuboNode(), await kuboNode()]
  const [here, there] = [await restingOn(drained), await restingOn(other)]
  await change(drained, { intent: 'draining' })
  expect([await rests(here), await rests(there)]).toEqual([false, true])
})

it.each([
  [{ intent: 'removed' }, 400],
  [{ url: 'http://127.0.0.1:5001' }, 400],
  [{ zone: 'a\nb' }, 400],
  [{ zone: 'z'.repeat(65) }, 400],
  [{ labels: { a: 'x'.repeat(256) } }, 400],
  [{ labels: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`l${n}`, ''])) }, 400],
])('refuses %j', async (body, status) => {
  expect((await change(await kuboNode(), body)).statusCode).toBe(status)
})

it('does not know other nodes, and never empties the own store', async () => {
  for (const id of [randomUUIDv7(), 'x']) {
    expect((await change(id, { zone: 'a' })).statusCode).toBe(404)
    expect((await remove(id)).statusCode).toBe(404)
  }
  const own = await api.db.kysely
    .selectFrom('nodes')
    .select('id')
    .where('kind', '=', 'embedded')
    .executeTakeFirstOrThrow()
  expect((await change(own.id, { intent: 'draining' })).statusCode).toBe(409)
  expect((await remove(own.id)).statusCode).toBe(409)
})

it('tries what is short of copies at once', async () => {
  const [id, cid] = [randomUUIDv7(), 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy']
  const later = new Date('2099-01-01')
  const content = { id, realm: 'public', cid, state: 'held' as const, confirmed: 1, copies_max: 2, place_after: later }
  await api.db.kysely.insertInto('contents').values(content).execute()
  const copy = { content_id: id, node_id: await kuboNode(), status: 'error' as const, next_try_at: later }
  await api.db.kysely.insertInto('replicas').values(copy).execute()
  const repair = (text: string) => api.call('POST', `/api/v1/admin/repairs/${text}`, { as: operator.headers })
  const reply = await repair(cid)
  expect([reply.statusCode, reply.json()]).toEqual([202, { cid, confirmed: 1, min: 1, max: 2 }])
  const row = await api.db.kysely.selectFrom('contents').select('place_after').where('id', '=', id).executeTakeFirst()
  expect(row?.place_after).toBeNull()
  const tried = await api.db.kysely
    .selectFrom('replicas')
    .select('next_try_at')
    .where('content_id', '=', id)
    .executeTakeFirst()
  expect(tried?.next_try_at?.getTime()).toBeLessThan(later.getTime())
  expect(await eventsOf(id)).toContainEqual({ kind: 'content.repair-asked' })
  expect((await repair('bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')).statusCode).toBe(404)
  expect((await repair('x')).statusCode).toBe(400)
})

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dumpTables, tablesWith } from '@packages/db/test-database/dump-tables'
import { KuboBackend } from '@services/ipfs-manager/kubo/kubo-backend'
import { KuboFinder } from '@services/ipfs-manager/kubo/kubo-finder'
import { KuboPool } from '@services/ipfs-manager/kubo/kubo-pool'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

/** What a node answers to each command; others are refused. */
type Answers = Record<string, unknown>

const backend = new KuboBackend({ install: randomUUID(), nodes: [], dialPrivate: true })
const finder = new KuboFinder([])
let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
const servers: Server[] = []
beforeAll(async () => {
  const nodePool = new KuboPool({ backend, finder, dialPrivate: true, isProduction: true })
  api = await buildTestContentApi({ nodePool })
  operator = await api.setUp()
})
afterAll(async () => {
  backend.stop()
  finder.stop()
  await api.stop()
})
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const SYNCED = { Datastore: { HashOnRead: true, Spec: { type: 'flatfs', sync: true } }, Provide: { Strategy: 'roots' } }
const healthy = (peerId: string = randomUUID()): Answers => ({
  version: { Version: '0.43.1' },
  id: { ID: peerId, Addresses: [`/ip4/127.0.0.1/tcp/4001/p2p/${peerId}`] },
  'config/show': SYNCED,
  'repo/stat': { RepoSize: 5, StorageMax: 1_000 },
  'swarm/peers': { Peers: [] },
})

/** Speaks as Kubo's RPC does, to who has the token. */
const rpc = async (answers: Answers, token: string | null = 'canary'): Promise<{ url: string; asked: string[] }> => {
  const asked: string[] = []
  const server = createServer((request, reply) => {
    const command = new URL(request.url ?? '', 'http://x').pathname.replace('/api/v0/', '')
    asked.push(command)
    const isDenied = token !== null && request.headers.authorization !== `Bearer ${token}`
    reply.statusCode = isDenied ? 403 : answers[command] === undefined ? 500 : 200
    reply.setHeader('content-type', 'application/json')
    reply.end(JSON.stringify(isDenied ? 'no' : (answers[command] ?? { Message: 'unknown command', Code: 0 })))
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}
const add = (body: object, as = operator) => api.call('POST', '/api/v1/admin/nodes', { as: as.headers, body })
const names = async () => {
  const reply = await api.call('GET', '/api/v1/admin/nodes', { as: operator.headers })
  return reply.json().nodes.map(({ name }: { name: string }) => name)
}
const worked = async () => (await backend.nodes(AbortSignal.timeout(5_000))).map(({ nodeId }) => nodeId)

it('asks a node how it is, takes it into work at once, and keeps its token from everybody', async () => {
  const { url } = await rpc(healthy('peer-1'))
  const before = await names()
  const reply = await add({ url, token: 'canary', name: 'cold', zone: 'b', labels: { rack: '7' } })
  expect(reply.statusCode).toBe(201)
  expect(reply.json()).toMatchObject({
    name: 'cold',
    kind: 'kubo',
    network: 'public',
    zone: 'b',
    labels: { rack: '7' },
    intent: 'active',
    isAdded: true,
    state: 'up',
    version: '0.43.1',
    peerId: 'peer-1',
    capacityBytes: 1_000,
    usedBytes: 5,
  })
  expect(await names()).toEqual(['cold', ...before])
  const { id } = reply.json()
  expect(await worked()).toContain(id)
  for (const told of [reply.body, (await api.call('GET', '/api/v1/admin/nodes', { as: operator.headers })).body]) {
    expect(told).not.toContain('canary')
    expect(told).not.toContain(url)
  }
  expect(tablesWith(await dumpTables(api.db), ['canary'])).toEqual([])
  const { rows } = await api.db.pool.query(`select kind, payload from events where subject = $1`, [id])
  expect(rows).toEqual([
    {
      kind: 'node.added',
      payload: { name: 'cold', network: 'public', zone: 'b', labels: { rack: '7' }, version: '0.43.1' },
    },
  ])

  // Once, by whatever address or name.
  const again = (body: object) => add({ token: 'canary', ...body }).then((answer) => answer.json())
  expect(await again({ url })).toMatchObject({ status: 409, code: 'already_exists' })
  expect(await again({ url: (await rpc(healthy('peer-2'))).url, name: 'cold' })).toMatchObject({
    code: 'already_exists',
  })
  expect(await again({ url: (await rpc(healthy('peer-1'))).url })).toMatchObject({
    code: 'already_exists',
    detail: expect.stringContaining('cold'),
  })
})

it('forgets the token of a node that is removed, works with it no more, and takes it back when it is added again', async () => {
  const { url } = await rpc(healthy())
  const { id } = (await add({ url, token: 'canary' })).json()
  const path = `/api/v1/admin/nodes/${id}`
  const patch = (body: object) => api.call('PATCH', path, { as: operator.headers, body })
  await patch({ intent: 'draining' })
  expect((await api.call('DELETE', path, { as: operator.headers })).statusCode).toBe(204)
  expect(await worked()).not.toContain(id)
  const sealed = () => api.db.kysely.selectFrom('nodes').select('token_sealed').where('id', '=', id).execute()
  expect(await sealed()).toEqual([{ token_sealed: null }])
  expect((await patch({ intent: 'active' })).json()).toMatchObject({ status: 409, code: 'conflict' })
  expect((await add({ url, token: 'canary', network: 'private' })).json()).toMatchObject({ code: 'conflict' })
  expect((await add({ url, token: 'canary' })).json()).toMatchObject({ id, intent: 'active', state: 'up' })
  expect(await worked()).toContain(id)
  expect((await sealed())[0]?.token_sealed).not.toBeNull()
})

const refusals: [string, Answers, object, string][] = [
  ['is too old', { ...healthy(), version: { Version: '0.30.0' } }, {}, 'too old'],
  [
    'does not sync',
    { ...healthy(), 'config/show': { Datastore: { Spec: { type: 'flatfs', sync: false } } } },
    {},
    'sync blocks',
  ],
  ['announces, as a private one', healthy(), { network: 'private' }, 'private node'],
  ['believes another token', healthy(), { token: 'wrong' }, 'refuses our credentials'],
  ['is no Kubo', {}, {}, 'cannot be used'],
]
it.each(refusals)('says why it does not take a node that %s', async (_, answers, more, why) => {
  const { url } = await rpc(answers)
  const before = await names()
  const reply = await add({ url, token: 'canary', ...more })
  expect(reply.json()).toMatchObject({ status: 400, code: 'invalid_request', detail: expect.stringContaining(why) })
  expect(reply.body).not.toContain('canary')
  expect(await names()).toEqual(before)
})

it('does not take a node whose RPC answers strangers', async () => {
  const { url } = await rpc(healthy(), null)
  expect((await add({ url, token: 'canary' })).json()).toMatchObject({
    status: 400,
    detail: expect.stringContaining('without credentials'),
  })
})

it('does not take a node that does not answer', async () => {
  const { url } = await rpc(healthy())
  servers.splice(0).forEach((server) => server.close())
  expect((await add({ url, token: 'canary' })).json()).toMatchObject({ status: 400, code: 'invalid_request' })
})

it.each([
  [{ url: 'https://192.0.2.1:5001' }, 'needs a token'],
  [{ url: 'http://192.0.2.1:5001', token: 'canary' }, 'not encrypted'],
])('asks nobody elsewhere in clear or without a token: %j', async (body, why) => {
  expect((await add(body)).json()).toMatchObject({ status: 400, detail: expect.stringContaining(why) })
})

it.each([
  {},
  { url: 'ftp://127.0.0.1' },
  { url: 'http://127.0.0.1:1/api/v0' },
  { url: 'http://a:b@127.0.0.1:1' },
  { url: 'http://127.0.0.1:1', token: '' },
  { url: 'http://127.0.0.1:1', token: 'x'.repeat(1_001) },
  { url: 'http://127.0.0.1:1', name: 'a b' },
  { url: 'http://127.0.0.1:1', network: 'both' },
  { url: 'http://127.0.0.1:1', zone: 'a\nb' },
  { url: 'http://127.0.0.1:1', labels: { a: 1 } },
  { url: 'http://127.0.0.1:1', role: 'store' },
])('refuses %j', async (body) => {
  expect((await add(body)).statusCode).toBe(400)
})

it('is for operators alone', async () => {
  const user = await api.addUser(operator)
  const { url, asked } = await rpc(healthy())
  expect((await add({ url, token: 'canary' }, user)).statusCode).toBe(403)
  expect(asked).toEqual([])
})

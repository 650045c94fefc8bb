import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'
import { worstOf } from './health-report.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())
beforeEach(() => {
  api.content.deps.limits.minFreeBytes = 0
})

const probe = async (name: string, as: Record<string, string> = {}) => {
  const reply = await api.call('GET', `/health/${name}`, { as })
  expect(reply.headers['cache-control']).toBe('no-store')
  return { code: reply.statusCode, ...reply.json() }
}

describe('/health', () => {
  it.each([
    ['live', 'ok'],
    ['ready', 'ok'],
    ['ipfs', 'ok'],
    ['db', 'ok'],
    ['cache', 'not_configured'],
    ['cluster', 'not_configured'],
  ])('tells anybody the status of %s, and nothing else', async (name, status) => {
    expect(await probe(name)).toEqual({ code: 200, status })
    const user = await api.addUser(operator)
    expect(await probe(name, user.headers)).toEqual({ code: 200, status })
  })

  it('tells operators the detail', async () => {
    expect(await probe('db', operator.headers)).toMatchObject({ detail: { version: expect.any(String), pending: [] } })
    expect(await probe('ipfs', operator.headers)).toMatchObject({
      detail: { backend: 'embedded', store: { id: api.content.store.id, roots: 0 } },
    })
  })

  it('stays ready under an alarm, and says which; why, to operators alone', async () => {
    api.content.manager.alarms.raise('store_misfit', 'the database is older')
    expect(await probe('ready')).toEqual({ code: 200, status: 'alarm', alarms: [{ code: 'store_misfit' }] })
    expect(await probe('ready', operator.headers)).toMatchObject({
      status: 'alarm',
      alarms: [{ code: 'store_misfit', detail: 'the database is older' }],
      detail: { db: 'ok', ipfs: 'alarm' },
    })
    api.content.manager.alarms.clear('store_misfit')
  })

  it('alarms when the disk is so full that uploads are refused', async () => {
    api.content.deps.limits.minFreeBytes = 2 ** 50
    expect(await probe('ready')).toEqual({ code: 200, status: 'alarm', alarms: [{ code: 'disk_full' }] })
    expect(await probe('ipfs')).toMatchObject({ status: 'alarm' })
  })

  it('alarms for nodes that do not answer or must not be used, and tells operators of each', async () => {
    const node = { kind: 'kubo', network: 'public', zone: 'a' } as const
    await api.db.kysely
      .insertInto('nodes')
      .values([
        { ...node, id: randomUUIDv7(), name: 'good', url: 'http://127.0.0.1:1', state: 'up', version: '0.43.1' },
        {
          ...node,
          id: randomUUIDv7(),
          name: 'gone',
          url: 'http://127.0.0.1:2',
          state: 'down',
          state_reason: 'no answer',
        },
        {
          ...node,
          id: randomUUIDv7(),
          name: 'old',
          url: 'http://127.0.0.1:3',
          state: 'refused',
          state_reason: 'It is not in KUBO_NODES.',
        },
      ])
      .execute()
    try {
      expect(await probe('ipfs')).toEqual({ code: 200, status: 'alarm', alarms: [{ code: 'node_down' }] })
      const report = await probe('ipfs', operator.headers)
      expect(report).toMatchObject({
        alarms: [{ code: 'node_down', detail: 'gone: no answer' }],
        detail: { backend: 'kubo' },
      })
      expect(report.detail.nodes).toMatchObject([
        { name: 'gone', state: 'down', pinned: 0, waiting: 0 },
        { name: 'good', state: 'up', version: '0.43.1', zone: 'a' },
      ])
      expect(JSON.stringify(report)).not.toContain('127.0.0.1')
    } finally {
      await api.db.kysely.deleteFrom('nodes').where('kind', '=', 'kubo').execute()
    }
  })

  it('refuses a credential that is wrong', async () => {
    const reply = await api.call('GET', '/health/live', { as: { authorization: 'Bearer hfast_wrong' } })
    expect(reply.statusCode).toBe(401)
  })

  it('answers 503 while the database does not answer', async () => {
    const other = await buildTestContentApi()
    await other.content.stop()
    await other.db.close()
    const reply = await other.app.inject('/health/ready')
    expect([reply.statusCode, reply.json()]).toEqual([503, { status: 'unavailable' }])
    expect((await other.app.inject('/health/db')).statusCode).toBe(503)
    expect((await other.app.inject('/health/live')).statusCode).toBe(200)
    await other.app.close()
  })
})

it('is as well as its worst part', () => {
  expect(worstOf([])).toBe('ok')
  expect(worstOf([{ status: 'not_configured' }, { status: 'ok' }])).toBe('ok')
  expect(worstOf([{ status: 'alarm' }, { status: 'ok' }])).toBe('alarm')
  expect(worstOf([{ status: 'alarm' }, { status: 'unavailable' }])).toBe('unavailable')
})

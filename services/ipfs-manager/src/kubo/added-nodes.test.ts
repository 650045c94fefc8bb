import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { sealColumn } from '@packages/db/sealed-columns'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { SealingKey } from '@packages/runtime/sealing-key'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { nodeTokenPlace, readAddedNodes } from './added-nodes.ts'
import { ensureKuboNodes } from './ensure-kubo-nodes.ts'

const key = new SealingKey(randomBytes(32))
let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(() => database.clear())

const add = async (name: string, token: string | null): Promise<string> => {
  const id = randomUUIDv7()
  const token_sealed = token === null ? null : sealColumn(key, nodeTokenPlace(id), Buffer.from(token))
  const row = { id, name, kind: 'kubo', url: `http://127.0.0.1/${name}`, state: 'up', is_added: true } as const
  await database.db.kysely
    .insertInto('nodes')
    .values({ ...row, token_sealed })
    .execute()
  return id
}
const tokens = async () => (await readAddedNodes(database.db, key)).map(({ name, token }) => ({ name, token }))
const stateOf = async (name: string) =>
  database.db.kysely
    .selectFrom('nodes')
    .select(['state', 'is_added', 'token_sealed'])
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
const start = (given: Parameters<typeof ensureKuboNodes>[1]) =>
  ensureKuboNodes(database.db, given, () => readAddedNodes(database.db, key))

test('nodes.token_sealed opens in its own row alone: a node whose token was moved there is not worked with', async () => {
  const [one] = [await add('one', 'a'), await add('two', 'b'), await add('three', null)]
  expect(await tokens()).toEqual([
    { name: 'one', token: 'a' },
    { name: 'three', token: null },
    { name: 'two', token: 'b' },
  ])
  await sql`update nodes set token_sealed = (select token_sealed from nodes where id = ${one}) where name = 'two'`.execute(
    database.db.kysely,
  )
  expect(await tokens()).toEqual([
    { name: 'one', token: 'a' },
    { name: 'three', token: null },
  ])
  await start([])
  expect(await stateOf('two')).toMatchObject({ state: 'refused' })
  expect(await stateOf('one')).toMatchObject({ state: 'up' })
})

test('at a start, nodes that were added stand beside those that are named; the settings win', async () => {
  await add('one', 'a')
  await add('gone', 'b')
  await database.db.kysely.updateTable('nodes').set({ intent: 'removed' }).where('name', '=', 'gone').execute()
  const named = { name: 'named', url: 'http://127.0.0.1:1', token: 'c', zone: '', network: 'public' } as const
  const first = await start([named])
  expect(first.named).toMatchObject([{ name: 'named', token: 'c' }])
  expect(first.added).toMatchObject([{ name: 'one', token: 'a' }])
  const second = await start([{ ...named, name: 'one', url: 'http://127.0.0.1/one' }])
  expect(second).toMatchObject({ named: [{ name: 'one', token: 'c' }], added: [] })
  expect(await stateOf('one')).toMatchObject({ is_added: false, token_sealed: null })
  expect(await stateOf('named')).toMatchObject({ state: 'refused' })
})

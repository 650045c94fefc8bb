import { randomUUIDv7 } from 'node:crypto'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FetchedGarbage } from './fetched-garbage.ts'

let database: TestDatabase
const [much, little] = [randomUUIDv7(), randomUUIDv7()]
beforeAll(async () => {
  database = await startTestDatabase()
  for (const id of [much, little])
    await database.db.kysely.insertInto('nodes').values({ id, name: id, kind: 'kubo', state: 'up' }).execute()
})
afterAll(() => database.stop())

const released = async (id: string) =>
  (await database.db.kysely.selectFrom('nodes').select('released_bytes').where('id', '=', id).executeTakeFirstOrThrow())
    .released_bytes

it('is noted in sums by node, and the rest at the end', async () => {
  const garbage = new FetchedGarbage({ db: database.db, logger: silentLogger, eachBytes: 1_000 })
  for (let left = 3; left > 0; left--) garbage.add(much, 400)
  garbage.add(little, 10)
  await expect.poll(() => released(much), { timeout: 10_000 }).toBe(1_200)
  expect(await released(little)).toBe(0)
  await garbage.stop()
  expect([await released(much), await released(little)]).toEqual([1_200, 10])
})

it('is kept for the next time while the database says no', async () => {
  const { db } = database
  const garbage = new FetchedGarbage({ db, logger: silentLogger, eachBytes: 100 })
  const before = await released(much)
  await sql`alter table nodes rename to nodes_away`.execute(db.kysely)
  garbage.add(much, 100)
  await garbage.stop()
  await sql`alter table nodes_away rename to nodes`.execute(db.kysely)
  garbage.add(much, 1)
  await garbage.stop()
  expect((await released(much)) - before).toBe(101)
})

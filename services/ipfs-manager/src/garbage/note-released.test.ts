import { randomUUIDv7 } from 'node:crypto'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { uncollectedNodes } from '../erasure/uncollected-nodes.ts'
import { collectDueGarbage, noteReleased } from './collect-garbage.ts'

let database: TestDatabase
const { signal } = new AbortController()

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

it.each([0, 1_000])(
  'is remembered by a pass that ran meanwhile, of content that weighs %i bytes: an erasure waits for the next one',
  async (bytes) => {
    const { db } = database
    const id = randomUUIDv7()
    await db.kysely.insertInto('nodes').values({ id, name: id, kind: 'kubo', state: 'up' }).execute()
    await noteReleased(id, 2 ** 30).execute(db.kysely)
    const pass = (during: () => Promise<unknown>) =>
      collectDueGarbage(
        {
          db,
          nodeId: randomUUIDv7(),
          logger: silentLogger,
          backend: { collectGarbage: async () => (await during(), 0) },
        },
        signal,
      )
    const waiting = () => uncollectedNodes({ db }, '2999-01-01T00:00:00Z')
    await pass(() => noteReleased(id, bytes).execute(db.kysely))
    expect(await waiting()).toEqual([id])
    await sql`update nodes set released_since = now() - interval '10 minutes' where id = ${id}`.execute(db.kysely)
    await pass(async () => undefined)
    expect(await waiting()).toEqual([])
  },
)

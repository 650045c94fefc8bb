import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { contentsToPlace, SHORT, ZONED } from './assign-copies.ts'

const MANY = 5_000

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
  const { pool } = database.db
  await pool.query('alter table contents set (autovacuum_enabled = false)')
  // All of them short of copies and with zones; the planner has last heard that all were due. They have been looked at since.
  await pool.query(
    `insert into contents (id, realm, cid, state, dag_size, copies_max, zones)
     select gen_random_uuid(), 'public', 'cid-' || n, 'held', 1, 3, '{a}' from generate_series(1, $1) n`,
    [MANY],
  )
  await pool.query('analyze contents')
  await pool.query(
    `update contents set place_after = now() + interval '1 minute', zones_after = now() + interval '1 minute'`,
  )
})
afterAll(() => database.stop())

/** The contents that are due, and how many rows were read to know that. */
const look = (of: { which: RawBuilder<unknown>; after: RawBuilder<unknown> }) =>
  database.db.kysely.transaction().execute(async (tx) => {
    const count = async (): Promise<number> => {
      const { rows } = await sql<{ read: number }>`
        select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
        where relname = 'contents'
      `.execute(tx)
      return rows[0]?.read ?? 0
    }
    // What this connection has read before may stand there still.
    const before = await count()
    const due = await contentsToPlace(tx, of)
    return { due: due.length, read: (await count()) - before }
  })

it.each([
  ['short of copies', SHORT, 'place_after'],
  ['in zones', ZONED, 'zones_after'],
] as const)('reads what is due, and not all that is %s', async (_, of, column) => {
  expect(await look(of)).toEqual({ due: 0, read: 0 })
  await database.db.pool.query(
    `update contents set ${column} = case cid when 'cid-1' then null else now() - interval '1 second' end where cid in ('cid-1', 'cid-2')`,
  )
  const { due, read } = await look(of)
  expect(due).toBe(2)
  expect(read).toBeLessThan(20)
})

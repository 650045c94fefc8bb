import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PREPARED, preparedLimit, preparedPage } from './prepared-statements.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase({ poolSize: 1 })
})
afterAll(() => database.stop())

const usersNamed = (name: string) => database.db.kysely.selectFrom('users').select('id').where('name', '=', name)
/** What the pool’s one connection has prepared. */
const prepared = async (): Promise<string[]> => {
  const { rows } = await database.db.pool.query<{ statement: string }>('select statement from pg_prepared_statements')
  return rows.map(({ statement }) => statement)
}

test('a marked read is planned once, whatever its values', async () => {
  for (const name of ['a', 'b']) await usersNamed(name).modifyEnd(PREPARED).execute()
  expect(await prepared()).toEqual([expect.stringContaining('where "name" = $1 /* prepared */')])
})

test('a page is prepared for limits that most callers ask for, and for no other', async () => {
  for (const name of ['a', 'b']) await usersNamed(name).$call(preparedPage(51)).execute()
  for (let limit = 60; limit < 70; limit++) await usersNamed('a').$call(preparedPage(limit)).execute()
  const pages = (await prepared()).filter((statement) => statement.includes('limit'))
  expect(pages).toEqual([expect.stringContaining('limit 51 /* prepared */')])
})

test('so is one that is written as text', async () => {
  const { kysely } = database.db
  for (const limit of [11, 11, 12, 13])
    await sql`select name from users where name = ${'a'} ${preparedLimit(limit)}`.execute(kysely)
  const pages = (await prepared()).filter((statement) => statement.startsWith('select name'))
  expect(pages).toEqual(['select name from users where name = $1 limit 11 /* prepared */'])
})

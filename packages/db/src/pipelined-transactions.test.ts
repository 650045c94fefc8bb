import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LAST } from './pipelined-transactions.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase({ poolSize: 1 })
  await database.db.pool.query('create table begun (n int primary key)')
})
afterAll(() => database.stop())

const rows = async (): Promise<number[]> =>
  (await database.db.pool.query<{ n: number }>('select n from begun order by n')).rows.map(({ n }) => n)
const inTransaction = <T>(work: (insert: (n: number) => Promise<unknown>) => Promise<T>): Promise<T> =>
  database.db.kysely.transaction().execute((tx) => work((n) => sql`insert into begun values (${n})`.execute(tx)))

test('what is done in a transaction is undone with it, the first statement as well', async () => {
  await inTransaction(async (insert) => {
    await insert(1)
    await insert(2)
  })
  const failed = inTransaction(async (insert) => {
    await insert(3)
    await insert(1)
  })
  await expect(failed).rejects.toMatchObject({ code: '23505' })
  await expect(inTransaction((insert) => insert(1))).rejects.toMatchObject({ code: '23505' })
  expect(await rows()).toEqual([1, 2])
})

test('a transaction without statements leaves the connection outside of one', async () => {
  await inTransaction(async () => undefined)
  await expect(inTransaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await database.db.pool.query('insert into begun values (4)')
  await expect(inTransaction((insert) => insert(4))).rejects.toMatchObject({ code: '23505' })
  expect(await rows()).toContain(4)
})

test('isolation levels reach the server', async () => {
  const level = await database.db.kysely
    .transaction()
    .setIsolationLevel('serializable')
    .execute(async (tx) => (await sql<{ transaction_isolation: string }>`show transaction_isolation`.execute(tx)).rows)
  expect(level).toEqual([{ transaction_isolation: 'serializable' }])
})

const insertLast = (n: number) => sql`insert into begun values (${n}) ${sql.raw(LAST)}`

test('the last statement commits, and what follows is refused', async () => {
  const { kysely } = database.db
  await kysely.transaction().execute((tx) => insertLast(10).execute(tx))
  const twice = kysely.transaction().execute(async (tx) => {
    await sql`insert into begun values (11)`.execute(tx)
    await insertLast(10).execute(tx)
  })
  await expect(twice).rejects.toMatchObject({ code: '23505' })
  const more = kysely.transaction().execute(async (tx) => {
    await insertLast(12).execute(tx)
    await sql`insert into begun values (13)`.execute(tx)
  })
  await expect(more).rejects.toThrow(/with its last statement/)
  expect((await rows()).filter((n) => n >= 10)).toEqual([10, 12])
  await inTransaction((insert) => insert(14))
  expect(await rows()).toContain(14)
})

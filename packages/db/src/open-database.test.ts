import { setTimeout as sleep } from 'node:timers/promises'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { StartError } from '@packages/runtime/start-error'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDatabase } from './open-database.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'
import { administer } from './test-database/test-server.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

test('gives bigint as number, and refuses what a number cannot hold', async () => {
  const { rows } = await sql<{ size: number; sizes: number[] }>`
    select 9007199254740991::bigint as size, array[1, 2]::bigint[] as sizes
  `.execute(database.db.kysely)
  expect(rows).toEqual([{ size: Number.MAX_SAFE_INTEGER, sizes: [1, 2] }])
  await expect(sql`select 9007199254740992::bigint as size`.execute(database.db.kysely)).rejects.toThrow(/beyond 2\^53/)
})

test('bounds every statement, wait for a lock, and idle transaction', async () => {
  const { rows } = await sql<Record<string, string>>`
    select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
      current_setting('idle_in_transaction_session_timeout') as idle
  `.execute(database.db.kysely)
  expect(rows).toEqual([{ statement: '30s', lock: '10s', idle: '30s' }])
})

test('opens by address as well as by options', async () => {
  const other = await openDatabase({ url: database.url, logger: silentLogger, poolSize: 1 })
  await other.ping()
  await other.close()
})

test('says in one line that nobody answers', async () => {
  const url = 'postgresql://nobody:secret@127.0.0.1:1/none'
  const failure = await openDatabase({ url, logger: silentLogger }).catch((error: Error) => error)
  expect(failure).toBeInstanceOf(StartError)
  expect(failure).toMatchObject({ message: expect.stringMatching(/^The database does not answer: .*ECONNREFUSED/) })
  expect(String(failure)).not.toContain('secret')
})

test('refuses a database that does not store UTF-8', async () => {
  const name = `${database.connection.database}_ascii`
  await administer(database.connection, `create database ${name} template template0 encoding 'SQL_ASCII' locale 'C'`)
  const url = { ...database.connection, database: name }
  await expect(openDatabase({ url, logger: silentLogger })).rejects.toThrow(/stores SQL_ASCII; it must be UTF8/)
  await administer(database.connection, `drop database ${name}`)
})

test('hears notifications, also after its connection was cut', async () => {
  const { db } = database
  const heard: (string | null)[] = []
  const unlisten = await db.listen('some_channel', (payload) => heard.push(payload))
  const notify = (payload: string) => sql`select pg_notify('some_channel', ${payload})`.execute(db.kysely)
  await notify('first')
  await vi.waitFor(() => expect(heard).toContain('first'))
  const { rows } = await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'holdfast-listen' and datname = current_database()
  `.execute(db.kysely)
  expect(rows).toHaveLength(1)
  heard.length = 0
  // Null tells that something may have been missed.
  await vi.waitFor(() => expect(heard).toContain(null), { timeout: 5_000 })
  await notify('second')
  await vi.waitFor(() => expect(heard).toContain('second'))
  await unlisten()
  await notify('third')
  await sleep(50)
  expect(heard).not.toContain('third')
})

test('outlives a connection that is lost in the middle of a transaction', async () => {
  const { db } = database
  const lost = db.kysely.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(db.kysely)
    // The connection says so while no statement is under way: nobody but the pool's listener hears it.
    await sleep(100)
    await sql`select 1`.execute(tx)
  })
  await expect(lost).rejects.toThrow()
  await db.ping()
})

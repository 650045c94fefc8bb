import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SampledNames } from './sampled-names.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const MINUTE_MS = 60_000
const sampler = () => {
  let ms = 0
  const names = new SampledNames({ kysely: database.db.kysely, minPins: 0, now: () => ms })
  return { names, wait: (more: number) => (ms += more) }
}

it('reads a sample once a minute, for all who ask', async () => {
  const { names, wait } = sampler()
  const [one, two] = await Promise.all([names.current(), names.current()])
  expect(two).toBe(one)
  wait(MINUTE_MS - 1)
  expect(await names.current()).toBe(one)
  wait(1)
  await names.current()
  await expect.poll(() => names.current()).not.toBe(one)
})

it('has nobody wait for the next sample, and reads it again where that failed', async () => {
  const { names, wait } = sampler()
  const first = await names.current()
  wait(MINUTE_MS)
  const [locked, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holder = database.db.kysely.transaction().execute(async (tx) => {
    await sql`lock table pins in access exclusive mode`.execute(tx)
    locked.resolve()
    await mayEnd.promise
  })
  await locked.promise
  try {
    expect(await Promise.all([names.current(), names.current()])).toEqual([first, first])
    const waiting = async () =>
      (
        await sql`select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%tablesample%'
        and datname = current_database()`.execute(database.db.kysely)
      ).rows as { pid: number }[]
    await expect.poll(async () => (await waiting()).length).toBe(1)
    await sql`select pg_terminate_backend(${(await waiting())[0]?.pid})`.execute(database.db.kysely)
    await expect.poll(async () => (await waiting()).length).toBe(0)
  } finally {
    mayEnd.resolve()
    await holder
  }
  await expect.poll(() => names.current()).not.toBe(first)
}, 20_000)

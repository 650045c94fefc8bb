import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
})
afterEach(() => database.db.jobs.stop())

const send = (...erasureIds: string[]) =>
  database.db.unitOfWork.run(async (uow) => {
    for (const erasureId of erasureIds) uow.send('erase', { erasureId })
  })

test('wakes workers at commit, long before they would look, and hands over batches', async () => {
  const batches: string[][] = []
  await database.db.jobs.work('erase', { batchSize: 50, pollSeconds: 60 }, async (payloads) => {
    batches.push(payloads.map(({ erasureId }) => erasureId))
  })
  await send('warm')
  await vi.waitFor(() => expect(batches).toHaveLength(1), { timeout: 5_000 })
  const ids = Array.from({ length: 100 }, () => randomUUIDv7())
  const started = performance.now()
  await send(...ids)
  await vi.waitFor(() => expect(batches.flat()).toHaveLength(101), { timeout: 5_000, interval: 5 })
  expect(performance.now() - started).toBeLessThan(2_000)
  expect(batches.length).toBeLessThan(6)
  expect(new Set(batches.flat())).toEqual(new Set(['warm', ...ids]))
})

test('finds jobs by looking when the notification is lost', async () => {
  const done: string[] = []
  await database.db.jobs.work('erase', { pollSeconds: 1 }, async ([payload]) => {
    done.push(payload?.erasureId ?? '')
  })
  await sql`
    insert into jobs.job (name, data) values ('erase', '{"erasureId": "silent"}')
  `.execute(database.db.kysely)
  await vi.waitFor(() => expect(done).toEqual(['silent']), { timeout: 5_000 })
})

test('tries a failed job again', async () => {
  let tries = 0
  await database.db.jobs.work('erase', { pollSeconds: 0.5 }, async () => {
    if (++tries < 2) throw new Error('not yet')
  })
  await send('once')
  await vi.waitFor(() => expect(tries).toBe(2), { timeout: 10_000 })
  await vi.waitFor(
    async () => {
      const { rows } = await sql`select state::text from jobs.job where name = 'erase'`.execute(database.db.kysely)
      expect(rows).toEqual([{ state: 'completed' }])
    },
    { timeout: 5_000 },
  )
})

test('lets a running job end when it stops, and takes no other', async () => {
  const events: string[] = []
  await database.db.jobs.work('erase', { batchSize: 1, pollSeconds: 0.5 }, async ([payload]) => {
    events.push(`begin ${payload?.erasureId}`)
    await sleep(300)
    events.push(`end ${payload?.erasureId}`)
  })
  await send('first', 'second')
  await vi.waitFor(() => expect(events).toHaveLength(1), { timeout: 5_000, interval: 5 })
  await database.db.jobs.stop({ drainMs: 5_000 })
  expect(events).toEqual(['begin first', 'end first'])
  const { rows } = await sql`select count(*) as open from jobs.job where state = 'created'`.execute(database.db.kysely)
  expect(rows).toEqual([{ open: 1 }])
})

test('aborts a job that does not end in time, and leaves it for another try', async () => {
  const aborted = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  await database.db.jobs.work('erase', { pollSeconds: 0.5 }, async (_payloads, { signal }) => {
    begun.resolve()
    signal.addEventListener('abort', () => aborted.resolve())
    await aborted.promise
    throw new Error('aborted')
  })
  await send('endless')
  await begun.promise
  await database.db.jobs.stop({ drainMs: 1_000 })
  await aborted.promise
  const { rows } = await sql`select state::text from jobs.job where name = 'erase'`.execute(database.db.kysely)
  expect(rows).toEqual([{ state: 'retry' }])
})

import { randomUUIDv7 } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from './test-database.ts'
import { seedOrganization } from './test-database/seed.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const counts = async (subject: string): Promise<unknown> => {
  const { rows } = await sql`
    select (select count(*) from events where subject = ${subject}) as events,
      (select count(*) from policy_log where payload->>'userId' = ${subject}) as entries,
      (select count(*) from jobs.job where data->>'erasureId' = ${subject}) as jobs,
      (select count(*) from nodes where name = ${subject}) as nodes
  `.execute(database.db.kysely)
  return rows[0]
}

test('commits a change with its events, jobs and policy entries, and tells the last entry’s place', async () => {
  const subject = randomUUIDv7()
  const committed = await database.db.unitOfWork.run(async ({ tx, record, send, policy }) => {
    await tx.insertInto('nodes').values({ id: randomUUIDv7(), name: subject, kind: 'embedded' }).execute()
    record({ kind: 'user.created', organizationId: null, actorId: null, subject, payload: { first: true } })
    record({ kind: 'pin.created', organizationId: null, actorId: null, subject, payload: { first: false } })
    send('erase', { erasureId: subject })
    policy({ kind: 'user.changed', userId: subject })
    policy({ kind: 'file.named', cid: 'bafy', name: subject })
    return 'done'
  })
  expect(committed.result).toBe('done')
  expect(await counts(subject)).toEqual({ events: 2, entries: 1, jobs: 1, nodes: 1 })
  const { rows: entries } = await sql`
    select kind, payload, xid::text, id::text from policy_log order by id desc limit 2
  `.execute(database.db.kysely)
  expect(entries).toMatchObject([
    { kind: 'file.named', payload: { cid: 'bafy', name: subject }, ...committed.policyPosition },
    { kind: 'user.changed', payload: { userId: subject } },
  ])
  const events = await database.db.kysely
    .selectFrom('events')
    .select(['kind', 'payload'])
    .where('subject', '=', subject)
    .orderBy('id')
    .execute()
  expect(events).toEqual([
    { kind: 'user.created', payload: { first: true } },
    { kind: 'pin.created', payload: { first: false } },
  ])
})

test('leaves nothing of a change that fails', async () => {
  const subject = randomUUIDv7()
  const change = database.db.unitOfWork.run(async ({ tx, record, send, policy }) => {
    await tx.insertInto('nodes').values({ id: randomUUIDv7(), name: subject, kind: 'embedded' }).execute()
    record({ kind: 'user.created', organizationId: null, actorId: null, subject, payload: {} })
    send('erase', { erasureId: subject })
    policy({ kind: 'user.changed', userId: subject })
    throw new Error('changed my mind')
  })
  await expect(change).rejects.toThrow('changed my mind')
  expect(await counts(subject)).toEqual({ events: 0, entries: 0, jobs: 0, nodes: 0 })
})

test('refuses a job whose payload does not fit, and the change with it', async () => {
  const subject = randomUUIDv7()
  const change = database.db.unitOfWork.run(async ({ record, send }) => {
    record({ kind: 'user.created', organizationId: null, actorId: null, subject, payload: {} })
    send('release-content', { contentIds: [] })
  })
  await expect(change).rejects.toThrow(/contentIds/)
  expect(await counts(subject)).toEqual({ events: 0, entries: 0, jobs: 0, nodes: 0 })
})

test('runs a deadlocked change again, without its first try’s events', async () => {
  const { db } = database
  const [first, second] = [await seedOrganization(db), await seedOrganization(db)]
  const both = Promise.withResolvers<void>()
  let inside = 0
  let tries = 0
  const rename = (subject: string, order: string[]) =>
    db.unitOfWork.run(async ({ tx, record }) => {
      tries++
      record({ kind: 'user.created', organizationId: null, actorId: null, subject, payload: {} })
      for (const [index, id] of order.entries()) {
        await tx.updateTable('organizations').set({ name: subject }).where('id', '=', id).execute()
        if (index === 0 && ++inside === 2) both.resolve()
        if (index === 0) await both.promise
      }
    })
  const [a, b] = [randomUUIDv7(), randomUUIDv7()]
  await Promise.all([
    rename(a, [first.organizationId, second.organizationId]),
    rename(b, [second.organizationId, first.organizationId]),
  ])
  // Either is the server's choice, or both.
  expect(tries).toBeGreaterThan(2)
  expect(await counts(a)).toMatchObject({ events: 1 })
  expect(await counts(b)).toMatchObject({ events: 1 })
})

test('gives up after six tries', async () => {
  let tries = 0
  const change = database.db.unitOfWork.run(async ({ tx }) => {
    tries++
    await sql`do $$ begin raise exception 'always' using errcode = '40001'; end $$`.execute(tx)
  })
  await expect(change).rejects.toThrow('always')
  expect(tries).toBe(6)
})

test('does not lock up when every connection of the pool is in a change that sends its first job', async () => {
  const fresh = await startTestDatabase({ poolSize: 2 })
  try {
    const change = () => fresh.db.unitOfWork.run(async ({ send }) => send('erase', { erasureId: 'x' }))
    await Promise.all(Array.from({ length: 8 }, change))
  } finally {
    await fresh.stop()
  }
})

import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  findIdempotentReply,
  IdempotencyConflict,
  type NewIdempotentReply,
  pruneIdempotentReplies,
  saveIdempotentReply,
} from './idempotency.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const reply = (key: string, more: Partial<NewIdempotentReply> = {}): NewIdempotentReply => ({
  scope: 'organization',
  route: 'POST /x',
  key,
  fingerprint: Buffer.from('request'),
  status: 201,
  body: { made: [1, 'two'] },
  subject: 'row',
  ...more,
})
const save = (given: NewIdempotentReply) => database.db.unitOfWork.run(({ tx }) => saveIdempotentReply(tx, given))
const age = (key: string) =>
  database.db.kysely
    .updateTable('idempotency_keys')
    .set({ created_at: sql`now() - interval '25 h'` })
    .where('key', '=', key)
    .execute()

test('finds what was saved, by scope, route and key', async () => {
  const saved = reply('a')
  await save(saved)
  expect(await findIdempotentReply(database.db.kysely, saved)).toEqual({
    fingerprint: Buffer.from('request'),
    status: 201,
    body: { made: [1, 'two'] },
    subject: 'row',
  })
  for (const other of [{ scope: 'other' }, { route: 'other' }, { key: 'other' }])
    expect(await findIdempotentReply(database.db.kysely, { ...saved, ...other })).toBeUndefined()
})

test('keeps no body where the reply was a secret', async () => {
  await save(reply('secret', { body: null }))
  expect(await findIdempotentReply(database.db.kysely, reply('secret'))).toMatchObject({ body: null, subject: 'row' })
})

test('lets one of two racing changes through, the other rolls back', async () => {
  const settled = await Promise.allSettled([save(reply('race')), save(reply('race'))])
  expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const failure = settled.find((one) => one.status === 'rejected')
  expect(failure?.reason).toBeInstanceOf(IdempotencyConflict)
})

test('forgets after 24 hours: not found, taken again, pruned in slices', async () => {
  for (const key of ['old', 'older', 'oldest']) await save(reply(key))
  for (const key of ['old', 'older', 'oldest']) await age(key)
  expect(await findIdempotentReply(database.db.kysely, reply('old'))).toBeUndefined()
  await save(reply('old', { status: 200 }))
  expect(await findIdempotentReply(database.db.kysely, reply('old'))).toMatchObject({ status: 200 })
  expect(await pruneIdempotentReplies(database.db.kysely, 1)).toBe(1)
  expect(await pruneIdempotentReplies(database.db.kysely)).toBe(1)
  expect(await pruneIdempotentReplies(database.db.kysely)).toBe(0)
  expect(await findIdempotentReply(database.db.kysely, reply('old'))).toBeDefined()
})

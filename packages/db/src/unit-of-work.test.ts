import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, startTestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

test('x', async () => {
  await database.db.ping()
  expect(database.url).toMatch(/^postgresql:/)
})

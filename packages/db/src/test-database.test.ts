import { expect, test } from 'vitest'
import { startTestDatabase } from './test-database.ts'
import { seedOrganization } from './test-database/seed.ts'

test('two databases of one run do not see each other, and are gone afterwards', async () => {
  const [first, second] = await Promise.all([startTestDatabase(), startTestDatabase()])
  await seedOrganization(first.db)
  const count = async ({ db }: typeof first): Promise<number> =>
    (await db.kysely.selectFrom('organizations').select('id').execute()).length
  expect([await count(first), await count(second)]).toEqual([1, 0])
  await first.stop()
  const { rows } = await second.db.pool.query('select from pg_database where datname = $1', [first.connection.database])
  expect(rows).toEqual([])
  await second.stop()
})

import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { contentsToRetry, pinPage } from './repository.ts'

let database: TestDatabase
let organizationId: string

beforeAll(async () => {
  database = await startTestDatabase()
  const { kysely } = database.db
  organizationId = (await seedOrganization(database.db)).organizationId
  await sql`
    insert into contents (id, realm, cid, state)
    select gen_random_uuid(), 'public', 'content ' || n, 'wanted' from generate_series(1, 100) n
  `.execute(kysely)
  await sql`
    insert into pins (id, organization_id, content_id, cid, name, name_folded, status, created_at)
    select gen_random_uuid(), ${organizationId}, c.id, c.cid, 'Name ' || n, 'name ' || n, case when n % 50 = 0 then 'failed' else 'queued' end,
      timestamptz '2026-01-01T00:00:00Z' + n * interval '1 second'
    from generate_series(1, 10000) n join contents c on c.cid = 'content ' || (1 + n % 100)
  `.execute(kysely)
  await sql`vacuum analyze pins`.execute(kysely)
})
afterAll(() => database.stop())

it('finds a name among many pins by the index of names', async () => {
  const query = pinPage(database.db.kysely, { organizationId, limit: 51 }, { name: 'Name 777' })
  expect((await query.execute()).map(({ name }) => name)).toEqual(['Name 777'])
  const plan = (await query.explain()).map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toContain('pins_name ')
})

it('knows names by their case, also where it retries what has one', async () => {
  const { kysely } = database.db
  expect(await pinPage(kysely, { organizationId, limit: 51 }, { name: 'NAME 777' }).execute()).toEqual([])
  expect(await contentsToRetry(kysely, organizationId, { name: 'Name 777', after: undefined, limit: 5 })).toHaveLength(
    1,
  )
  expect(await contentsToRetry(kysely, organizationId, { name: 'name 777', after: undefined, limit: 5 })).toEqual([])
})

it('finds the pins of a status in the order of the list, and asks for it by a statement that is planned once', async () => {
  const query = pinPage(database.db.kysely, { organizationId, limit: 51 }, { status: 'failed' })
  const plan = (await query.explain()).map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toContain('pins_of_status')
  expect(plan).not.toContain('Sort')
  expect(query.compile().sql).toMatch(/limit 51 \/\* prepared \*\/$/)
})

import { randomUUIDv7 } from 'node:crypto'
import { psaStatus, type PinStatus } from '@packages/shared/pin-state'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedOrganization } from '../test-database/seed.ts'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const STATUSES: PinStatus[] = ['queued', 'pinning', 'pinned', 'degraded', 'failed']

test('the database reckons the status of the Pinning Service API as the code does', async () => {
  const { kysely } = database.db
  const { organizationId } = await seedOrganization(database.db)
  const contentId = randomUUIDv7()
  await kysely.insertInto('contents').values({ id: contentId, realm: 'public', cid: 'bafy', state: 'wanted' }).execute()
  const cases = STATUSES.flatMap((status) => [0, 1, 2].map((copies) => ({ status, copies_left: copies })))
  await kysely
    .insertInto('pins')
    .values(
      cases.map((one, at) => ({
        ...one,
        id: randomUUIDv7(),
        organization_id: organizationId,
        content_id: contentId,
        cid: 'bafy',
        created_at: new Date(at),
      })),
    )
    .execute()
  const rows = await kysely
    .selectFrom('pins')
    .select(['status', 'copies_left', 'psa_status'])
    .orderBy('created_at')
    .execute()
  expect(rows).toEqual(cases.map((one) => ({ ...one, psa_status: psaStatus(one.status, one.copies_left) })))
})

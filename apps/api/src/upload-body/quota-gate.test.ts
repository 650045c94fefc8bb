import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { QuotaGate } from './quota-gate.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const setLimit = (organizationId: string, limit: number | null) =>
  database.db.pool.query('update organizations set storage_limit = $2 where id = $1', [organizationId, limit])

it('refuses at the limit and lets in again as soon as there is room', async () => {
  const { organizationId } = await seedOrganization(database.db, { storageLimit: 0 })
  const gate = new QuotaGate(database.db.kysely)
  await expect(gate.admit(organizationId)).rejects.toMatchObject({ code: 'quota_exceeded' })
  await setLimit(organizationId, 1)
  await gate.admit(organizationId)
})

it('looks again a second after it let somebody in, and not for another organization', async () => {
  let now = 0
  const gate = new QuotaGate(database.db.kysely, { now: () => now })
  const [one, other] = [await seedOrganization(database.db), await seedOrganization(database.db, { storageLimit: 0 })]
  await gate.admit(one.organizationId)
  await setLimit(one.organizationId, 0)
  now = 999
  await gate.admit(one.organizationId)
  await expect(gate.admit(other.organizationId)).rejects.toMatchObject({ code: 'quota_exceeded' })
  now = 1_000
  await expect(gate.admit(one.organizationId)).rejects.toMatchObject({ code: 'quota_exceeded' })
})

import { randomUUIDv7 } from 'node:crypto'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DefaultVisibilities } from './default-visibilities.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const set = (organizationId: string, visibility: string) =>
  database.db.pool.query('update organizations set default_visibility = $2 where id = $1', [organizationId, visibility])

it('looks once for all that is asked together, and tells each their own', async () => {
  const [one, other] = [await seedOrganization(database.db), await seedOrganization(database.db)]
  await set(other.organizationId, 'private')
  const asked: string[] = []
  const visibilities = new DefaultVisibilities(
    database.db.kysely.withPlugin({
      transformQuery: ({ node }) => {
        asked.push(node.kind)
        return node
      },
      transformResult: async ({ result }) => result,
    }),
  )
  const ids = [one.organizationId, other.organizationId, one.organizationId, randomUUIDv7()]
  expect(await Promise.all(ids.map((id) => visibilities.of(id)))).toEqual(['public', 'private', 'public', undefined])
  expect(asked).toEqual(['SelectQueryNode'])
})

it('looks anew for whoever asks after a look began', async () => {
  const { organizationId } = await seedOrganization(database.db)
  const read = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const visibilities = new DefaultVisibilities(
    database.db.kysely.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        read.resolve()
        await held.promise
        return result
      },
    }),
  )
  const early = visibilities.of(organizationId)
  await read.promise
  await set(organizationId, 'private')
  const late = visibilities.of(organizationId)
  await new Promise(setImmediate)
  held.resolve()
  expect(await Promise.all([early, late])).toEqual(['public', 'private'])
})

import { randomBytes } from 'node:crypto'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import { MasterKey } from '@packages/runtime/master-key'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { openMail } from '@packages/runtime/sealed-mail'
import type { IpnsKeyPair } from '@packages/content/ipns/ipns-key-pair'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { bring, newPair, publishAs, recordOf } from '../testing/test-ipns.ts'
import { warnOfEndingNames } from './warn-of-ending-names.ts'

const DAY_MS = 86_400_000
const masterKey = new MasterKey(randomBytes(32))

let database: TestDatabase
let owner: { organizationId: string; userId: string }
let pair: IpnsKeyPair
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  owner = await seedOrganization(database.db)
  pair = newPair()
})

/** Runs the job so many days from now. */
const runAt = (days: number, mail: { publicUrl: string } | null = { publicUrl: 'https://files.example.org' }) =>
  warnOfEndingNames({
    db: database.db,
    masterKey,
    mail,
    logger: silentLogger,
    now: () => Date.now() + days * DAY_MS,
  })
const publish = (lifeDays: number) =>
  publishAs(database.db, owner.organizationId, { pair, record: recordOf(pair, { lifeMs: lifeDays * DAY_MS }) })
/** What was posted since the last look. */
const posted = async (): Promise<[string, number][]> => {
  const { rows } = await database.db.pool.query<{ data: { id: string; sealed: string } }>(
    `delete from jobs.job where name = 'send-mail' returning data`,
  )
  return rows
    .map(({ data }) => openMail(masterKey, data))
    .map((mail): [string, number] => [mail?.to ?? '', mail?.content.template === 'ipns-ending' ? mail.content.days : 0])
    .sort(([one], [other]) => (one < other ? -1 : 1))
}

it('comes 30, 7 and 1 days before the end, once each', async () => {
  await publish(40)
  const warned: [number, number][] = []
  for (let day = 0; day <= 42; day++) {
    await runAt(day + 0.5)
    for (const [to, days] of await posted()) {
      expect(to).toBe(`${owner.userId}@example.org`)
      warned.push([day, days])
    }
  }
  expect(warned).toEqual([
    [10, 30],
    [33, 7],
    [39, 1],
  ])
  const events = await database.db.kysely
    .selectFrom('events')
    .select(['organization_id', 'payload'])
    .where('kind', '=', 'ipns.ending')
    .orderBy('id')
    .execute()
  expect(events.map(({ payload }) => (payload as { days: number }).days)).toEqual([30, 7, 1])
  expect(events[0]?.organization_id).toBe(owner.organizationId)
})

it('says only the last of those that were slept through', async () => {
  await publish(40)
  await runAt(36)
  expect(await posted()).toEqual([[`${owner.userId}@example.org`, 7]])
})

it('passes over what lies before the record came', async () => {
  await publish(2)
  await runAt(0.5)
  expect(await posted()).toEqual([])
  await runAt(1.5)
  expect(await posted()).toEqual([[`${owner.userId}@example.org`, 1]])
})

it('begins anew with a newer record', async () => {
  await publish(40)
  await runAt(10.5)
  expect(await posted()).toHaveLength(1)
  await bring(database.db, pair, recordOf(pair, { sequence: 2n, lifeMs: 60 * DAY_MS }))
  await runAt(11)
  expect(await posted()).toEqual([])
  await runAt(30.5)
  expect(await posted()).toEqual([[`${owner.userId}@example.org`, 30]])
})

it('goes to the owners alone, and of names without an organization to the operators', async () => {
  const [viewer, operator] = [await seedOrganization(database.db), await seedOrganization(database.db)]
  await database.db.pool.query(
    `insert into members (id, organization_id, user_id, role) values (gen_random_uuid(), $1, $2, 'viewer')`,
    [owner.organizationId, viewer.userId],
  )
  await database.db.kysely
    .updateTable('users')
    .set({ platform_role: 'operator' })
    .where('id', '=', operator.userId)
    .execute()
  await publish(8)
  await runAt(1.5)
  expect(await posted()).toEqual([[`${owner.userId}@example.org`, 7]])
  const other = newPair()
  await bring(database.db, other, recordOf(other, { lifeMs: 8 * DAY_MS }))
  await runAt(1.5)
  expect(await posted()).toEqual([[`${operator.userId}@example.org`, 7]])
})

it('several processes send one mail', async () => {
  await publish(8)
  const counts = await Promise.all([runAt(1.5), runAt(1.5), runAt(1.5)])
  expect(counts.reduce((sum, count) => sum + count)).toBe(1)
  expect(await posted()).toHaveLength(1)
})

it('without mail the event tells it', async () => {
  await publish(8)
  expect(await runAt(1.5, null)).toBe(1)
  expect(await posted()).toEqual([])
  const events = database.db.kysely.selectFrom('events').select('kind').where('kind', '=', 'ipns.ending')
  expect(await events.execute()).toHaveLength(1)
})

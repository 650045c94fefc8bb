import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { wantRoot } from '@packages/db/test-database/want-root'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FetchQueue } from './fetch-queue.ts'
import { recallPlans } from './recall-plans.ts'
import { startTestManager, type TestManager } from './testing/test-manager.ts'

let manager: TestManager
beforeAll(async () => {
  manager = await startTestManager()
})
afterAll(() => manager.stop())

const HOUR = "interval '1 hour'"

/** Whether plans are where they were put: as hours from now. */
const plans = async () => {
  const { rows } = await sql<Record<string, number | null>>`
    select
      (select round(extract(epoch from place_after - now()) / 3600)::int from contents where state = 'held') as place,
      (select round(extract(epoch from next_try_at - now()) / 3600)::int from replicas where status = 'lost') as copy,
      (select round(extract(epoch from leased_until - now()) / 3600)::int from fetches where state = 'running') as lease,
      (select round(extract(epoch from due_at - now()) / 3600)::int from fetch_queue where isfinite(due_at)) as fetch,
      (select round(extract(epoch from gc_until - now()) / 3600)::int from nodes where name = 'other') as collecting,
      (select round(extract(epoch from gc_after - now()) / 3600)::int from nodes where name = 'other') as garbage
  `.execute(manager.db.kysely)
  return rows[0]
}
const plan = async (hours: number) => {
  const at = sql`now() + ${sql.raw(`${hours} * ${HOUR}`)}`
  for (const statement of [
    sql`update contents set place_after = ${at}, copies_max = 3 where state = 'held'`,
    sql`update replicas set next_try_at = ${at} where status = 'lost'`,
    sql`update fetches set leased_until = ${at} where state = 'running'`,
    sql`update fetch_queue set due_at = ${at} where isfinite(due_at)`,
    sql`update nodes set gc_until = ${at}, gc_after = ${at} where name = 'other'`,
  ])
    await statement.execute(manager.db.kysely)
}

test('what a clock that was ahead has planned is due when it has gone back, and nothing else', async () => {
  const { db, organizationId, userId } = manager
  await db.kysely.insertInto('nodes').values({ id: randomUUIDv7(), name: 'other', kind: 'kubo' }).execute()
  const upload = await manager.bring(randomBytes(100))
  await manager.own(upload)
  await sql`
    insert into replicas (content_id, node_id, status) select ${upload.contentId}, id, 'lost' from nodes where name = 'other'
  `.execute(db.kysely)
  const running = await wantRoot(db, { organizationId, userId, cid: 'bafy1' })
  await wantRoot(db, { organizationId, userId, cid: 'bafy2' })
  const queue = new FetchQueue({ db, leaseMs: 30_000 })
  await queue.take([running.contentId])

  await plan(1)
  expect(await recallPlans({ db })).toBe(0)
  expect(await plans()).toEqual({ place: 1, copy: 1, lease: 1, fetch: 1, collecting: 1, garbage: 1 })

  await plan(24)
  expect(await recallPlans({ db })).toBe(5)
  expect(await plans()).toEqual({ place: 0, copy: 0, lease: 0, fetch: 0, collecting: null, garbage: null })
  // The fetch of a worker that has died begins anew; what is not tried again stays so.
  expect(await queue.takeBack()).toBe(1)
  const { rows } = await sql`select from fetch_queue where not isfinite(due_at)`.execute(db.kysely)
  expect(rows).toHaveLength(0)
})

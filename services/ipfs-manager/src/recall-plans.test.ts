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
      (select round(extract(epoch from gc_after - now()) / 3600)::int from nodes where name = 'other') as garbage,
      (select round(extract(epoch from released_since - now()) / 3600)::int from nodes where name = 'other') as released
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
    sql`update nodes set gc_until = ${at}, gc_after = ${at}, released_since = ${at} where name = 'other'`,
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
  expect(await plans()).toEqual({ place: 1, copy: 1, lease: 1, fetch: 1, collecting: 1, garbage: 1, released: 1 })

  await plan(24)
  expect(await recallPlans({ db })).toBe(5)
  expect(await plans()).toEqual({ place: 0, copy: 0, lease: 0, fetch: 0, collecting: null, garbage: null, released: 0 })
  // The fetch of a worker that has died begins anew; what is not tried again stays so.
  expect(await queue.takeBack()).toBe(1)
  const { rows } = await sql`select from fetch_queue where not isfinite(due_at)`.execute(db.kysely)
  expect(rows).toHaveLength(0)
})

test('so is what is planned for contents of zones, on nodes that are emptied and for what moves, and only for these', async () => {
  const { db, nodeId } = manager
  const drained = randomUUIDv7()
  await db.kysely.insertInto('nodes').values({ id: drained, name: 'drained', kind: 'kubo' }).execute()
  const upload = await manager.bring(randomBytes(200))
  await manager.own(upload)
  const id = upload.contentId
  await sql`
    insert into replicas (content_id, node_id, status) values (${id}, ${drained}, 'pinned')
  `.execute(db.kysely)
  const far = sql`now() + interval '1 day'`
  await sql`update contents set place_after = ${far}, zones_after = ${far}, copies_max = 1 where id = ${id}`.execute(
    db.kysely,
  )
  await sql`update replicas set next_try_at = ${far} where content_id = ${id}`.execute(db.kysely)
  /** What of it is due now. */
  const due = async () => {
    await recallPlans({ db })
    const { rows } = await sql<{ place: boolean; zones: boolean; copies: string[] }>`
      select place_after <= now() as place, zones_after <= now() as zones,
        array(select node_id::text from replicas where content_id = c.id and next_try_at <= now() order by node_id = ${nodeId}) as copies
      from contents c where id = ${id}
    `.execute(db.kysely)
    return rows[0]
  }
  expect(await due()).toEqual({ place: false, zones: false, copies: [] })
  await sql`update contents set zones = '{a}' where id = ${id}`.execute(db.kysely)
  expect(await due()).toEqual({ place: false, zones: true, copies: [] })
  await sql`update nodes set intent = 'draining' where id = ${drained}`.execute(db.kysely)
  expect(await due()).toEqual({ place: true, zones: true, copies: [] })
  await sql`update replicas set verified_at = now() where content_id = ${id} and node_id = ${nodeId}`.execute(db.kysely)
  await sql`update contents set moving_copies = 1 where id = ${id}`.execute(db.kysely)
  expect(await due()).toEqual({ place: true, zones: true, copies: [drained] })
  await sql`update contents set moving_copies = null where id = ${id}`.execute(db.kysely)
  await sql`update replicas set verified_at = null where content_id = ${id} and node_id = ${nodeId}`.execute(db.kysely)
  await sql`update nodes set is_leaving = true where id = ${drained}`.execute(db.kysely)
  expect(await due()).toEqual({ place: true, zones: true, copies: [drained, nodeId] })
})

import { randomUUIDv7 } from 'node:crypto'
import { insertPins, type InsertedPin } from '@packages/db/pins/insert-pin'
import { PUT_OFF_FROM } from '@packages/db/pins/put-off'
import { seedNode, seedOrganization } from '@packages/db/test-database/seed'
import { wantRoot } from '@packages/db/test-database/want-root'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { removePins } from '@packages/db/remove-pins'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { planFetches } from './fetch-plan.ts'
import { FetchQueue } from './fetch-queue.ts'
import { ROWS_OF_ALL } from './queue-arrivals.ts'
import { restoreFetches } from './restore-fetches.ts'

let database: TestDatabase
let queue: FetchQueue
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  queue = new FetchQueue({ db: database.db, leaseMs: 60_000 })
})

const want = async (cid: string, owner?: { organizationId: string; userId: string }) => {
  const by = owner ?? (await seedOrganization(database.db))
  return { ...by, ...(await wantRoot(database.db, { ...by, cid })) }
}
const statusOf = async (pinId: string) =>
  database.db.kysely.selectFrom('pins').select(['status', 'info']).where('id', '=', pinId).executeTakeFirstOrThrow()
const dueIds = async () => (await queue.due(10)).map(({ contentId }) => contentId)
/** As if that much time had passed. */
const letPass = (interval: string) =>
  sql`
    with f as (update fetches set leased_until = leased_until - ${interval}::interval)
    update fetch_queue set due_at = due_at - ${interval}::interval where isfinite(due_at)
  `.execute(database.db.kysely)

describe('FetchQueue', () => {
  it('gives what is wanted to one worker, and says that it is at work', async () => {
    const { contentId, pinId } = await want('bafy1')
    const other = new FetchQueue({ db: database.db, leaseMs: 60_000 })
    expect(await dueIds()).toEqual([contentId])
    const taken = await Promise.all([queue.take([contentId]), other.take([contentId])])
    expect(taken.flat()).toMatchObject([{ contentId, attempts: 1 }])
    expect(await statusOf(pinId)).toMatchObject({ status: 'pinning' })
    expect(await dueIds()).toEqual([])
  })

  it('tries again when its time has come, and tells why the last try failed', async () => {
    const { contentId, pinId } = await want('bafy1')
    await queue.take([contentId])
    await queue.putBack(contentId, { delayMs: 60_000, failure: { code: 'stalled', message: 'Nothing more came.' } })
    expect(await dueIds()).toEqual([])
    await letPass('61 seconds')
    expect(await dueIds()).toEqual([contentId])
    expect(await statusOf(pinId)).toMatchObject({ status: 'pinning' })
    expect(await queue.take([contentId])).toMatchObject([{ attempts: 2 }])
  })

  it('writes a lease again when a third of it is gone, and tells all the same whose it is', async () => {
    const { contentId } = await want('bafy1')
    await queue.take([contentId])
    const left = async () => {
      const { rows } = await database.db.pool.query<{ left: number; version: string }>(
        'select extract(epoch from leased_until - clock_timestamp())::float8 as left, xmin::text as version from fetches',
      )
      return rows[0] ?? { left: Number.NaN, version: '' }
    }
    const { version } = await left()
    expect(await queue.renew([contentId])).toEqual(new Set([contentId]))
    expect((await left()).version).toBe(version)
    await letPass('25 seconds')
    expect(await queue.renew([contentId])).toEqual(new Set([contentId]))
    expect((await left()).left).toBeGreaterThan(50)
    expect(await new FetchQueue({ db: database.db, leaseMs: 60_000 }).renew([contentId])).toEqual(new Set())
  })

  it('does not count a try that was interrupted', async () => {
    const { contentId } = await want('bafy1')
    await queue.take([contentId])
    await queue.putBack(contentId, { delayMs: 0 })
    expect(await queue.take([contentId])).toMatchObject([{ attempts: 1 }])
  })

  it('gives up, says so, and begins anew for everybody when somebody asks again', async () => {
    const first = await want('bafy1')
    const { contentId } = first
    await queue.take([contentId])
    await queue.giveUp(contentId, { code: 'corrupt_dag', message: 'A block is wrong.' })
    expect(await statusOf(first.pinId)).toEqual({ status: 'failed', info: { reason: 'A block is wrong.' } })
    await letPass('9 days')
    expect(await dueIds()).toEqual([])
    const second = await want('bafy1')
    expect(second.contentId).toBe(contentId)
    expect(await statusOf(first.pinId)).toEqual({ status: 'queued', info: {} })
    expect(new Set((await queue.due(10)).map(({ organizationId }) => organizationId))).toEqual(
      new Set([first.organizationId, second.organizationId]),
    )
  })

  it('takes back what a dead worker has left, by the clock of the database alone', async () => {
    const { contentId } = await want('bafy1')
    await new FetchQueue({ db: database.db, leaseMs: 60_000 }).take([contentId])
    for (const days of [1, -1]) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 })
      expect(await queue.takeBack()).toBe(0)
      vi.useRealTimers()
    }
    await letPass('61 seconds')
    expect(await queue.takeBack()).toBe(1)
    expect(await queue.take([contentId])).toMatchObject([{ attempts: 2 }])
  })

  it('keeps a lease while it is renewed, and tells what is lost', async () => {
    const [kept, unpinned] = [await want('bafy1'), await want('bafy2')]
    await queue.take([kept.contentId, unpinned.contentId])
    await database.db.unitOfWork.run((uow) =>
      removePins(uow, { organizationId: unpinned.organizationId, pinIds: [unpinned.pinId], actorId: null }),
    )
    expect(await queue.renew([kept.contentId, unpinned.contentId])).toEqual(new Set([kept.contentId]))
    await letPass('59 seconds')
    await queue.renew([kept.contentId])
    await letPass('59 seconds')
    expect(await queue.takeBack()).toBe(0)
  })

  it('writes nothing about a fetch that is another worker’s by now', async () => {
    const { contentId } = await want('bafy1')
    await queue.take([contentId])
    await letPass('61 seconds')
    await queue.takeBack()
    const other = new FetchQueue({ db: database.db, leaseMs: 60_000 })
    await other.take([contentId])
    await queue.giveUp(contentId, { code: 'corrupt_dag', message: 'No.' })
    await queue.progress(contentId, randomUUIDv7(), { phase: 'fetching', blocks: 9, bytes: 9, providers: [] })
    const row = await database.db.kysely.selectFrom('fetches').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({ state: 'running', attempts: 2, error: null, blocks: 0 })
  })

  it('leaves the fetch to those who still wait, and ends it with the last', async () => {
    const [one, two] = [await want('bafy1'), await want('bafy1')]
    const remove = ({ organizationId, pinId }: typeof one) =>
      database.db.unitOfWork.run((uow) => removePins(uow, { organizationId, pinIds: [pinId], actorId: null }))
    await remove(one)
    expect(await queue.due(10)).toMatchObject([{ organizationId: two.organizationId }])
    await remove(two)
    expect(await database.db.kysely.selectFrom('fetches').selectAll().execute()).toEqual([])
    expect(await queue.due(10)).toEqual([])
  })

  it('notes how far it is: numbers never fall, and the last twenty peers are told', async () => {
    const { contentId } = await want('bafy1')
    await queue.take([contentId])
    const node = await database.db.kysely
      .insertInto('nodes')
      .values({ id: randomUUIDv7(), name: 'n', kind: 'kubo' })
      .returning('id')
      .executeTakeFirstOrThrow()
    const peers = Array.from({ length: 30 }, (_, n) => ({ peerId: `peer-${n}`, outcome: 'sent' as const }))
    await queue.progress(contentId, node.id, {
      phase: 'fetching',
      blocks: 9,
      bytes: 900,
      providers: peers.slice(0, 15),
    })
    await queue.progress(contentId, node.id, { phase: 'fetching', blocks: 3, bytes: 100, providers: peers.slice(15) })
    const row = await database.db.kysely.selectFrom('fetches').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({ phase: 'fetching', blocks: 9, bytes: 900 })
    expect(row.providers).toEqual(peers.slice(-20))
  })
})

type Owner = { organizationId: string; userId: string }

/** As a chunk of a bulk request writes them. */
const wantMany = async (owner: Owner, cids: readonly string[]): Promise<string[]> => {
  const more = { realm: 'public', name: null, meta: {}, adopted: undefined, nodeId: await seedNode(database.db) }
  const rows = cids.map((cid) => ({ ...owner, ...more, cid, canonical: cid }))
  const { result } = await database.db.unitOfWork.run((uow) => insertPins(uow, rows, { last: true }))
  return result.map((pin) => (pin as InsertedPin).id)
}
const names = (from: number, count: number) => Array.from({ length: count }, (_, n) => `bafy-${from + n}`)
const count = async (table: 'fetches' | 'fetch_queue' | 'fetch_arrivals') =>
  Number((await database.db.pool.query(`select count(*) as n from ${table}`)).rows[0].n)
const cidsOf = async (due: { contentId: string }[]): Promise<string[]> => {
  const ids = due.map(({ contentId }) => contentId)
  const { rows } = await database.db.pool.query('select id, cid from contents where id = any($1)', [ids])
  return ids.map((id) => rows.find((row) => row.id === id)?.cid)
}

describe('what an organization begins to wait for by many pins at once', () => {
  it('comes into its queue when that runs short, in the order in which it came', async () => {
    const owner = await seedOrganization(database.db)
    await wantMany(owner, names(0, 300))
    await wantMany(owner, names(300, 300))
    const late = await want('bafy-late', owner)
    expect([await count('fetches'), await count('fetch_arrivals')]).toEqual([1, 2])
    const first = await queue.due(10)
    expect((await cidsOf(first)).every((cid) => names(0, 300).includes(cid))).toBe(true)
    expect(await count('fetch_arrivals')).toBe(1)
    await queue.due(10)
    expect(await count('fetch_arrivals')).toBe(1)
    const seen = new Set<string>()
    const order: string[] = []
    for (let due = first; due.length > 0; due = await queue.due(10)) {
      await queue.take(due.map(({ contentId }) => contentId))
      for (const { contentId } of due) seen.add(contentId)
      order.push(...(await cidsOf(due)))
    }
    expect(seen.size).toBe(601)
    expect(order.at(-1)).toBe('bafy-late')
    expect(order.slice(0, 300).toSorted()).toEqual(names(0, 300).toSorted())
    expect(late.contentId).toBe([...seen].at(-1))
    expect(await count('fetch_arrivals')).toBe(0)
  })

  it('does not delay another organization’s first', async () => {
    const greedy = await seedOrganization(database.db)
    for (let at = 0; at < 5_000; at += 1_000) await wantMany(greedy, names(at, 1_000))
    const modest = await seedOrganization(database.db)
    await wantMany(modest, ['bafy-mine'])
    const many = await seedOrganization(database.db)
    await wantMany(many, names(10_000, 200))
    const due = await queue.due(16)
    expect(due.filter(({ organizationId }) => organizationId === modest.organizationId)).toHaveLength(1)
    for (const { organizationId } of [greedy, many])
      expect(due.filter((one) => one.organizationId === organizationId).length).toBeGreaterThanOrEqual(16)
    expect(await count('fetch_arrivals')).toBe(4)
  })

  it('comes into the queues of so many at one look as it can have at once, and of the others at the next', async () => {
    for (let made = 0; made < ROWS_OF_ALL + 3; made++)
      await wantMany(await seedOrganization(database.db), names(made * PUT_OFF_FROM, PUT_OFF_FROM))
    await queue.due(10)
    expect(await count('fetch_arrivals')).toBe(3)
    await queue.due(10)
    expect(await count('fetch_arrivals')).toBe(0)
  })

  it('is left out where it is not wanted any more, or is held', async () => {
    const [owner, other] = [await seedOrganization(database.db), await seedOrganization(database.db)]
    const cids = names(0, 150)
    const pinIds = await wantMany(owner, cids)
    await wantMany(other, cids)
    await database.db.unitOfWork.run((uow) =>
      removePins(uow, { ...owner, pinIds: pinIds.slice(0, 100), actorId: null }),
    )
    await database.db.pool.query(`update contents set state = 'held' where cid = any($1)`, [cids.slice(140)])
    await queue.due(100)
    const { rows } = await database.db.pool.query(
      'select organization_id as id, count(*)::int as n from fetch_queue group by 1 order by 2',
    )
    expect(rows).toEqual([
      { id: owner.organizationId, n: 40 },
      { id: other.organizationId, n: 140 },
    ])
    expect(await count('fetches')).toBe(140)
  })

  it('has its turn when a worker puts it back, and not while somebody is at work, nor after it was given up', async () => {
    const [one, two] = [await seedOrganization(database.db), await seedOrganization(database.db)]
    const cids = names(0, 120)
    await wantMany(one, cids)
    await wantMany(two, cids)
    const theirs = await database.db.kysely
      .deleteFrom('fetch_arrivals')
      .where('organization_id', '=', two.organizationId)
      .returning(['organization_id', 'content_ids'])
      .executeTakeFirstOrThrow()
    const [running, failed] = (await queue.due(10)).map(({ contentId }) => contentId)
    await queue.take([running ?? '', failed ?? ''])
    await queue.giveUp(failed ?? '', { code: 'corrupt_dag', message: 'A block is wrong.' })
    await database.db.kysely.insertInto('fetch_arrivals').values(theirs).execute()
    await queue.due(100)
    const later = () =>
      database.db.pool
        .query('select content_id as id from fetch_queue where organization_id = $1 and not isfinite(due_at)', [
          two.organizationId,
        ])
        .then(({ rows }) => new Set(rows.map(({ id }) => id)))
    expect(await later()).toEqual(new Set([running, failed]))
    await queue.putBack(running ?? '', { delayMs: 0 })
    expect(await later()).toEqual(new Set([failed]))
  })

  it('is not put into the queue by a start of the manager, which puts back what stands nowhere', async () => {
    const owner = await seedOrganization(database.db)
    await wantMany(owner, names(0, 200))
    const lost = await want('bafy-lost', owner)
    await database.db.pool.query('delete from fetches')
    await restoreFetches(database)
    const { rows } = await database.db.pool.query('select content_id as id from fetch_queue')
    expect(rows).toEqual([{ id: lost.contentId }])
    expect(await count('fetch_arrivals')).toBe(1)
  })

  it('is taken by one of two managers', async () => {
    const owner = await seedOrganization(database.db)
    await wantMany(owner, names(0, 1_000))
    const other = new FetchQueue({ db: database.db, leaseMs: 60_000 })
    await Promise.all([queue.due(10), other.due(10), queue.due(10)])
    expect([await count('fetches'), await count('fetch_queue'), await count('fetch_arrivals')]).toEqual([
      1_000, 1_000, 0,
    ])
  })
})

describe('with 100,000 contents of one organization in the queue', () => {
  it('takes the first of another one at the next turn', async () => {
    const { db } = database
    const greedy = await seedOrganization(db)
    await sql`
      with content as (
        insert into contents (id, realm, cid, state)
        select gen_random_uuid(), 'public', 'bafy-' || n, 'wanted' from generate_series(1, 100000) n returning id
      ), added as (insert into fetches (content_id) select id from content)
      insert into fetch_queue (organization_id, content_id, due_at)
      select ${greedy.organizationId}, id, now() - interval '1 day' from content
    `.execute(db.kysely)
    await sql`analyze fetch_queue, fetches`.execute(db.kysely)
    const running = new Map<string, number>()
    const turn = async () => {
      const plan = planFetches({ slots: 64, running, due: await queue.due(64), servedAt: new Map() })
      await queue.take(plan.map(({ contentId }) => contentId))
      for (const { organizationId } of plan) running.set(organizationId, (running.get(organizationId) ?? 0) + 1)
      return plan
    }
    expect(await turn()).toHaveLength(32)
    const modest = await want('bafy-mine')
    expect(await turn()).toMatchObject([{ organizationId: modest.organizationId, contentId: modest.contentId }])
  })
})

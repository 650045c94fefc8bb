import { randomUUIDv7 } from 'node:crypto'
import { seedOrganization } from '@packages/db/test-database/seed'
import { wantRoot } from '@packages/db/test-database/want-root'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { removePins } from '@packages/db/remove-pins'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { planFetches } from './fetch-plan.ts'
import { FetchQueue } from './fetch-queue.ts'

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

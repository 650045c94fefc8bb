import { readDuePurges, readPurgeFigures, settlePurges } from '@packages/db/cache-purges/due-purges'
import { enqueuePurges } from '@packages/db/cache-purges/enqueue-purges'
import { acknowledgePolicy } from '@packages/db/policy-log'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { TAG_OF_ALL, TAG_OF_DEEP, tagOfName } from '@packages/shared/cache-tags'
import { parseCid } from '@packages/shared/cid'
import type { LogPosition } from '@packages/shared/policy-log'
import { takedownKey } from '@packages/shared/takedown'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type CachePurger, PurgeFailed } from './cache-purger.ts'
import { CachePurges } from './cache-purges.ts'

let database: TestDatabase
const running: CachePurges[] = []
beforeAll(async () => {
  database = await startTestDatabase()
})
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop()
  await database.clear()
})
afterAll(async () => database?.stop())

/** A cache that remembers what it was asked for, and does what it is told. */
class Cache implements CachePurger {
  readonly name: string
  readonly tagsAtOnce = 2
  readonly asked: string[] = []
  onPurge: () => Promise<void> | void = () => undefined

  constructor(name = 'cache') {
    this.name = name
  }

  async purge(tags: readonly string[]): Promise<void> {
    this.asked.push(...tags)
    await this.onPurge()
  }

  times(tag: string): number {
    return this.asked.filter((one) => one === tag).length
  }
}

const start = async (...purgers: Cache[]): Promise<CachePurges> => {
  const purges = new CachePurges({ db: database.db, logger: silentLogger, purgers, againMs: 50 })
  await purges.start()
  running.push(purges)
  return purges
}
const stop = async (purges: CachePurges): Promise<void> => {
  running.splice(running.indexOf(purges), 1)
  await purges.stop()
}

const publish = async (name: string): Promise<LogPosition> => {
  const { policyPosition } = await database.db.unitOfWork.run(async (uow) =>
    uow.policy({ kind: 'ipns.published', name }),
  )
  return policyPosition as LogPosition
}

const takeDown = (cid: string): Promise<unknown> =>
  database.db.unitOfWork.run(async (uow) =>
    uow.policy({ kind: 'takedown.changed', key: takedownKey(parseCid(cid)), takedown: null }),
  )

const left = async (): Promise<number> => {
  const rows = await database.db.kysely.selectFrom('cache_purges').select('tag').execute()
  return rows.length
}
const allDone = (): Promise<void> => expect.poll(left).toBe(0)

it('asks a new cache for all, and then for what the log withdraws, each twice', async () => {
  const cache = new Cache()
  await start(cache)
  await allDone()
  for (const name of ['a', 'b', 'c']) await publish(name)
  await expect.poll(() => cache.times(tagOfName('c'))).toBe(2)
  await allDone()
  expect([TAG_OF_ALL, ...['a', 'b', 'c'].map(tagOfName)].map((tag) => cache.times(tag))).toEqual([2, 2, 2, 2])
})

it('asks for nothing before every gateway has the change in force', async () => {
  const cache = new Cache()
  await start(cache)
  await allDone()
  const { kysely } = database.db
  const sessionId = crypto.randomUUID()
  await acknowledgePolicy(kysely, { sessionId, position: { xid: '0', id: '0' } })
  const position = await publish('a')
  await expect.poll(left).toBe(1)
  // Longer than a purge takes where nobody is waited for.
  const looks = Array.from({ length: 10 })
  for (const _ of looks) {
    await acknowledgePolicy(kysely, { sessionId, position: { xid: '0', id: '0' } })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(cache.times(tagOfName('a'))).toBe(0)
  await acknowledgePolicy(kysely, { sessionId, position })
  await allDone()
  expect(cache.times(tagOfName('a'))).toBe(2)
})

it('waits for no change that is not there: gateways that have all of the log are not behind', async () => {
  const { kysely } = database.db
  const sessionId = crypto.randomUUID()
  const position = await publish('a')
  // Each time a transaction that writes nothing to the log, as there are everywhere.
  const lives = setInterval(() => void acknowledgePolicy(kysely, { sessionId, position }), 100)
  try {
    await acknowledgePolicy(kysely, { sessionId, position })
    const cache = new Cache()
    const purges = await start(cache)
    await allDone()
    expect(cache.times(TAG_OF_ALL)).toBe(2)
    await purges.purge(['x'])
    await allDone()
    expect(cache.times('x')).toBe(2)
  } finally {
    clearInterval(lives)
  }
})

it('goes on after a failure, a stop and a start, and shows what waits', async () => {
  const cache = new Cache()
  const first = await start(cache)
  await allDone()
  cache.onPurge = () => Promise.reject(new PurgeFailed('no', 10))
  await publish('a')
  await expect.poll(async () => (await readPurgeFigures(database.db.kysely)).failing).toBe(1)
  await stop(first)
  // While nobody reads the log.
  await publish('b')
  cache.onPurge = () => undefined
  cache.asked.length = 0
  await start(cache)
  await expect.poll(() => cache.times(tagOfName('b'))).toBe(2)
  await allDone()
  expect(cache.times(tagOfName('a'))).toBe(2)
  expect(cache.times(TAG_OF_ALL)).toBe(0)
  expect(await readPurgeFigures(database.db.kysely)).toEqual({ pending: 0, failing: 0, oldestSeconds: 0 })
})

it('asks twice more for what is withdrawn again while it is asked for', async () => {
  const cache = new Cache()
  await start(cache)
  await allDone()
  let isFirst = true
  cache.onPurge = async () => {
    if (!isFirst) return
    isFirst = false
    await publish('a')
    await expect
      .poll(async () => (await database.db.kysely.selectFrom('cache_purges').select('version').execute())[0]?.version)
      .toBe(2)
  }
  await publish('a')
  await expect.poll(() => cache.times(tagOfName('a'))).toBe(3)
  await allDone()
})

it('goes for what is taken down before all that was deleted sooner', async () => {
  const cache = new Cache()
  await start(cache)
  await allDone()
  cache.asked.length = 0
  const busy = Promise.withResolvers<void>()
  cache.onPurge = () => busy.promise
  const deleted = Array.from({ length: 20 }, (_, index) => `deleted-${index}`)
  await enqueuePurges(database.db.kysely, { caches: ['cache'], tags: deleted, position: { xid: '0', id: '0' } })
  await expect.poll(() => cache.asked.length).toBe(2)
  await takeDown('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
  await expect.poll(left).toBe(deleted.length + 2)
  busy.resolve()
  await allDone()
  expect(cache.asked.slice(2, 4)).toContain(TAG_OF_DEEP)
  expect(deleted.map((tag) => cache.times(tag))).toEqual(deleted.map(() => 2))
})

it('stays urgent where it is wanted for what is not, and becomes so where it is', async () => {
  const { kysely } = database.db
  const wants = { caches: ['cache'], position: { xid: '0', id: '0' } }
  await enqueuePurges(kysely, { ...wants, tags: ['a', 'b', 'c'] })
  await enqueuePurges(kysely, { ...wants, tags: ['c', 'd'], isUrgent: true })
  await enqueuePurges(kysely, { ...wants, tags: ['a', 'd'] })
  const due = await readDuePurges(kysely, 'cache', 10)
  expect(due.map(({ tag }) => tag)).toEqual(['c', 'd', 'b', 'a'])
})

it('asks for all where more than a thousand tags wait, and for what is urgent as before', async () => {
  const { kysely } = database.db
  const many = Array.from({ length: 1_001 }, (_, index) => `deleted-${index}`)
  const wants = { caches: ['cache'], position: { xid: '5', id: '7' } }
  await enqueuePurges(kysely, { ...wants, tags: ['urgent'], position: { xid: '9', id: '9' }, isUrgent: true })
  await enqueuePurges(kysely, { ...wants, tags: many.slice(1) })
  expect(await left()).toBe(1_001)
  await enqueuePurges(kysely, { ...wants, tags: many.slice(0, 1), position: { xid: '6', id: '1' } })
  const rows = await kysely.selectFrom('cache_purges').select(['tag', 'urgent', 'after_xid', 'after_id']).execute()
  expect(rows).toHaveLength(2)
  expect(rows.find(({ tag }) => tag === TAG_OF_ALL)).toMatchObject({ urgent: false, after_xid: '6', after_id: 1 })
  expect((await readDuePurges(kysely, 'cache', 1))[0]?.tag).toBe('urgent')
})

it('is asked for twice where two processes have done the first time together', async () => {
  const { kysely } = database.db
  await enqueuePurges(kysely, { caches: ['cache'], tags: ['a'], position: { xid: '0', id: '0' } })
  const purges = await readDuePurges(kysely, 'cache', 10)
  for (let process = 0; process < 2; process++) await settlePurges(kysely, { cache: 'cache', purges, againMs: 0 })
  const again = await readDuePurges(kysely, 'cache', 10)
  expect(again).toMatchObject([{ tag: 'a', round: 2 }])
  await settlePurges(kysely, { cache: 'cache', purges: again, againMs: 0 })
  expect(await left()).toBe(0)
})

it('does not let a cache that is away hold up another one', async () => {
  const [away, there] = [new Cache('away'), new Cache('there')]
  away.onPurge = () => Promise.reject(new Error('away'))
  await start(away, there)
  await publish('a')
  await expect.poll(() => there.times(tagOfName('a'))).toBe(2)
  const rows = await database.db.kysely.selectFrom('cache_purges').select(['cache', 'problem']).execute()
  expect(rows.every(({ cache }) => cache === 'away')).toBe(true)
  expect(rows.some(({ problem }) => problem === 'it could not be reached')).toBe(true)
})

it('asks a cache for all that comes new, or after nobody has read the log for longer than it is kept', async () => {
  const cache = new Cache()
  await stop(await start(cache))
  const other = new Cache('other')
  cache.asked.length = 0
  const both = await start(cache, other)
  await allDone()
  expect(other.times(TAG_OF_ALL)).toBe(2)
  await stop(both)
  await database.db.kysely
    .updateTable('cache_purge_cursor')
    .set({ read_at: new Date(Date.now() - 86_400_000) })
    .execute()
  cache.asked.length = 0
  await start(cache, other)
  await allDone()
  expect(cache.times(TAG_OF_ALL)).toBe(2)
})

it('asks for all where the database was restored elsewhere, whose log is behind the cursor', async () => {
  const cache = new Cache()
  await stop(await start(cache))
  const { kysely } = database.db
  const ahead = { xid: '9000000000', id: '1' }
  await kysely.updateTable('cache_purge_cursor').set({ xid: ahead.xid, id: 1 }).execute()
  await enqueuePurges(kysely, { caches: ['cache'], tags: ['a'], position: ahead })
  // It has all there is in force, which is less than the row wants.
  await acknowledgePolicy(kysely, { sessionId: crypto.randomUUID(), position: { xid: '8000000000', id: '0' } })
  cache.asked.length = 0
  await start(cache)
  await allDone()
  expect([cache.times(TAG_OF_ALL), cache.times('a')]).toEqual([2, 0])
  await publish('b')
  await expect.poll(() => cache.times(tagOfName('b'))).toBe(2)
})

it('notes that the log was read while it can be read, and no longer', async () => {
  const { kysely } = database.db
  const purges = new CachePurges({ db: database.db, logger: silentLogger, purgers: [new Cache()], touchMs: 20 })
  await purges.start()
  running.push(purges)
  const readAt = async (): Promise<number> =>
    Number((await kysely.selectFrom('cache_purge_cursor').select('read_at').executeTakeFirstOrThrow()).read_at)
  const first = await readAt()
  await expect.poll(readAt).toBeGreaterThan(first)
  await database.db.pool.query('alter table policy_log rename to policy_log_away')
  try {
    const goesOn = async (): Promise<boolean> => {
      const before = await readAt()
      await new Promise((resolve) => setTimeout(resolve, 200))
      return (await readAt()) > before
    }
    await expect.poll(goesOn, { timeout: 10_000 }).toBe(false)
  } finally {
    await database.db.pool.query('alter table policy_log_away rename to policy_log')
  }
})

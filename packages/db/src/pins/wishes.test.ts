import { silentLogger } from '@packages/runtime/minimal-logger'
import { isSameReplication, largestReplication, type ReplicationWish } from '@packages/shared/replication'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { IngestCommitter } from '../ingest-committer.ts'
import { planIngest } from '../ingest/ingest-plan.ts'
import { readIngestFacts } from '../ingest/read-ingest-facts.ts'
import { writeIngest } from '../ingest/write-ingest.ts'
import { removePins } from '../remove-pins.ts'
import { ingestItem, seedNode, seedOrganization } from '../test-database/seed.ts'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { changeReplication } from './change-replication.ts'
import { insertPins } from './insert-pin.ts'

type Owner = { organizationId: string; userId: string }
let database: TestDatabase
let uploads: IngestCommitter
let nodeId: string
let owners: Owner[]
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(() => begin())

const begin = async (): Promise<void> => {
  await database.clear()
  uploads = new IngestCommitter({ unitOfWork: database.db.unitOfWork, logger: silentLogger })
  nodeId = await seedNode(database.db)
  owners = [await seedOrganization(database.db), await seedOrganization(database.db)]
  // One asks for more by default, and may not ask for much.
  await database.db.pool.query(`insert into plans (name, replication_max) values ('small', 4)`)
  await database.db.pool.query(
    `update organizations set plan = 'small', replication_min = 2, replication_max = 3, replication_zones = '{b}' where id = $1`,
    [owners[1]?.organizationId],
  )
}
const run = <T>(work: Parameters<typeof database.db.unitOfWork.run<T>>[0]) => database.db.unitOfWork.run(work)
const ownerOf = (index: number): Owner => owners[index] ?? { organizationId: '', userId: '' }
const rowOf = (owner: number, cid: string, replication: ReplicationWish | undefined) => {
  const empty = { name: null, meta: {}, nodeId, adopted: undefined }
  return { ...ownerOf(owner), realm: 'public', cid, canonical: cid, replication, ...empty }
}
const pins = async () =>
  database.db.kysely
    .selectFrom('pins')
    .select(['id', 'organization_id', 'content_id', 'replication_min as min', 'replication_max as max', 'zones'])
    .orderBy('id')
    .execute()
const contents = async () =>
  database.db.kysely
    .selectFrom('contents')
    .select(['id', 'cid', 'copies_min as min', 'copies_max as max', 'zones'])
    .where('state', '<>', 'released')
    .orderBy('id')
    .execute()

/** The whole rule, on what is there now. */
const holds = async (): Promise<void> => {
  const all = await pins()
  for (const content of await contents()) {
    const own = all.filter(({ content_id: id }) => id === content.id)
    expect(own.length, content.cid).toBeGreaterThan(0)
    const { id: _, cid: __, ...needs } = content
    expect(
      isSameReplication(largestReplication([needs]), largestReplication(own)),
      JSON.stringify({ needs, own }),
    ).toBe(true)
  }
}

const status = () => database.db.kysely.selectFrom('pins').select(['status', 'psa_status']).execute()

const wishes = fc
  .record(
    {
      min: fc.integer({ min: 1, max: 5 }),
      max: fc.integer({ min: 1, max: 6 }),
      zones: fc.uniqueArray(fc.constantFrom('a', 'b', 'ä'), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  .filter(({ min = 1, max = 9, zones = [] }) => min <= max && zones.length <= max)
const root = fc.constantFrom('one', 'two', 'three')
const owner = fc.nat(1)
const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('pin' as const),
      batch: fc.array(fc.record({ owner, root, wish: fc.option(wishes, { nil: undefined }) }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
    fc.record({ do: fc.constant('upload' as const), owner, root }),
    fc.record({ do: fc.constant('remove' as const), which: fc.nat(9), count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ do: fc.constant('change' as const), which: fc.nat(9), wish: wishes }),
  ),
  { minLength: 4, maxLength: 14 },
)

const perform = async (step: typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never): Promise<void> => {
  if (step.do === 'pin') {
    await run((uow) =>
      insertPins(
        uow,
        step.batch.map((one) => rowOf(one.owner, one.root, one.wish)),
      ),
    )
    return
  }
  if (step.do === 'upload') {
    await uploads.commit(ingestItem(ownerOf(step.owner), nodeId, step.root))
    return
  }
  const all = await pins()
  const first = all[step.which % Math.max(1, all.length)]
  if (first === undefined) return
  const { organization_id: organizationId } = first
  const own = all.filter((pin) => pin.organization_id === organizationId)
  const count = step.do === 'remove' ? step.count : 1
  const pinIds = [first, ...own.filter((pin) => pin !== first)].slice(0, count).map(({ id }) => id)
  if (step.do === 'remove') await run((uow) => removePins(uow, { organizationId, pinIds, actorId: null }))
  else
    await run((uow) => changeReplication(uow, { organizationId, pinIds, actorId: null, wish: step.wish })).catch(
      (error: unknown) => expect(error).toMatchObject({ code: 'quota_exceeded' }),
    )
}

test('what contents need is what the largest wishes of their live pins say, whatever comes and goes', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      await begin()
      for (const step of given) {
        await perform(step)
        await holds()
      }
    }),
    { numRuns: Number(process.env.HOLDFAST_MODEL_RUNS ?? 12), seed: 146 },
  )
})

test('a pin has its wish, else the default of its organization, else that of the platform', async () => {
  const { result } = await run((uow) =>
    insertPins(uow, [
      rowOf(0, 'one', undefined),
      rowOf(1, 'one', undefined),
      rowOf(1, 'one', { min: 4, zones: ['a'] }),
    ]),
  )
  expect(result).toMatchObject([
    { replication_min: 1, replication_max: 1, zones: [] },
    { replication_min: 2, replication_max: 3, zones: ['b'] },
    { replication_min: 4, replication_max: 4, zones: ['a'] },
  ])
  expect(await contents()).toMatchObject([{ min: 4, max: 4, zones: ['a', 'b'] }])
  const { pin } = await uploads.commit(ingestItem(ownerOf(1), nodeId, 'two'))
  expect(pin).toMatchObject({ status: 'pinning', replication_min: 2, replication_max: 3, zones: ['b'] })
  expect(await contents()).toMatchObject([{}, { min: 2, max: 3, zones: ['b'] }])
})

test('more than the plan allows is refused, and nothing is written; a default gives way', async () => {
  for (const wish of [{ min: 5 }, { max: 5 }, { max: 9, zones: ['a', 'b', 'c', 'd', 'e'] }]) {
    const { result } = await run((uow) => insertPins(uow, [rowOf(1, 'one', wish)]))
    expect(result).toMatchObject([{ code: 'quota_exceeded' }])
  }
  expect(await contents()).toEqual([])
  await database.db.pool.query(`update plans set replication_max = 1 where name = 'small'`)
  const { result } = await run((uow) => insertPins(uow, [rowOf(1, 'one', undefined)]))
  expect(result).toMatchObject([{ replication_min: 1, replication_max: 1, zones: ['b'] }])
})

test('what waits for content brings its wishes to whoever uploads it', async () => {
  await run((uow) => insertPins(uow, [rowOf(1, 'one', { max: 4, zones: ['a'] })]))
  const { contentId } = await uploads.commit(ingestItem(ownerOf(0), nodeId, 'one'))
  expect(await contents()).toMatchObject([{ id: contentId, min: 2, max: 4, zones: ['a'] }])
  await holds()
})

test('a wish that changes while what it is for arrives stands with what has arrived', async () => {
  const { result } = await run((uow) => insertPins(uow, [rowOf(0, 'one', undefined)]))
  const pinIds = result.map((pin) => ('id' in pin ? pin.id : ''))
  const [written, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const arrival = run(async (uow) => {
    const items = [ingestItem(ownerOf(1), nodeId, 'one')]
    await writeIngest(uow, planIngest(items, await readIngestFacts(uow.tx, items)))
    written.resolve()
    await mayEnd.promise
  })
  await written.promise
  const change = run((uow) => changeReplication(uow, { ...ownerOf(0), actorId: null, pinIds, wish: { min: 5 } }))
  const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(async () => (await waiting.execute(database.db.kysely)).rows.length).toBe(1)
  mayEnd.resolve()
  await Promise.all([arrival, change])
  expect(await contents()).toMatchObject([{ min: 5 }])
  await holds()
})

test('an upload that nodes have confirmed counts their copies, and asks for none besides its policy', async () => {
  const copies = [await seedNode(database.db), await seedNode(database.db)]
  const { pin } = await uploads.commit(ingestItem(ownerOf(1), nodeId, 'one', { copies }))
  expect(pin.status).toBe('pinned')
  expect(await contents()).toMatchObject([{ min: 2, max: 3 }])
  const { pin: plain } = await uploads.commit(ingestItem(ownerOf(0), nodeId, 'two', { copies }))
  expect(plain.status).toBe('pinned')
  const { rows } = await sql`select confirmed, copies_max from contents where cid = 'two'`.execute(database.db.kysely)
  expect(rows).toEqual([{ confirmed: 3, copies_max: 1 }])
})

test('another minimum shows at once: degraded until it is confirmed, pinned when it is less', async () => {
  const { pin } = await uploads.commit(ingestItem(ownerOf(0), nodeId, 'one'))
  const change = (wish: ReplicationWish) =>
    run((uow) => changeReplication(uow, { ...ownerOf(0), actorId: null, pinIds: [pin.id], wish }))
  await change({ min: 2 })
  expect(await status()).toEqual([{ status: 'degraded', psa_status: 'pinned' }])
  await change({ min: 1 })
  expect(await status()).toEqual([{ status: 'pinned', psa_status: 'pinned' }])
  expect((await change({})).result).toBe(1)
  // Of others it changes nothing.
  const { result } = await run((uow) =>
    changeReplication(uow, { ...ownerOf(1), actorId: null, pinIds: [pin.id], wish: { min: 3 } }),
  )
  expect(result).toBe(0)
  expect(await status()).toMatchObject([{ status: 'pinned' }])
})

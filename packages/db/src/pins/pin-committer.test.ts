import { randomUUIDv7 } from 'node:crypto'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { IngestCommitter } from '../ingest-committer.ts'
import { ingestItem, seedNode, seedOrganization } from '../test-database/seed.ts'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { PINS_CHANNEL } from './fetch-rows.ts'
import type { NewPinRow } from './new-pin.ts'
import { PinCommitter } from './pin-committer.ts'

type Owner = { organizationId: string; userId: string }
let database: TestDatabase
let committer: PinCommitter
let nodeId: string
let owner: Owner
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  committer = new PinCommitter({ unitOfWork: database.db.unitOfWork, logger: silentLogger })
  nodeId = await seedNode(database.db)
  owner = await seedOrganization(database.db)
})

const rowOf = (cid: string, more: Partial<NewPinRow> = {}): NewPinRow => ({
  ...owner,
  realm: 'public',
  cid,
  canonical: cid,
  name: null,
  meta: {},
  nodeId,
  adopted: undefined,
  ...more,
})
const codes = (settled: PromiseSettledResult<unknown>[]): string[] =>
  settled.map((one) => (one.status === 'fulfilled' ? 'ok' : ((one.reason as { code?: string }).code ?? 'other')))
const all = <T>(of: Promise<T>[]) => Promise.allSettled(of)
const query = async (text: string) => (await database.db.pool.query(text)).rows
/** How many wait for something, in the queue or before it. */
const WAITING = `(select count(*) from (
  select organization_id, content_id from fetch_queue union select organization_id, unnest(content_ids) from fetch_arrivals) x)`
const usage = () => query('select stored_bytes, roots from usage')

test('writes those by one transaction who come while others that wait are gathered', async () => {
  const first = committer.commit(rowOf('bafyfirst'))
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  await all([first, committer.commit(rowOf('bafysecond'))])
  expect(
    await query('select count(distinct xmin::text)::int as transactions, count(*)::int as pins from pins'),
  ).toEqual([{ transactions: 1, pins: 2 }])
})

test('writes all rows of a pin that has to be fetched: content, fetch, turn, pin, event, usage', async () => {
  const given = { name: 'Straße', meta: { a: '1' }, origins: ['/ip4/1.2.3.4/tcp/1/p2p/x', '/ip4/1.2.3.4/tcp/2/p2p/x'] }
  const pin = await committer.commit(rowOf('bafyroot', given))
  expect(pin).toMatchObject({ cid: 'bafyroot', status: 'queued', psa_status: 'queued', dag_size: null, ...given })
  const { kysely } = database.db
  const [row] = await kysely.selectFrom('pins').selectAll().execute()
  const { created, dag_size: _size, fetch: _fetch, ...told } = pin
  expect(row).toMatchObject({ ...told, name_folded: 'strasse', is_private: false, copies_left: 0 })
  expect(await query(`select created_at = '${created}'::timestamptz as exact from pins`)).toEqual([{ exact: true }])
  const contentId = row?.content_id
  expect(await query('select id, cid, state, confirmed, dag_size from contents')).toEqual([
    { id: contentId, cid: 'bafyroot', state: 'wanted', confirmed: 0, dag_size: null },
  ])
  expect(await query('select content_id, state from fetches')).toEqual([{ content_id: contentId, state: 'queued' }])
  expect(await query('select organization_id, content_id, due_at <= now() as due from fetch_queue')).toEqual([
    { organization_id: owner.organizationId, content_id: contentId, due: true },
  ])
  expect(await query('select kind, subject, payload from events')).toEqual([
    { kind: 'pin.created', subject: pin.id, payload: { cid: 'bafyroot', status: 'queued', contentId } },
  ])
  expect(await usage()).toEqual([{ stored_bytes: 0, roots: 0 }])
})

test('writes a root that was taken: content, copy, usage, and nothing to fetch', async () => {
  const contentId = randomUUIDv7()
  const pin = await committer.commit(rowOf('bafyroot', { adopted: { contentId, dagSize: 70, blocks: 2 } }))
  expect(pin).toMatchObject({ status: 'pinned', dag_size: 70, pinned_at: pin.created_at })
  expect(await query('select id, state, confirmed, dag_size, blocks from contents')).toEqual([
    { id: contentId, state: 'held', confirmed: 1, dag_size: 70, blocks: 2 },
  ])
  expect(await query('select content_id, node_id, status from replicas')).toEqual([
    { content_id: contentId, node_id: nodeId, status: 'pinned' },
  ])
  expect(await query('select count(*) as n from fetches')).toEqual([{ n: 0 }])
  expect(await usage()).toEqual([{ stored_bytes: 70, roots: 1 }])
})

test('takes 2,000 pins at once in few transactions, in their order, and wakes who fetches', async () => {
  const woken = Promise.withResolvers<void>()
  const unlisten = await database.db.listen(PINS_CHANNEL, (payload) => payload !== null && woken.resolve())
  const settled = await all(Array.from({ length: 2_000 }, (_, n) => committer.commit(rowOf(`bafy${n % 1_500}`))))
  await woken.promise
  await unlisten()
  expect(new Set(codes(settled))).toEqual(new Set(['ok']))
  const times = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.created] : []))
  expect(times).toEqual([...new Set(times)].sort())
  const [counts] = await query(`
    select (select count(*) from contents) as contents, ${WAITING} as waiting,
      (select count(*) from pins) as pins, (select count(distinct xid) from events) as transactions`)
  expect(counts).toMatchObject({ contents: 1_500, waiting: 1_500, pins: 2_000 })
  expect(Number(counts?.transactions)).toBeLessThan(10)
})

test('refuses one that does not fit and takes the others; its root gets a tombstone', async () => {
  const ingest = new IngestCommitter({ unitOfWork: database.db.unitOfWork, logger: silentLogger })
  const other = await seedOrganization(database.db)
  await ingest.commit(ingestItem(other, nodeId, 'bafyheld'))
  await ingest.close()
  await sql`update organizations set storage_limit = 1200 where id = ${owner.organizationId}`.execute(
    database.db.kysely,
  )
  const taken = { contentId: randomUUIDv7(), dagSize: 900, blocks: 1 }
  const settled = await all([
    committer.commit(rowOf('bafyheld')),
    committer.commit(rowOf('bafytaken', { adopted: taken })),
    committer.commit(rowOf('bafyheld')),
    committer.commit(rowOf('bafywanted')),
    committer.commit(rowOf('bafyheld', { organizationId: randomUUIDv7() })),
  ])
  expect(codes(settled)).toEqual(['ok', 'quota_exceeded', 'ok', 'ok', 'not_found'])
  expect(await query('select content_id, reason from tombstones')).toEqual([
    { content_id: taken.contentId, reason: 'orphan' },
  ])
  const { organizationId } = owner
  expect(await query(`select stored_bytes, roots from usage where organization_id = '${organizationId}'`)).toEqual([
    { stored_bytes: 1_000, roots: 1 },
  ])
})

test('what one of a batch cannot write alone is refused, and the others are written', async () => {
  const settled = await all([
    committer.commit(rowOf('bafy1')),
    committer.commit(rowOf('bafy2'), async () => {
      throw new HoldfastError('conflict')
    }),
    committer.commit(rowOf('bafy3', { userId: randomUUIDv7() })),
    committer.commit(rowOf('bafy4')),
  ])
  expect(codes(settled)).toEqual(['ok', 'conflict', '23503', 'ok'])
  expect(await query('select cid from pins order by created_at')).toEqual([{ cid: 'bafy1' }, { cid: 'bafy4' }])
  expect(await query('select cid from contents order by cid')).toEqual([{ cid: 'bafy1' }, { cid: 'bafy4' }])
})

test('two committers that race for the same roots make one content of each', async () => {
  const second = new PinCommitter({ unitOfWork: database.db.unitOfWork, logger: silentLogger })
  const other = await seedOrganization(database.db)
  const cids = Array.from({ length: 200 }, (_, n) => `bafy${n}`)
  const settled = await all([
    ...cids.map((cid) => committer.commit(rowOf(cid))),
    ...cids.toReversed().map((cid) => second.commit(rowOf(cid, other))),
  ])
  expect(new Set(codes(settled))).toEqual(new Set(['ok']))
  expect(await query('select count(*) as n from contents')).toEqual([{ n: 200 }])
  expect(await query(`select ${WAITING} as n`)).toEqual([{ n: 400 }])
})

test('a pin on what was given up begins its fetch anew, for all who wait for it', async () => {
  const first = await committer.commit(rowOf('bafyroot'))
  await query(`update fetches set state = 'failed', attempts = 7, error = 'nobody has it'`)
  await query(`update fetch_queue set due_at = 'infinity'`)
  await query(`update pins set status = 'failed', info = '{"reason":"nobody has it"}'`)
  const other = await seedOrganization(database.db)
  expect(await committer.commit(rowOf('bafyroot', other))).toMatchObject({ status: 'queued' })
  expect(await query('select state, attempts, error from fetches')).toEqual([
    { state: 'queued', attempts: 0, error: null },
  ])
  expect(await query('select isfinite(due_at) as due from fetch_queue')).toEqual([{ due: true }, { due: true }])
  expect(await query(`select status from pins where id = '${first.id}'`)).toEqual([{ status: 'queued' }])
})

test('takes nothing when it is closed, and decides all that waits before', async () => {
  const waiting = Array.from({ length: 50 }, (_, n) => committer.commit(rowOf(`bafy${n}`)))
  const closed = committer.close()
  await expect(committer.commit(rowOf('late'))).rejects.toMatchObject({ code: 'unavailable' })
  await closed
  expect(new Set(codes(await all(waiting)))).toEqual(new Set(['ok']))
})

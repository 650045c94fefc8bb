import { silentLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { IngestCommitter } from './ingest-committer.ts'
import { removePins } from './remove-pins.ts'
import { wantRoot } from './test-database/want-root.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'
import { ingestItem, seedNode, seedOrganization } from './test-database/seed.ts'

type Owner = { organizationId: string; userId: string }
let database: TestDatabase
let committer: IngestCommitter
let nodeId: string
let first: Owner
let second: Owner
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  committer = new IngestCommitter({ unitOfWork: database.db.unitOfWork, logger: silentLogger })
  nodeId = await seedNode(database.db)
  ;[first, second] = await Promise.all([seedOrganization(database.db), seedOrganization(database.db)])
})
afterEach(async () => {
  await committer.close()
})

const upload = async (owner: Owner, cid: string) => (await committer.commit(ingestItem(owner, nodeId, cid))).pin
const remove = (owner: Owner, ...pins: { id: string }[]) =>
  database.db.unitOfWork.run((uow) =>
    removePins(uow, { organizationId: owner.organizationId, actorId: owner.userId, pinIds: pins.map(({ id }) => id) }),
  )
const usage = async (owner: Owner) =>
  database.db.kysely
    .selectFrom('usage')
    .select(['stored_bytes', 'roots'])
    .where('organization_id', '=', owner.organizationId)
    .executeTakeFirst()

test('the last pin’s removal releases the content: tombstone, job, policy entry, usage', async () => {
  const pin = await upload(first, 'bafyroot')
  const { result, policyPosition } = await remove(first, pin)
  expect(result).toEqual({ pins: 1, files: 1, releasedContentIds: [pin.content_id] })
  const { kysely } = database.db
  expect(
    await kysely.selectFrom('tombstones').select(['content_id', 'cid', 'reason', 'released_at']).execute(),
  ).toEqual([{ content_id: pin.content_id, cid: 'bafyroot', reason: 'unpinned', released_at: null }])
  expect(await kysely.selectFrom('contents').select('state').execute()).toEqual([{ state: 'released' }])
  expect(await kysely.selectFrom('replicas').select('status').execute()).toEqual([{ status: 'releasing' }])
  expect(await usage(first)).toEqual({ stored_bytes: 0, roots: 0 })
  const { rows: jobs } = await sql`select data from jobs.job`.execute(kysely)
  expect(jobs).toEqual([{ data: { contentIds: [pin.content_id] } }])
  const log = await kysely.selectFrom('policy_log').select(['kind', 'payload', 'id']).orderBy('id').execute()
  expect(log.slice(1)).toMatchObject([
    { kind: 'content.released', payload: { realm: 'public', cid: 'bafyroot', contentId: pin.content_id } },
    { kind: 'file.unnamed', payload: { cid: 'bafyroot', name: 'bafyroot.txt' } },
  ])
  expect(String(log.at(-1)?.id)).toBe(policyPosition?.id)
  const events = await kysely.selectFrom('events').select('kind').orderBy('id').execute()
  expect(events.slice(2)).toEqual([{ kind: 'content.released' }, { kind: 'file.deleted' }, { kind: 'pin.deleted' }])
})

test('another tenant’s pin keeps the content', async () => {
  const [mine, theirs] = [await upload(first, 'bafysame'), await upload(second, 'bafysame')]
  expect((await remove(first, mine)).result.releasedContentIds).toEqual([])
  expect([await usage(first), await usage(second)]).toEqual([
    { stored_bytes: 0, roots: 0 },
    { stored_bytes: 1_000, roots: 1 },
  ])
  expect((await remove(second, theirs)).result.releasedContentIds).toEqual([mine.content_id])
})

test('of two own pins the first removal gives nothing back', async () => {
  const [one, two] = [await upload(first, 'bafysame'), await upload(first, 'bafysame')]
  await remove(first, one)
  expect(await usage(first)).toEqual({ stored_bytes: 1_000, roots: 1 })
  await remove(first, two)
  expect(await usage(first)).toEqual({ stored_bytes: 0, roots: 0 })
})

test('removes many at once, and passes over others’ pins and ones that are gone', async () => {
  const own = await Promise.all(['a', 'b', 'b', 'c'].map((cid) => upload(first, cid)))
  const theirs = await upload(second, 'c')
  const { result } = await remove(first, ...own, theirs, { id: crypto.randomUUID() })
  expect(result).toMatchObject({ pins: 4, files: 4 })
  expect(result.releasedContentIds).toHaveLength(2)
  expect(await usage(first)).toEqual({ stored_bytes: 0, roots: 0 })
  expect(await usage(second)).toEqual({ stored_bytes: 1_000, roots: 1 })
  expect((await remove(first, ...own)).result).toEqual({ pins: 0, files: 0, releasedContentIds: [] })
})

test('a pin that still waits leaves no tombstone and was never paid for', async () => {
  const { pinId } = await wantRoot(database.db, { ...first, cid: 'bafywanted' })
  expect((await remove(first, { id: pinId })).result).toMatchObject({ pins: 1, files: 0 })
  expect(await database.db.kysely.selectFrom('tombstones').selectAll().execute()).toEqual([])
  expect(await database.db.kysely.selectFrom('contents').select('state').execute()).toEqual([{ state: 'released' }])
  expect(await usage(first)).toEqual({ stored_bytes: 0, roots: 0 })
})

test('uploading again after a release makes a new content row', async () => {
  const old = await upload(first, 'bafyagain')
  await remove(first, old)
  const fresh = await upload(first, 'bafyagain')
  expect(fresh.content_id).not.toBe(old.content_id)
})

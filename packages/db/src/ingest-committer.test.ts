import { randomUUIDv7 } from 'node:crypto'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { findIdempotentReply, IdempotencyConflict } from './idempotency.ts'
import { type CommittedIngest, IngestCommitter, type IngestItem } from './ingest-committer.ts'
import { wantRoot } from './test-database/want-root.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'
import { ingestItem, seedNode, seedOrganization } from './test-database/seed.ts'

let database: TestDatabase
let committer: IngestCommitter
let nodeId: string
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  committer = new IngestCommitter({ unitOfWork: database.db.unitOfWork, logger: silentLogger })
  nodeId = await seedNode(database.db)
})
afterEach(async () => {
  await committer.close()
})

const usage = (organizationId: string) =>
  database.db.kysely
    .selectFrom('usage')
    .select(['stored_bytes', 'roots'])
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow()
const tombstones = async () =>
  Object.fromEntries(
    (await database.db.kysely.selectFrom('tombstones').select(['content_id', 'reason']).execute()).map((row) => [
      row.content_id,
      row.reason,
    ]),
  )
const releaseJobs = async () => {
  const { rows } = await sql<{ id: string }>`
    select jsonb_array_elements_text(data->'contentIds') as id from jobs.job where name = 'release-content'
  `.execute(database.db.kysely)
  return rows.map(({ id }) => id).sort()
}
const settle = async (items: IngestItem[]) => {
  const settled = await Promise.allSettled(items.map((item) => committer.commit(item)))
  const accepted = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []))
  return { accepted, errors }
}

test('writes all rows of an upload: content, replica, pin, file, usage, events, policy entry', async () => {
  const owner = await seedOrganization(database.db)
  const item = ingestItem(owner, nodeId, 'bafyroot', {
    cid: 'QmRoot',
    file: { id: crypto.randomUUID(), name: 'ä "b".txt', contentType: 'text/plain', size: 7, metadata: { a: [1, 'x'] } },
    pin: { id: crypto.randomUUID(), name: 'pin', meta: { key: 'value' } },
  })
  const committed = await committer.commit(item)
  const { kysely } = database.db
  const { createdAt, ...pin } = committed.pin
  expect(await kysely.selectFrom('pins').selectAll().execute()).toEqual([pin])
  expect(await kysely.selectFrom('files').selectAll().execute()).toEqual([committed.file])
  expect(committed).toMatchObject({
    contentId: item.contentId,
    file: { original_name: 'ä "b".txt', cid: 'QmRoot', metadata: { a: [1, 'x'] }, pin_id: item.pin.id },
    pin: { status: 'pinned', name: 'pin', meta: { key: 'value' }, cid: 'QmRoot' },
  })
  const { rows } = await sql`select created_at = ${createdAt}::timestamptz as exact from pins`.execute(kysely)
  expect(rows).toEqual([{ exact: true }])
  expect(await kysely.selectFrom('contents').select(['id', 'cid', 'state', 'dag_size', 'blocks']).execute()).toEqual([
    { id: item.contentId, cid: 'bafyroot', state: 'held', dag_size: 1_000, blocks: 1 },
  ])
  expect(await kysely.selectFrom('replicas').select(['content_id', 'node_id', 'status']).execute()).toEqual([
    { content_id: item.contentId, node_id: nodeId, status: 'pinned' },
  ])
  expect(await usage(owner.organizationId)).toEqual({ stored_bytes: 1_000, roots: 1 })
  expect(await kysely.selectFrom('events').select(['kind', 'subject', 'actor_id']).orderBy('id').execute()).toEqual([
    { kind: 'file.uploaded', subject: item.file.id, actor_id: owner.userId },
    { kind: 'pin.created', subject: item.pin.id, actor_id: owner.userId },
  ])
  expect(await kysely.selectFrom('policy_log').select(['kind', 'payload']).execute()).toEqual([
    { kind: 'file.named', payload: { cid: 'bafyroot', name: 'ä "b".txt' } },
  ])
})

test('takes 2,000 uploads at once, in few transactions, with strictly rising times in their order', async () => {
  const owners = await Promise.all([seedOrganization(database.db), seedOrganization(database.db)])
  const items = Array.from({ length: 2_000 }, (_, index) =>
    ingestItem(owners[index % 2] ?? owners[0], nodeId, `bafy${index}`),
  )
  const { accepted, errors } = await settle(items)
  expect(errors).toEqual([])
  const { rows } = await sql<{ transactions: number; uploads: number }>`
    select count(distinct xid) as transactions, count(*) as uploads from events where kind = 'file.uploaded'
  `.execute(database.db.kysely)
  expect(rows[0]?.uploads).toBe(2_000)
  expect(rows[0]?.transactions).toBeLessThan(20)
  for (const { organizationId } of owners) {
    expect(await usage(organizationId)).toEqual({ stored_bytes: 1_000_000, roots: 1_000 })
    const times = accepted.filter(({ pin }) => pin.organization_id === organizationId).map(({ pin }) => pin.createdAt)
    expect(times).toEqual([...new Set(times)].sort())
  }
})

test('keeps times rising when the clock was set back', async () => {
  const owner = await seedOrganization(database.db)
  await sql`
    insert into usage (organization_id, last_pin_at) values (${owner.organizationId}, '2100-01-01T00:00:00.999999Z')
  `.execute(database.db.kysely)
  const { accepted } = await settle([1, 2].map((n) => ingestItem(owner, nodeId, `bafy${n}`)))
  const later = await committer.commit(ingestItem(owner, nodeId, 'bafy3'))
  expect([...accepted, later].map(({ pin }) => pin.createdAt)).toEqual([
    '2100-01-01T00:00:01.000000Z',
    '2100-01-01T00:00:01.000001Z',
    '2100-01-01T00:00:01.000002Z',
  ])
})

test('two tenants with the same file share its content, and each pays', async () => {
  const [first, second] = await Promise.all([seedOrganization(database.db), seedOrganization(database.db)])
  const items = [first, second, first].map((owner) => ingestItem(owner, nodeId, 'bafysame'))
  const { accepted } = await settle(items)
  const [kept, ...duplicates] = items.map(({ contentId }) => contentId)
  expect(accepted.map(({ contentId }) => contentId)).toEqual([kept, kept, kept])
  expect(await tombstones()).toEqual(Object.fromEntries(duplicates.map((id) => [id, 'duplicate'])))
  expect(await releaseJobs()).toEqual(duplicates.sort())
  // A later transaction sees it as well as the same one.
  const late = ingestItem(second, nodeId, 'bafysame')
  expect(await committer.commit(late)).toMatchObject({ contentId: kept, pin: { status: 'pinned' } })
  for (const { organizationId } of [first, second])
    expect(await usage(organizationId)).toEqual({ stored_bytes: 1_000, roots: 1 })
})

test('a pin on content whose replica is not confirmed is not called pinned', async () => {
  const owner = await seedOrganization(database.db)
  await committer.commit(ingestItem(owner, nodeId, 'bafylost'))
  await database.db.kysely.updateTable('replicas').set({ status: 'error' }).execute()
  const { pin } = await committer.commit(ingestItem(owner, nodeId, 'bafylost'))
  expect(pin).toMatchObject({ status: 'pinning', pinned_at: null })
})

test('keeps the storage limit exactly under 50 uploads at once, and gives refused bytes back', async () => {
  const owner = await seedOrganization(database.db, { storageLimit: 10_500 })
  const other = await seedOrganization(database.db)
  const items = Array.from({ length: 50 }, (_, index) => ingestItem(owner, nodeId, `bafy${index}`))
  const { accepted, errors } = await settle([...items, ingestItem(other, nodeId, 'bafyother')])
  expect(accepted).toHaveLength(11)
  expect(errors).toHaveLength(40)
  for (const error of errors) expect(error).toMatchObject({ name: 'HoldfastError', code: 'quota_exceeded' })
  expect(await usage(owner.organizationId)).toEqual({ stored_bytes: 10_000, roots: 10 })
  const kept = new Set(accepted.map(({ contentId }) => contentId))
  const refused = items.map(({ contentId }) => contentId).filter((id) => !kept.has(id))
  expect(await tombstones()).toEqual(Object.fromEntries(refused.map((id) => [id, 'orphan'])))
  expect(await releaseJobs()).toEqual(refused.sort())
  // What is paid for already may come again.
  const again = accepted.find(({ pin }) => pin.organization_id === owner.organizationId)
  expect(await committer.commit(ingestItem(owner, nodeId, again?.file.cid ?? ''))).toMatchObject({
    contentId: again?.contentId,
  })
})

test('replays a batch one by one, so that only the poisoned item fails', async () => {
  const owner = await seedOrganization(database.db)
  const items = Array.from({ length: 10 }, (_, index) => ingestItem(owner, nodeId, `bafy${index}`))
  const poisoned = items[4] ?? expect.fail()
  poisoned.file.name = 'nul \0 byte'
  const { accepted, errors } = await settle(items)
  expect(accepted.map(({ file }) => file.cid)).toEqual(items.filter((item) => item !== poisoned).map(({ cid }) => cid))
  expect(errors).toEqual([expect.objectContaining({ code: 'internal' })])
  expect(await tombstones()).toEqual({ [poisoned.contentId]: 'orphan' })
  expect(await usage(owner.organizationId)).toEqual({ stored_bytes: 9_000, roots: 9 })
})

test('never gives up the root of a file that is there, even when the same upload comes twice', async () => {
  const owner = await seedOrganization(database.db)
  const item = ingestItem(owner, nodeId, 'bafytwice')
  const { accepted, errors } = await settle([item, { ...item }])
  expect(accepted).toHaveLength(1)
  expect(errors).toHaveLength(1)
  await expect(committer.commit({ ...item })).rejects.toBeInstanceOf(HoldfastError)
  expect(await tombstones()).toEqual({})
  expect(await usage(owner.organizationId)).toEqual({ stored_bytes: 1_000, roots: 1 })
})

test('fulfils pins that waited for the root: moved, derived again, paid by their organizations', async () => {
  const [waiting, uploading] = await Promise.all([seedOrganization(database.db), seedOrganization(database.db)])
  const one = await wantRoot(database.db, { ...waiting, cid: 'bafywanted' })
  const two = await wantRoot(database.db, { ...waiting, cid: 'bafywanted', replicationMin: 2 })
  const item = ingestItem(uploading, nodeId, 'bafywanted')
  expect(await committer.commit(item)).toMatchObject({ contentId: item.contentId })
  const pins = await database.db.kysely
    .selectFrom('pins')
    .select(['id', 'content_id', 'status'])
    .where('organization_id', '=', waiting.organizationId)
    .orderBy('created_at')
    .execute()
  expect(pins).toEqual([
    { id: one.pinId, content_id: item.contentId, status: 'pinned' },
    { id: two.pinId, content_id: item.contentId, status: 'pinning' },
  ])
  for (const { organizationId } of [waiting, uploading])
    expect(await usage(organizationId)).toEqual({ stored_bytes: 1_000, roots: 1 })
  const contents = await database.db.kysely.selectFrom('contents').select(['id', 'state']).execute()
  expect(contents).toEqual(
    expect.arrayContaining([
      { id: one.contentId, state: 'released' },
      { id: item.contentId, state: 'held' },
    ]),
  )
  expect(await tombstones()).toEqual({})
  const events = await database.db.kysely
    .selectFrom('events')
    .select('subject')
    .where('kind', '=', 'pin.status-changed')
    .execute()
  expect(events.map(({ subject }) => subject).sort()).toEqual([one.pinId, two.pinId].sort())
})

test('keeps the reply with the rows, and refuses a key that is taken', async () => {
  const owner = await seedOrganization(database.db)
  const idempotency = (key: string): NonNullable<IngestItem['idempotency']> => ({
    scope: owner.organizationId,
    route: 'POST /files/upload',
    key,
    fingerprint: Buffer.from(key),
    status: 201,
    body: ({ file, pin }: CommittedIngest) => ({ file: file.id, at: pin.createdAt }),
  })
  const first = ingestItem(owner, nodeId, 'bafy1', { idempotency: idempotency('k') })
  const same = ingestItem(owner, nodeId, 'bafy2', { idempotency: idempotency('k') })
  const { accepted, errors } = await settle([first, same])
  expect(accepted).toHaveLength(1)
  expect(errors).toEqual([expect.any(IdempotencyConflict)])
  expect(await findIdempotentReply(database.db.kysely, idempotency('k'))).toEqual({
    fingerprint: Buffer.from('k'),
    status: 201,
    body: { file: first.file.id, at: accepted[0]?.pin.createdAt },
    subject: first.file.id,
  })
  const later = ingestItem(owner, nodeId, 'bafy3', { idempotency: idempotency('k') })
  await expect(committer.commit(later)).rejects.toBeInstanceOf(IdempotencyConflict)
  expect(await tombstones()).toEqual({ [same.contentId]: 'orphan', [later.contentId]: 'orphan' })
})

test('prepares each insert once, whatever the sizes of batches, and plans what looks rows up anew as they grow', async () => {
  const single = await startTestDatabase({ poolSize: 1 })
  const owner = await seedOrganization(single.db)
  const node = await seedNode(single.db)
  const one = new IngestCommitter({ unitOfWork: single.db.unitOfWork, logger: silentLogger })
  const prepared = async (inserts: boolean) => {
    const { rows } = await sql<{ count: number }>`
      select count(*) from pg_prepared_statements
      where statement like '%/* prepared */%' and (statement like '%insert into%') = ${inserts}
    `.execute(single.db.kysely)
    return rows[0]?.count
  }
  const commit = (count: number, round: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => one.commit(ingestItem(owner, node, `bafy${round}-${index}`))),
    )
  await commit(1, 0)
  expect([await prepared(true), await prepared(false)]).toEqual([1, 1])
  for (const [round, count] of [1, 2, 7, 30].entries()) await commit(count, round + 1)
  // Up to 2 items were written before it, and up to 14.
  expect([await prepared(true), await prepared(false)]).toEqual([1, 2])
  await one.close()
  await single.stop()
})

test('two committers race for one key and one root', async () => {
  const owner = await seedOrganization(database.db)
  const other = new IngestCommitter({ unitOfWork: database.db.unitOfWork, logger: silentLogger })
  for (let round = 0; round < 20; round++) {
    const make = () =>
      ingestItem(owner, nodeId, `bafy${round}`, {
        idempotency: {
          scope: 's',
          route: 'r',
          key: `k${round}`,
          fingerprint: Buffer.alloc(1),
          status: 201,
          body: () => null,
        },
      })
    const settled = await Promise.allSettled([committer.commit(make()), other.commit(make())])
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const failure = settled.find((one) => one.status === 'rejected')
    expect(failure?.reason).toBeInstanceOf(IdempotencyConflict)
  }
  expect(await usage(owner.organizationId)).toEqual({ stored_bytes: 20_000, roots: 20 })
  await other.close()
})

test('takes as many files as the plan allows, in one batch and in many, and none that is too large', async () => {
  const owner = await seedOrganization(database.db)
  await database.db.pool.query(`insert into plans (name, files, max_file_bytes) values ('five', 5, 1000)`)
  await database.db.pool.query(`update organizations set plan = 'five' where id = $1`, [owner.organizationId])
  const file = { id: randomUUIDv7(), name: 'large', contentType: 'text/plain', size: 1_001, metadata: {} }
  await expect(committer.commit(ingestItem(owner, nodeId, 'large', { file }))).rejects.toMatchObject({
    code: 'payload_too_large',
  })
  // The same root again costs no bytes, and is a file all the same.
  const outcomes = await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) => committer.commit(ingestItem(owner, nodeId, `five ${index % 3}`))),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  await expect(committer.commit(ingestItem(owner, nodeId, 'one more'))).rejects.toMatchObject({
    code: 'quota_exceeded',
  })
})

test('locks usage before contents, as every writer does', async () => {
  const [owner, uploader] = [await seedOrganization(database.db), await seedOrganization(database.db)]
  const { contentId } = await committer.commit(ingestItem(owner, nodeId, 'bafyorder'))
  await committer.commit(ingestItem(uploader, nodeId, 'bafyother'))
  const other = await database.db.pool.connect()
  try {
    await other.query('begin')
    await other.query('select from usage where organization_id = $1 for update', [uploader.organizationId])
    const waiting = committer.commit(ingestItem(uploader, nodeId, 'bafyorder'))
    const isWaiting = async () =>
      (await database.db.pool.query("select from pg_locks where not granted and locktype = 'transactionid'")).rowCount
    await vi.waitUntil(isWaiting)
    await other.query('select from contents where id = $1 for update nowait', [contentId])
    await other.query('rollback')
    expect(await waiting).toMatchObject({ contentId, pin: { status: 'pinned' } })
  } finally {
    await other.query('rollback')
    other.release()
  }
})

test('refuses an upload of an organization that is gone', async () => {
  const owner = await seedOrganization(database.db)
  const gone = { organizationId: crypto.randomUUID(), userId: owner.userId }
  const { accepted, errors } = await settle([ingestItem(gone, nodeId, 'bafy1'), ingestItem(owner, nodeId, 'bafy2')])
  expect(accepted).toHaveLength(1)
  expect(errors).toEqual([expect.objectContaining({ code: 'not_found' })])
})

test('decides what waits when it closes, and takes nothing afterwards', async () => {
  const owner = await seedOrganization(database.db)
  const waiting = Array.from({ length: 5 }, (_, index) => committer.commit(ingestItem(owner, nodeId, `bafy${index}`)))
  await committer.close()
  expect(await Promise.all(waiting)).toHaveLength(5)
  await expect(committer.commit(ingestItem(owner, nodeId, 'late'))).rejects.toMatchObject({ code: 'unavailable' })
})

test('tells an unknown outcome apart from a refusal', async () => {
  const owner = await seedOrganization(database.db)
  const broken = await startTestDatabase()
  await broken.stop()
  const lost = new IngestCommitter({ unitOfWork: broken.db.unitOfWork, logger: silentLogger })
  const failure = await lost.commit(ingestItem(owner, nodeId, 'bafy')).catch((error: Error) => error)
  expect(failure).toBeInstanceOf(Error)
  expect(failure).not.toBeInstanceOf(HoldfastError)
})

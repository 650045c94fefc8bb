import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseCid } from '@packages/shared/cid'
import { ReleaseWorker } from '../release-worker.ts'
import { RootLocks } from '../root-locks.ts'
import { Fleet } from '../testing/fleet.ts'
import { startTestManager, type TestManager, type TestUpload } from '../testing/test-manager.ts'
import { ReplicationLoop } from './replication-loop.ts'

let test: TestManager
let fleet: Fleet
let loop: ReplicationLoop
const signal = new AbortController().signal

beforeEach(async () => {
  test = await startTestManager()
  fleet = await Fleet.start(test, { db: test.db, nodes: 3 })
  const settings = { downAfterMs: 0 }
  loop = new ReplicationLoop({ ...test.deps, backend: fleet.backend, locks: new RootLocks(), settings })
  await loop.watch(signal)
})
afterEach(async () => {
  await loop.stop()
  await fleet.stop()
  await test.stop()
})

/** An upload of which that many copies are wished for. */
const stored = async (wish: { min: number; max: number }, bytes = randomBytes(1_000)) => {
  const upload = await test.bring(bytes)
  const { pin, contentId } = await test.own(upload)
  test.store.settle(upload.contentId)
  await test.db.kysely
    .updateTable('contents')
    .set({ copies_min: wish.min, copies_max: wish.max })
    .where('id', '=', contentId)
    .execute()
  await test.db.kysely.updateTable('pins').set({ replication_min: wish.min }).where('id', '=', pin.id).execute()
  return { ...upload, pinId: pin.id }
}
const pinOf = (pinId: string) =>
  test.db.kysely
    .selectFrom('pins')
    .select(['status', 'psa_status', 'copies_left'])
    .where('id', '=', pinId)
    .executeTakeFirstOrThrow()
const confirmed = async ({ contentId }: TestUpload) =>
  (
    await test.db.kysely
      .selectFrom('contents')
      .select('confirmed')
      .where('id', '=', contentId)
      .executeTakeFirstOrThrow()
  ).confirmed
const holders = ({ contentId }: TestUpload) => fleet.others.filter((id) => fleet.store(id).hasRoot(contentId))
const replicate = async (upload: TestUpload, copies: number) => {
  await expect
    .poll(
      async () => {
        await loop.turn(signal)
        return confirmed(upload)
      },
      { timeout: 10_000 },
    )
    .toBe(copies)
}
/** What the rows say of copies is what nodes have. */
const isTrue = async (upload: TestUpload): Promise<void> => {
  const rows = await test.db.kysely
    .selectFrom('replicas')
    .select('node_id')
    .where('content_id', '=', upload.contentId)
    .where('status', '=', 'pinned')
    .execute()
  for (const { node_id } of rows) expect(fleet.store(node_id).hasRoot(upload.contentId)).toBe(true)
  expect(await confirmed(upload)).toBe(rows.length)
}

describe('ReplicationLoop', () => {
  it('places nothing on the own store beside a pool of nodes, and what was on its way there elsewhere', async () => {
    const one = await stored({ min: 1, max: 2 })
    await replicate(one, 2)
    await test.store.release(one.contentId)
    await test.db.kysely
      .updateTable('replicas')
      .set({ status: 'assigned', next_try_at: new Date(0) })
      .where('node_id', '=', test.nodeId)
      .execute()
    await test.db.kysely.updateTable('contents').set({ confirmed: 1, copies_max: 3, place_after: null }).execute()
    const nodes: typeof fleet.backend.nodes = async (...asked) =>
      (await fleet.backend.nodes(...asked)).filter(({ nodeId }) => nodeId !== test.nodeId)
    const backend = { ...fleet.backend, nodes }
    loop = new ReplicationLoop({ ...test.deps, backend, locks: new RootLocks(), settings: { everyMs: 20 } })
    await loop.start()
    await expect.poll(() => confirmed(one), { timeout: 10_000 }).toBe(3)
    expect(holders(one)).toHaveLength(3)
    expect(test.store.hasRoot(one.contentId)).toBe(false)
  })

  it('makes as many copies as are wished for, on different nodes, and counts what they confirm', async () => {
    const upload = await stored({ min: 2, max: 3 })
    await replicate(upload, 3)
    expect(holders(upload)).toHaveLength(2)
    await isTrue(upload)
    expect(await pinOf(upload.pinId)).toMatchObject({ status: 'pinned' })
  })

  it('copies from other nodes what the own store has not', async () => {
    const upload = await stored({ min: 1, max: 2 })
    await replicate(upload, 2)
    await test.store.release(upload.contentId)
    await test.db.kysely
      .updateTable('replicas')
      .set({ status: 'lost' })
      .where('content_id', '=', upload.contentId)
      .where('node_id', '=', test.nodeId)
      .execute()
    await test.db.kysely.updateTable('contents').set({ copies_max: 3, confirmed: 1, place_after: null }).execute()
    await replicate(upload, 2)
    expect(holders(upload)).toHaveLength(2)
  })

  it('takes a node for down when the clock went back since it was heard of: its copies do not count for a day more', async () => {
    const upload = await stored({ min: 2, max: 2 })
    await replicate(upload, 2)
    const [node = ''] = holders(upload)
    const patient = new ReplicationLoop({ ...test.deps, backend: fleet.backend, locks: new RootLocks() })
    fleet.turn(node, false)
    // A moment of silence is none yet.
    await patient.watch(signal)
    expect(await confirmed(upload)).toBe(2)
    await sql`update nodes set seen_at = seen_at + interval '1 day'`.execute(test.db.kysely)
    await patient.watch(signal)
    expect(await pinOf(upload.pinId)).toMatchObject({ status: 'degraded', copies_left: 1 })
  })

  it('tells at once when a node falls silent, loses nothing by it, and believes it again by its own word', async () => {
    const upload = await stored({ min: 2, max: 2 })
    await replicate(upload, 2)
    const [node = ''] = holders(upload)
    fleet.turn(node, false)
    // Nobody has noticed yet: what cannot be asked is not lost.
    await loop.check(signal)
    expect(await confirmed(upload)).toBe(2)
    await loop.watch(signal)
    expect(await pinOf(upload.pinId)).toEqual({ status: 'degraded', psa_status: 'pinned', copies_left: 1 })
    await loop.check(signal)
    expect(await confirmed(upload)).toBe(1)
    fleet.turn(node, true)
    await loop.watch(signal)
    expect(await pinOf(upload.pinId)).toMatchObject({ status: 'pinned', copies_left: 0 })
    await isTrue(upload)
  })

  it('looks soon again for what a pin waits for when no node could take it', async () => {
    const [, ...others] = fleet.others
    for (const node of others) fleet.turn(node, false)
    await loop.watch(signal)
    const upload = await stored({ min: 3, max: 3 })
    await replicate(upload, 2)
    for (const node of others) fleet.turn(node, true)
    await loop.watch(signal)
    const { rows } = await sql<{ rest: number }>`
      select extract(epoch from place_after - now())::float8 as rest from contents where id = ${upload.contentId}
    `.execute(test.db.kysely)
    expect(rows[0]?.rest).toBeLessThanOrEqual(30)
    await sql`update contents set place_after = place_after - interval '30 seconds'`.execute(test.db.kysely)
    await replicate(upload, 3)
    expect(await pinOf(upload.pinId)).toMatchObject({ status: 'pinned', copies_left: 0 })
  })

  it('finds that a node has lost a copy, says so, and makes it again', async () => {
    const upload = await stored({ min: 2, max: 2 })
    await replicate(upload, 2)
    const [node = ''] = holders(upload)
    await fleet.store(node).release(upload.contentId)
    await loop.check(signal)
    expect(await pinOf(upload.pinId)).toEqual({ status: 'degraded', psa_status: 'pinned', copies_left: 1 })
    await replicate(upload, 2)
    expect(await pinOf(upload.pinId)).toMatchObject({ status: 'pinned' })
    await isTrue(upload)
  })

  it('says why a copy is not there, and tries again', async () => {
    const upload = await stored({ min: 2, max: 4 })
    const [node = ''] = fleet.others
    fleet.turn(node, false)
    // It went down a moment ago: nobody has noticed.
    await replicate(upload, 3)
    const replica = () =>
      test.db.kysely
        .selectFrom('replicas')
        .select(['status', 'error'])
        .where('node_id', '=', node)
        .executeTakeFirstOrThrow()
    await expect
      .poll(replica, { timeout: 10_000 })
      .toMatchObject({ status: 'error', error: 'The node does not answer.' })
    fleet.turn(node, true)
    await test.db.kysely
      .updateTable('replicas')
      .set({ next_try_at: new Date(0) })
      .where('node_id', '=', node)
      .execute()
    await replicate(upload, 4)
    await isTrue(upload)
  })

  it('takes all copies away with the last pin, and only then says that it is done', async () => {
    const upload = await stored({ min: 1, max: 3 })
    await replicate(upload, 3)
    await test.unpin([upload.pinId])
    await new ReleaseWorker(test.deps).sweep()
    const open = () =>
      test.db.kysely.selectFrom('tombstones').select('content_id').where('released_at', 'is', null).execute()
    expect(await open()).toHaveLength(1)
    test.gate.open = false
    await loop.turn(signal)
    expect(holders(upload)).toHaveLength(2)
    test.gate.open = true
    await loop.turn(signal)
    expect(holders(upload)).toEqual([])
    expect(await open()).toEqual([])
    expect(await test.db.kysely.selectFrom('replicas').selectAll().execute()).toEqual([])
  })

  it('leaves another content of the same CID where it is', async () => {
    const bytes = randomBytes(1_000)
    const first = await stored({ min: 1, max: 3 }, bytes)
    await replicate(first, 3)
    await test.unpin([first.pinId])
    const second = await stored({ min: 1, max: 3 }, bytes)
    expect(second.contentId).not.toBe(first.contentId)
    await replicate(second, 3)
    await loop.turn(signal)
    for (const id of holders(second))
      expect(await fleet.store(id).reader('public').get(parseCid(second.cid))).toBeDefined()
    expect(holders(first)).toEqual([])
    await isTrue(second)
  })
})

const intend = (nodeId: string, intent: 'active' | 'draining') =>
  test.db.kysely.updateTable('nodes').set({ intent }).where('id', '=', nodeId).execute()
const wish = (upload: TestUpload, copies_max: number) =>
  test.db.kysely.updateTable('contents').set({ copies_max }).where('id', '=', upload.contentId).execute()
const settled = (upload: TestUpload, count: number) =>
  expect
    .poll(
      async () => {
        await loop.turn(signal)
        return holders(upload).length
      },
      { timeout: 10_000 },
    )
    .toBe(count)

describe('copies of content that stays', () => {
  it('goes where it is one too many, by a tombstone, and leaves nothing of that behind', async () => {
    const upload = await stored({ min: 2, max: 4 })
    await replicate(upload, 4)
    await wish(upload, 2)
    await loop.check(signal)
    expect(await confirmed(upload)).toBe(2)
    expect(await pinOf(upload.pinId)).toMatchObject({ status: 'pinned' })
    await settled(upload, 1)
    await loop.check(signal)
    await settled(upload, 1)
    await isTrue(upload)
    expect(await test.db.kysely.selectFrom('node_tombstones').selectAll().execute()).toEqual([])
  })

  it('stays on one node beside the own store, and is not taken away while the minimum needs it', async () => {
    const upload = await stored({ min: 2, max: 3 })
    await replicate(upload, 3)
    const [first = '', second = ''] = holders(upload)
    await wish(upload, 2)
    await loop.check(signal)
    const [leaving] = await test.db.kysely.selectFrom('node_tombstones').select('node_id').execute()
    // The other one falls silent before it has gone.
    const other = leaving?.node_id === first ? second : first
    fleet.turn(other, false)
    await loop.watch(signal)
    expect(await pinOf(upload.pinId)).toMatchObject({ status: 'degraded' })
    await loop.turn(signal)
    expect(holders(upload)).toContain(leaving?.node_id)
    await replicate(upload, 2)
    expect(await pinOf(upload.pinId)).toMatchObject({ status: 'pinned' })
    await isTrue(upload)
  })

  it('leaves a node that is drained when it is confirmed elsewhere, and not before', async () => {
    const upload = await stored({ min: 2, max: 2 })
    await replicate(upload, 2)
    const [node = ''] = holders(upload)
    for (const other of fleet.others) if (other !== node) fleet.turn(other, false)
    await loop.watch(signal)
    await intend(node, 'draining')
    for (let turn = 0; turn < 3; turn++) await loop.turn(signal)
    expect(holders(upload)).toEqual([node])
    expect(await confirmed(upload)).toBe(2)
    for (const other of fleet.others) fleet.turn(other, true)
    await loop.watch(signal)
    await test.db.kysely.updateTable('contents').set({ place_after: null }).execute()
    await expect
      .poll(
        async () => {
          await loop.turn(signal)
          expect(await confirmed(upload)).toBeGreaterThanOrEqual(2)
          return holders(upload).includes(node)
        },
        { timeout: 10_000 },
      )
      .toBe(false)
    expect(holders(upload)).toHaveLength(1)
    expect(await pinOf(upload.pinId)).toMatchObject({ status: 'pinned' })
    await isTrue(upload)
  })

  it('loses none of the copies that are wished for when its node is drained just after they were made', async () => {
    const upload = await stored({ min: 1, max: 3 })
    await replicate(upload, 3)
    const [node = ''] = holders(upload)
    // It was looked at a moment ago, and had a place for each: that says nothing of where there is none.
    await intend(node, 'draining')
    for (let turn = 0; turn < 3; turn++) await loop.turn(signal)
    expect(holders(upload)).toContain(node)
    await test.db.kysely.updateTable('contents').set({ place_after: null }).execute()
    await expect
      .poll(
        async () => {
          await loop.turn(signal)
          return [holders(upload).includes(node), holders(upload).length]
        },
        { timeout: 10_000 },
      )
      .toEqual([false, 2])
    await isTrue(upload)
  })
})

import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ReplicationLoop } from '../replication/replication-loop.ts'
import { RootLocks } from '../root-locks.ts'
import { Fleet } from '../testing/fleet.ts'
import { startTestManager, type TestManager, type TestUpload } from '../testing/test-manager.ts'
import { leaveNodes, takeNodesBack } from './leave-nodes.ts'
import { moveHome } from './move-home.ts'
import { moveToNodes } from './move-to-nodes.ts'

let test: TestManager
let fleet: Fleet
let loop: ReplicationLoop
const signal = new AbortController().signal

beforeEach(async () => {
  test = await startTestManager()
  fleet = await Fleet.start(test, { db: test.db, nodes: 2 })
  loop = new ReplicationLoop({
    ...test.deps,
    backend: fleet.backend,
    locks: new RootLocks(),
    settings: { downAfterMs: 0 },
  })
  await loop.watch(signal)
})
afterEach(async () => {
  await loop.stop()
  await fleet.stop()
  await test.stop()
})

const stored = async (): Promise<TestUpload & { pinId: string }> => {
  const upload = await test.bring(randomBytes(1_000))
  const { pin } = await test.own(upload)
  test.store.settle(upload.contentId)
  return { ...upload, pinId: pin.id }
}
const holders = ({ contentId }: TestUpload) => fleet.others.filter((id) => fleet.store(id).hasRoot(contentId))
const holdersOf = (uploads: TestUpload[]) => uploads.map((upload) => holders(upload).length)
/** Until so many copies of each are confirmed on nodes, and nothing was read back. */
const copied = (uploads: TestUpload[], copies: number) =>
  until(
    async () => {
      const rows = await test.db.kysely
        .selectFrom('replicas')
        .select('content_id')
        .where('status', '=', 'pinned')
        .where('node_id', 'in', fleet.others)
        .execute()
      return uploads.every(({ contentId }) => rows.filter((row) => row.content_id === contentId).length === copies)
    },
    { verify: false },
  )
/** Turns the loop, and with `verify` also reads back, until it is so. */
const until = (isSo: () => unknown | Promise<unknown>, { verify }: { verify: boolean }) =>
  expect
    .poll(async () => {
      await loop.turn(signal)
      if (verify) await loop.verify(signal)
      return isSo()
    })
    .toBe(true)
const statusOf = async (pinId: string) =>
  (await test.db.kysely.selectFrom('pins').select('status').where('id', '=', pinId).executeTakeFirst())?.status

describe('moving to nodes', () => {
  it('ends when every content is on as many nodes as asked for and was read back from them; what comes meanwhile is not in its way', async () => {
    const uploads = [await stored(), await stored(), await stored()]
    const move = moveToNodes(test, 2)
    await move.begin()
    expect(await move.figures()).toMatchObject({
      contents: 3,
      bytes: uploads.reduce((sum, { dagSize }) => sum + dagSize, 0),
    })
    const later = await stored()
    await copied(uploads, 2)
    // Confirmed by the nodes, and not counted before they were read.
    expect(await move.figures()).toMatchObject({ contents: 3, problems: 0 })
    await loop.verify(signal)
    expect(await move.figures()).toMatchObject({ contents: 0, bytes: 0 })
    expect(holders(later)).toEqual([])
    // Once more: only what is not there yet.
    await move.begin()
    expect(await move.figures()).toMatchObject({ contents: 1 })
    await until(async () => (await move.figures()).contents === 0, { verify: true })
    // The wishes of the pins say so as well, so that nothing takes the copies away.
    await loop.check(signal)
    await loop.turn(signal)
    expect(holdersOf([...uploads, later])).toEqual([2, 2, 2, 2])
    expect(await test.held(later.cid)).toBe(true)
  })

  it('does not count a copy that lacks blocks, says so, and has it made again', async () => {
    const [whole, broken] = [await stored(), await stored()]
    const move = moveToNodes(test, 1)
    await move.begin()
    await copied([whole, broken], 1)
    const [node = ''] = holders(broken)
    await fleet.store(node).release(broken.contentId)
    await loop.verify(signal)
    expect(await move.figures()).toMatchObject({ contents: 1, problems: 1 })
    expect(await move.problems()).toEqual([
      expect.stringMatching(/^node-\d: The store does not hold it.* \(1 contents\)$/),
    ])
    await until(async () => (await move.figures()).contents === 0, { verify: true })
    expect(holdersOf([whole, broken])).toEqual([1, 1])
  })

  it.each([
    ['who looks through the copies', () => loop.check(signal)],
    ['who begins it again', () => moveToNodes(test, 2).begin()],
  ])('is ended by %s when who read the last copy back was killed before that was said', async (_, end) => {
    const upload = await stored()
    const move = moveToNodes(test, 2)
    await move.begin()
    await copied([upload], 2)
    await test.db.kysely.updateTable('replicas').set({ verified_at: new Date() }).execute()
    expect(await move.figures()).toMatchObject({ contents: 1 })
    await end()
    expect(await move.figures()).toMatchObject({ contents: 0 })
  })

  it('ends with fewer copies when no more are wished for, and not before one was read back', async () => {
    const upload = await stored()
    const move = moveToNodes(test, 2)
    await move.begin()
    await test.db.kysely.updateTable('contents').set({ copies_max: 2 }).execute()
    await copied([upload], 1)
    await loop.check(signal)
    expect(await move.figures()).toMatchObject({ contents: 1 })
    await loop.verify(signal)
    expect(await move.figures()).toMatchObject({ contents: 0 })
    expect(holders(upload)).toHaveLength(1)
  })

  it('goes on with all others when one content cannot be read at all', async () => {
    const uploads = [await stored(), await stored()]
    const move = moveToNodes(test, 1)
    await move.begin()
    await copied(uploads, 1)
    const [first] = uploads.toSorted((one, other) => (one.contentId < other.contentId ? -1 : 1))
    await test.db.kysely
      .updateTable('contents')
      .set({ cid: 'no cid' })
      .where('id', '=', first?.contentId ?? '')
      .execute()
    await loop.verify(signal)
    expect(await move.figures()).toMatchObject({ contents: 1, problems: 1 })
    expect(await move.problems()).toEqual([expect.stringContaining('It cannot be read back.')])
  })
})

/** On both nodes, and of some not in the own store any more. */
const onNodes = async () => {
  const uploads = [await stored(), await stored(), await stored()]
  await moveToNodes(test, 2).begin()
  await copied(uploads, 2)
  await loop.verify(signal)
  const [away] = uploads
  await test.store.release(away?.contentId ?? '')
  await test.db.kysely
    .updateTable('replicas')
    .set({ status: 'lost', next_try_at: new Date(0), verified_at: null })
    .where('content_id', '=', away?.contentId ?? '')
    .where('node_id', '=', test.nodeId)
    .execute()
  await test.db.kysely
    .updateTable('contents')
    .set({ confirmed: 2 })
    .where('id', '=', away?.contentId ?? '')
    .execute()
  return uploads
}

describe('moving home', () => {
  it('brings what only nodes have into the own store, and lets the nodes go of nothing that was not read back there', async () => {
    const uploads = await onNodes()
    await leaveNodes(test, fleet.others)
    const move = moveHome(test, { oneCopy: false })
    await move.begin()
    expect(await move.figures()).toMatchObject({ contents: 3, leaving: 0 })
    const isHome = async () =>
      (
        await test.db.kysely
          .selectFrom('replicas')
          .select('content_id')
          .where('status', '=', 'pinned')
          .where('node_id', '=', test.nodeId)
          .execute()
      ).length === uploads.length
    await until(isHome, { verify: false })
    for (let turn = 0; turn < 3; turn++) await loop.turn(signal)
    expect(holdersOf(uploads)).toEqual([2, 2, 2])
    await until(
      async () => {
        const { contents, leaving } = await move.figures()
        return contents === 0 && leaving === 0
      },
      { verify: true },
    )
    expect(holdersOf(uploads)).toEqual([0, 0, 0])
    for (const { cid, pinId } of uploads) {
      expect(await test.held(cid)).toBe(true)
      expect(await statusOf(pinId)).toBe('pinned')
    }
  })

  it('leaves what asks for more copies than one where it is, says so, and moves it when it asks for one', async () => {
    const uploads = await onNodes()
    const [, , many] = uploads
    await test.db.kysely
      .updateTable('pins')
      .set({ replication_min: 2 })
      .where('id', '=', many?.pinId ?? '')
      .execute()
    await test.db.kysely
      .updateTable('contents')
      .set({ copies_min: 2 })
      .where('id', '=', many?.contentId ?? '')
      .execute()
    await leaveNodes(test, fleet.others)
    const move = moveHome(test, { oneCopy: false })
    await move.begin()
    await until(async () => (await move.figures()).contents === 1, { verify: true })
    for (let turn = 0; turn < 3; turn++) await loop.turn(signal)
    expect(holdersOf([...uploads]).at(-1)).toBeGreaterThanOrEqual(1)
    expect(await move.problems()).toContainEqual(expect.stringMatching(/^1 pins ask for more copies/))
    await moveHome(test, { oneCopy: true }).begin()
    await until(() => holdersOf(uploads).every((count) => count === 0), { verify: true })
    expect(await statusOf(many?.pinId ?? '')).toBe('pinned')
  })

  it('can be thought better of: nodes that are used again take copies, and what was to go stays', async () => {
    const uploads = await onNodes()
    await leaveNodes(test, fleet.others)
    await takeNodesBack(test, fleet.others)
    const nodes = await test.db.kysely
      .selectFrom('nodes')
      .select(['intent', 'is_leaving'])
      .where('kind', '=', 'kubo')
      .execute()
    expect(nodes).toEqual(fleet.others.map(() => ({ intent: 'active', is_leaving: false })))
    for (let turn = 0; turn < 3; turn++) await loop.turn(signal)
    expect(holdersOf(uploads)).toEqual([2, 2, 2])
    // What an operator drains stays drained.
    const [drained = ''] = fleet.others
    await test.db.kysely.updateTable('nodes').set({ intent: 'draining' }).where('id', '=', drained).execute()
    await leaveNodes(test, fleet.others)
    await takeNodesBack(test, fleet.others)
    const rows = await test.db.kysely.selectFrom('nodes').select('id').where('intent', '=', 'draining').execute()
    expect(rows).toEqual([{ id: drained }])
  })
})

import { randomBytes } from 'node:crypto'
import { linkedCids } from '@packages/content/block-store/block-links'
import { BlockCache } from '@packages/content/cache/block-cache'
import { exportCar } from '@packages/content/car/export-car'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { checkHeldContents } from '../check-held-contents.ts'
import { collectOrphans } from '../orphan-collector.ts'
import { loseReplica } from '../confirm-replica.ts'
import { RootLocks } from '../root-locks.ts'
import { Fleet } from '../testing/fleet.ts'
import { startTestManager, type TestManager } from '../testing/test-manager.ts'
import { HomeCopies } from './home-copies.ts'
import { OwnSpace, roomAbove } from './own-space.ts'

let test: TestManager
let fleet: Fleet
let cache: BlockCache
let space: OwnSpace
/** What the disk has free beside what the store has. */
let disk: number
const signal = new AbortController().signal
const MEBIBYTE = 2 ** 20

const freeSpace = async (): Promise<number> => disk - (await test.store.stats()).bytes

beforeAll(async () => {
  test = await startTestManager()
  fleet = await Fleet.start(test, { db: test.db, nodes: 2 })
  await test.db.kysely.updateTable('nodes').set({ state: 'up' }).where('kind', '=', 'kubo').execute()
  const { store } = test
  const hasRoom = roomAbove(freeSpace, 10 * MEBIBYTE)
  cache = new BlockCache({ store, maxBytes: 8 * MEBIBYTE, hasRoom, logger: silentLogger })
})
afterAll(async () => {
  await cache.stop()
  await fleet.stop()
  await test.stop()
})

beforeEach(async () => {
  // What other tests have left is not to be let go, and all nodes are well.
  await test.db.kysely.updateTable('contents').set({ copies_min: 99 }).execute()
  await test.db.kysely.updateTable('nodes').set({ intent: 'active' }).execute()
  for (const id of fleet.others) fleet.turn(id, true)
  test.gate.open = true
  disk = 1_000 * MEBIBYTE
  space = spaceOf({})
})

const spaceOf = (more: Partial<ConstructorParameters<typeof OwnSpace>[0]>): OwnSpace =>
  new OwnSpace({
    ...test.deps,
    backend: fleet.backend,
    cache,
    leastCopies: 2,
    freeSpace,
    belowBytes: 10 * MEBIBYTE,
    bytesPerSecond: 1e9,
    ...more,
  })

/** An upload with copies on so many nodes. */
const stored = async (nodes: number, bytes = randomBytes(MEBIBYTE), zones: string[] = []) => {
  const upload = await test.bring(bytes)
  const { pin, contentId } = await test.own(upload)
  test.store.settle(upload.contentId)
  const holders = fleet.others.slice(0, nodes)
  const root = { contentId, cid: parseCid(upload.cid), network: 'public', dagSize: upload.dagSize } as const
  for (const nodeId of holders) {
    const [word] = await fleet.backend.push(nodeId, [{ root, source: carOf(root.cid) }], signal)
    if (word === undefined || word instanceof Error) throw word
    await test.db.kysely
      .insertInto('replicas')
      .values({ content_id: contentId, node_id: nodeId, status: 'pinned', pinned_at: new Date() })
      .execute()
  }
  await test.db.kysely
    .updateTable('contents')
    .set({ confirmed: nodes + 1, zones })
    .where('id', '=', contentId)
    .execute()
  return { ...upload, contentId, pinId: pin.id }
}
const carOf = (cid: ReturnType<typeof parseCid>) => {
  const open = async function* () {
    yield* exportCar(test.store.reader('public'), cid, { signal })
  }
  return { kind: 'car', open } as const
}
type Stored = Awaited<ReturnType<typeof stored>>
const rowsOf = ({ contentId, pinId }: Stored) =>
  test.db.kysely
    .selectFrom('contents')
    .innerJoin('pins', 'pins.content_id', 'contents.id')
    .select(['contents.state', 'confirmed', 'let_go_at', 'pins.status'])
    .where('contents.id', '=', contentId)
    .where('pins.id', '=', pinId)
    .executeTakeFirstOrThrow()
/** As it is written down of the second node. */
const setReplica = ({ contentId }: Stored, set: { error: string } | { is_foreign: boolean }) =>
  test.db.kysely
    .updateTable('replicas')
    .set(set)
    .where('content_id', '=', contentId)
    .where('node_id', '=', fleet.others[1] ?? '')
    .execute()
const isHere = ({ contentId }: Stored): boolean => test.store.hasRoot(contentId)

/** So little that this much has to go, with the tenth that is to be free beside the bound. */
const shortBy = async (bytes: number): Promise<void> => {
  disk = (await test.store.stats()).bytes + 11 * MEBIBYTE - bytes
}

it('nothing goes while there is space, and the oldest content that enough nodes have goes first when there is none', async () => {
  const [old, young] = [await stored(2, randomBytes(1_200_000)), await stored(2, randomBytes(1_200_000))]
  expect(await space.turn(signal)).toEqual({ cached: 0, contents: 0 })
  expect([isHere(old), isHere(young)]).toEqual([true, true])
  // As much as the bound says is enough.
  await shortBy(MEBIBYTE)
  expect((await space.turn(signal)).contents).toBe(0)
  await shortBy(MEBIBYTE + 1_000)
  const before = (await test.store.stats()).bytes
  expect((await space.turn(signal)).contents).toBeGreaterThanOrEqual(MEBIBYTE)
  expect([isHere(old), isHere(young)]).toEqual([false, true])
  expect(await rowsOf(old)).toMatchObject({ state: 'held', confirmed: 2, status: 'pinned' })
  expect((await rowsOf(old)).let_go_at).not.toBeNull()
  expect((await rowsOf(young)).let_go_at).toBeNull()
  // The space is back on the disk, and so nothing more has to go.
  expect((await test.store.stats()).bytes).toBeLessThanOrEqual(before - MEBIBYTE)
  expect(await space.turn(signal)).toEqual({ cached: 0, contents: 0 })
})

it.each<[string, () => Promise<Stored>]>([
  ['the only copy', () => stored(0)],
  ['what too few nodes have confirmed', () => stored(1)],
  [
    'what more nodes have to have',
    async () => {
      const one = await stored(2)
      await test.db.kysely.updateTable('contents').set({ copies_min: 3 }).where('id', '=', one.contentId).execute()
      return one
    },
  ],
  ['what a zone has to have that no node is in', () => stored(2, randomBytes(MEBIBYTE), ['elsewhere'])],
  [
    'what a node has lost, as it says itself',
    async () => {
      const one = await stored(2)
      await fleet.store(fleet.others[0] ?? '').release(one.contentId)
      return one
    },
  ],
  [
    'what a node has lost, as is known',
    async () => {
      const one = await stored(2)
      const id = fleet.others[0] ?? ''
      const lost = { contentId: one.contentId, nodeId: id, isLost: () => true, reason: 'lost' }
      await test.db.unitOfWork.run((uow) => loseReplica(uow, lost))
      await test.db.kysely.updateTable('contents').set({ copies_min: 1 }).where('id', '=', one.contentId).execute()
      space = spaceOf({ leastCopies: 1 })
      return one
    },
  ],
  [
    'what a node has that is silent',
    async () => {
      const one = await stored(2)
      fleet.turn(fleet.others[1] ?? '', false)
      return one
    },
  ],
  [
    'what a node has that is being emptied',
    async () => {
      const one = await stored(2)
      const id = fleet.others[1] ?? ''
      await test.db.kysely.updateTable('nodes').set({ intent: 'draining' }).where('id', '=', id).execute()
      return one
    },
  ],
  [
    'what moves to nodes and was not read back from them all',
    async () => {
      const one = await stored(2)
      await test.db.kysely.updateTable('contents').set({ moving_copies: 2 }).where('id', '=', one.contentId).execute()
      return one
    },
  ],
  [
    'what a node has that was found damaged',
    async () => {
      const one = await stored(2)
      await setReplica(one, { error: 'A block is not what its CID says.' })
      return one
    },
  ],
  [
    'what a node has that is not ours to keep, as is known',
    async () => {
      const one = await stored(2)
      await setReplica(one, { is_foreign: true })
      return one
    },
  ],
  [
    'what a node has that is not ours to keep, as it says itself',
    async () => {
      const replicas: typeof fleet.backend.replicas = async (nodeId, ...asked) => {
        const words = await fleet.backend.replicas(nodeId, ...asked)
        return words.map((word) =>
          word.state === 'pinned' ? { ...word, isForeign: nodeId === fleet.others[1] } : word,
        )
      }
      space = spaceOf({ backend: { replicas } })
      return stored(2)
    },
  ],
  [
    'anything while database and store do not fit',
    async () => {
      test.gate.open = false
      return stored(2)
    },
  ],
])('never goes: %s', async (_, make) => {
  const one = await make()
  disk = MEBIBYTE
  expect((await space.turn(signal)).contents).toBe(0)
  expect(isHere(one)).toBe(true)
  expect(await test.held(one.cid)).toBe(true)
  expect((await rowsOf(one)).let_go_at).toBeNull()
})

it('what was read from nodes goes before content does', async () => {
  const one = await stored(2)
  const blocks = Array.from({ length: 6 }, () => randomBytes(MEBIBYTE))
  const upload = await test.bring(Buffer.concat(blocks))
  const reader = test.store.reader('public')
  const root = parseCid(upload.cid)
  for (const cid of linkedCids(root.code, (await reader.get(root)) ?? new Uint8Array()))
    cache.keep(cid, (await reader.get(cid)) ?? new Uint8Array())
  await cache.flush()
  expect(cache.bytes).toBe(6 * MEBIBYTE)
  await shortBy(2 * MEBIBYTE)
  const { cached, contents } = await space.turn(signal)
  expect([cached >= MEBIBYTE, contents, isHere(one)]).toEqual([true, 0, true])
})

/** Killed after it was written down, and before the blocks went. */
const dieLettingGo = async (): Promise<void> => {
  disk = MEBIBYTE
  const dying = spaceOf({
    store: {
      release: () => Promise.reject(new Error('killed')),
      hasRoot: () => false,
      stats: () => test.store.stats(),
      idle: () => test.store.idle(),
      compact: (options) => test.store.compact(options),
    },
  })
  await expect(dying.turn(signal)).rejects.toThrow('killed')
  disk = 1_000 * MEBIBYTE
}

it('who was killed after it was written down and before the blocks went leaves nothing that stays', async () => {
  const one = await stored(2)
  await dieLettingGo()
  expect([isHere(one), (await rowsOf(one)).let_go_at !== null]).toEqual([true, true])
  await spaceOf({}).turn(signal)
  expect(isHere(one)).toBe(false)
  expect(await rowsOf(one)).toMatchObject({ state: 'held', confirmed: 2, status: 'pinned' })
})

it('what was written down as gone is a copy again when not as many nodes as have to say that they have it', async () => {
  const one = await stored(2)
  await dieLettingGo()
  fleet.turn(fleet.others[1] ?? '', false)
  await spaceOf({}).turn(signal)
  expect([isHere(one), await test.held(one.cid)]).toEqual([true, true])
  expect(await rowsOf(one)).toMatchObject({ state: 'held', confirmed: 3, let_go_at: null })
})

it('stays when a pin has come to wish for more while the nodes were asked', async () => {
  const one = await stored(2)
  disk = MEBIBYTE
  const replicas: typeof fleet.backend.replicas = async (...asked) => {
    await test.db.kysely.updateTable('contents').set({ copies_min: 3 }).where('id', '=', one.contentId).execute()
    return fleet.backend.replicas(...asked)
  }
  expect((await spaceOf({ backend: { replicas } }).turn(signal)).contents).toBe(0)
  expect([isHere(one), (await rowsOf(one)).let_go_at]).toEqual([true, null])
})

it('what was let go is not brought home again, not taken for lost and not for an orphan, and goes with its last pin', async () => {
  const one = await stored(2)
  disk = MEBIBYTE
  await space.turn(signal)
  const home = new HomeCopies({ ...test.deps, backend: fleet.backend, locks: new RootLocks() })
  await home.turn(signal)
  expect(await checkHeldContents(test.deps)).toBe(0)
  await collectOrphans(test.deps)
  expect([isHere(one), (await rowsOf(one)).state]).toEqual([false, 'held'])
  await test.unpin([one.pinId])
  const { rows } = await test.db.pool.query<{ status: string }>('select status from replicas where content_id = $1', [
    one.contentId,
  ])
  expect(rows.map(({ status }) => status)).toEqual(['releasing', 'releasing'])
})

it('an upload of what was let go is a duplicate, whose own blocks go again', async () => {
  const bytes = randomBytes(MEBIBYTE)
  const one = await stored(2, bytes)
  disk = MEBIBYTE
  await space.turn(signal)
  const again = await test.bring(bytes)
  const { contentId } = await test.own(again)
  test.store.settle(again.contentId)
  expect(contentId).toBe(one.contentId)
  const { rows } = await test.db.pool.query('select from tombstones where content_id = $1 and released_at is null', [
    again.contentId,
  ])
  expect(rows).toHaveLength(1)
})

it('what is away is not brought home to a disk that is short', async () => {
  const one = await stored(2)
  await test.store.release(one.contentId)
  await test.db.kysely
    .deleteFrom('replicas')
    .where('content_id', '=', one.contentId)
    .where('node_id', '=', test.nodeId)
    .execute()
  let hasRoom = false
  const home = new HomeCopies({
    ...test.deps,
    backend: fleet.backend,
    locks: new RootLocks(),
    hasRoom: async () => hasRoom,
  })
  await home.turn(signal)
  expect(isHere(one)).toBe(false)
  hasRoom = true
  const later = new HomeCopies({
    ...test.deps,
    backend: fleet.backend,
    locks: new RootLocks(),
    hasRoom: async () => hasRoom,
  })
  await later.turn(signal)
  expect(isHere(one)).toBe(true)
})

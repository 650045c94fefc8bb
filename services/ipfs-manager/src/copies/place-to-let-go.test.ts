import { randomBytes } from 'node:crypto'
import { BlockCache } from '@packages/content/cache/block-cache'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ReplicationLoop } from '../replication/replication-loop.ts'
import { RootLocks } from '../root-locks.ts'
import { Fleet } from '../testing/fleet.ts'
import { startTestManager, type TestManager } from '../testing/test-manager.ts'
import { OwnSpace } from './own-space.ts'

const LEAST = 2

let test: TestManager
let fleet: Fleet
let loop: ReplicationLoop
let space: OwnSpace
let cache: BlockCache
const { signal } = new AbortController()

beforeAll(async () => {
  test = await startTestManager()
  fleet = await Fleet.start(test, { db: test.db, nodes: 3 })
  const backend: typeof fleet.backend = {
    ...fleet.backend,
    // The own store is none of the pool.
    nodes: async (until) => (await fleet.backend.nodes(until)).filter(({ nodeId }) => nodeId !== test.nodeId),
  }
  const deps = { ...test.deps, backend, locks: new RootLocks() }
  loop = new ReplicationLoop({ ...deps, settings: { leastOnNodes: LEAST } })
  cache = new BlockCache({ store: test.store, maxBytes: 0, hasRoom: async () => false, logger: silentLogger })
  space = new OwnSpace({
    ...deps,
    cache,
    leastCopies: LEAST,
    freeSpace: async () => 0,
    belowBytes: 1_000_000,
    bytesPerSecond: 0,
  })
  await loop.watch(signal)
})
afterAll(async () => {
  await loop.stop()
  await cache.stop()
  await fleet.stop()
  await test.stop()
})

const turn = async (): Promise<void> => {
  await loop.turn(signal)
  await loop.check(signal)
}
const read = (contentId: string) =>
  test.db.kysely
    .selectFrom('contents')
    .innerJoin('pins', 'pins.content_id', 'contents.id')
    .select(['confirmed', 'pins.status'])
    .where('contents.id', '=', contentId)
    .executeTakeFirstOrThrow()

it.each([
  { min: 2, max: 2, left: 2 },
  { min: 1, max: 1, left: 1 },
  { min: 2, max: 3, left: 3 },
])(
  'content goes where its policy has $max copies, least $min, and is never told less than it has',
  async ({ min, max, left }) => {
    const upload = await test.bring(randomBytes(1_000))
    const { contentId } = await test.own(upload)
    test.store.settle(upload.contentId)
    await test.db.kysely.updateTable('pins').set({ replication_min: min }).where('content_id', '=', contentId).execute()
    const wish = { copies_min: min, copies_max: max, place_after: null }
    await test.db.kysely.updateTable('contents').set(wish).where('id', '=', contentId).execute()
    const here = (): boolean => test.store.hasRoot(contentId)
    const confirmed = async (): Promise<number> => (await read(contentId)).confirmed
    await expect.poll(async () => (await turn(), confirmed())).toBeGreaterThanOrEqual(max)
    await expect
      .poll(async () => {
        // Whatever is too many goes before it is looked for what the own store can do without.
        await loop.check(signal)
        await space.turn(signal)
        await turn()
        expect(await read(contentId)).toMatchObject({ status: 'pinned' })
        return here()
      })
      .toBe(false)
    // Another copy is made in its place, or one that is too many goes.
    const on = (): number => fleet.others.filter((id) => fleet.store(id).hasRoot(contentId)).length
    await test.db.kysely.updateTable('contents').set({ place_after: null }).where('id', '=', contentId).execute()
    await expect.poll(async () => (await turn(), [await confirmed(), on()])).toEqual([left, left])
  },
)

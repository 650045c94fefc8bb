import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import { CAR_HEADER } from './car-record.ts'
import { encodeTitle, newTitle } from './commit-marker.ts'
import { rebuildIndex } from './rebuild-index.ts'
import { findTail } from './segment-tail.ts'
import { type SegmentMeta, StoreIndex } from './store-index.ts'
import type { StoreFaults } from './store-options.ts'
import {
  joinDags,
  leafDag,
  problemsOf,
  putDag,
  rawBlock,
  readsBack,
  type TestDag,
  testFolders,
  treeDag,
} from './test-dags.ts'

const A = leafDag('acknowledged')
const B = leafDag('b')
const C = joinDags([leafDag('c')])
const TAIL = [
  ['b', B],
  ['c', C],
] as const

const LMDB_PAGE = 4_096
const NAME = '00000001.car'

/** The index of a store that knows of A, and its segment with B and C: as a crash before their index transactions leaves it. */
type Torn = { index: Buffer; known: number; bytes: Buffer; meta: SegmentMeta; ends: number[] }

const tornStore = async (directory: string): Promise<Torn> => {
  const path = join(directory, 'segments', NAME)
  let store = await BlockStore.open({ directory, noIndexSync: true })
  await putDag(store, 'a', A)
  await store.close()
  const index = await readFile(join(directory, 'index', 'data.mdb'))
  const known = (await stat(path)).size
  const meta = await segmentMeta(directory)
  store = await BlockStore.open({ directory, noIndexSync: true })
  const ends: number[] = []
  for (const [contentId, dag] of TAIL) {
    await putDag(store, contentId, dag)
    ends.push((await stat(path)).size)
  }
  await store.close()
  return { index, known, bytes: await readFile(path), meta, ends }
}

const segmentMeta = async (directory: string): Promise<SegmentMeta> => {
  const index = new StoreIndex(join(directory, 'index'))
  const meta = index.segment(1)
  await index.close()
  if (meta === undefined) throw new Error('no segment')
  return meta
}

/** Opens the store as it was, with other bytes in its segment; tells what is there, and that all of that is right. */
const openWith = async (
  torn: Torn,
  scratch: string,
  bytes: Uint8Array,
  faults: StoreFaults = {},
): Promise<{ found: string[]; length: number }> => {
  await rm(join(scratch, 'segments'), { recursive: true, force: true })
  await mkdir(join(scratch, 'segments'))
  const path = join(scratch, 'segments', NAME)
  await writeFile(path, bytes)
  await writeFile(join(scratch, 'index', 'data.mdb'), torn.index)
  const store = await BlockStore.open({ directory: scratch, noIndexSync: true, faults })
  try {
    expect(await readsBack(store, A)).toBe(true)
    const found: string[] = []
    for (const [contentId, dag] of TAIL as readonly (readonly [string, TestDag])[]) {
      expect(await readsBack(store, dag)).toBe(store.hasRoot(contentId))
      if (store.hasRoot(contentId)) found.push(contentId)
    }
    const length = await stat(path).then(
      ({ size }) => size,
      () => 0,
    )
    return { found, length }
  } finally {
    await store.close()
  }
}

/** Which groups recovery would accept, told by their ends; much quicker than a start. */
const endsIn = async (directory: string, torn: Torn, bytes: Uint8Array): Promise<number[]> => {
  await writeFile(join(directory, 'segments', NAME), bytes)
  const tail = await findTail({ directory, id: 1, meta: torn.meta, trust: false })
  return [tail?.length ?? 0, ...(tail?.groups.map((group) => group.end) ?? [])]
}

/** Every place of the tail; `start` says at which of them the whole store is started. */
const places = function* ({ known, bytes, ends }: Torn): Generator<{ at: number; start: boolean }> {
  for (let at = known; at < bytes.length; at++)
    yield { at, start: at % 11 === 0 || ends.some((end) => Math.abs(at - end) < 2) }
}

test('cut at every offset, a tail gives whole uploads or nothing', async () => {
  await using folders = testFolders()
  const scratch = await folders.make()
  const torn = await tornStore(scratch)
  const [endOfB = 0, endOfC = 0] = torn.ends
  expect(await openWith(torn, scratch, torn.bytes)).toEqual({ found: ['b', 'c'], length: endOfC })
  for (const { at, start } of places(torn)) {
    const cut = torn.bytes.subarray(0, at)
    // What is not there in whole is cut, to the byte.
    expect(await endsIn(scratch, torn, cut)).toEqual(at < endOfB ? [torn.known] : [endOfB, endOfB])
    if (!start) continue
    const expected = at < endOfB ? { found: [], length: torn.known } : { found: ['b'], length: endOfB }
    expect(await openWith(torn, scratch, cut)).toEqual(expected)
  }
})

const flip = (bytes: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(bytes)
  flipped[at] = (flipped[at] ?? 0) ^ 0x40
  return flipped
}

const checkFlips = async (faults: StoreFaults = {}): Promise<void> => {
  await using folders = testFolders()
  const scratch = await folders.make()
  const torn = await tornStore(scratch)
  for (const { at, start } of places(torn))
    if (start) {
      const { found } = await openWith(torn, scratch, flip(torn.bytes, at), faults)
      expect(found.length, `byte ${at}`).toBeLessThan(2)
    }
}

test('damaged at any byte, a tail gives nothing that is not whole and right', async () => {
  await checkFlips()
})

test('every byte of a tail counts: of a block, of a list, of a marker', async () => {
  await using folders = testFolders()
  const scratch = await folders.make()
  const torn = await tornStore(scratch)
  const directory = scratch
  for (const { at } of places(torn)) {
    await writeFile(join(scratch, 'segments', NAME), flip(torn.bytes, at))
    const tail = await findTail({ directory, id: 1, meta: torn.meta, trust: false })
    const sound = tail?.groups.filter((group) => group.sound) ?? []
    expect(sound.length, `byte ${at}`).toBeLessThan(2)
  }
})

test('the suite fails when recovery skips the hashes of the tail', async () => {
  await expect(checkFlips({ trustTail: true })).rejects.toThrow()
})

test('a marker inside of an uploaded block is none, even when damage makes a scan fall into the block', async () => {
  await using folders = testFolders()
  const [directory, other] = [await folders.make(), await folders.make()]
  for (const [path, contentId] of [
    [directory, 'a'],
    [other, 'smuggled'],
  ] as const) {
    const store = await BlockStore.open({ directory: path, noIndexSync: true })
    await putDag(store, contentId, leafDag(contentId))
    await store.close()
  }
  const records = (await readFile(join(other, 'segments', NAME))).subarray(CAR_HEADER.length)
  const forged = rawBlock(records)
  let store = await BlockStore.open({ directory, noIndexSync: true })
  await putDag(store, 'forged', { root: forged.cid, blocks: [forged] })
  await store.close()
  const segment = await readFile(join(directory, 'segments', NAME))
  // The length of the block's record.
  segment[segment.indexOf(records) - 38] = 0
  await writeFile(join(directory, 'segments', NAME), segment)
  const result = await rebuildIndex(directory)
  expect(result.damaged).toBeGreaterThan(0)
  expect(result.broken).toMatchObject([{ contentId: 'forged' }])
  store = await BlockStore.open({ directory, noIndexSync: true })
  expect(store.hasRoot('a')).toBe(true)
  expect(store.hasRoot('smuggled')).toBe(false)
  await store.close()
})

test('unlinks files that a crash left at their start, and puts a segment without one aside', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  await (await BlockStore.open({ directory })).close()
  const path = (id: number) => join(directory, 'segments', `0000000${id}.car`)
  await writeFile(path(1), '')
  await writeFile(path(2), CAR_HEADER.subarray(0, 9))
  await writeFile(path(3), CAR_HEADER)
  await writeFile(path(4), Buffer.concat([CAR_HEADER, encodeTitle(newTitle('own', 'public')), Buffer.alloc(5_000)]))
  await writeFile(path(5), Buffer.alloc(5_000))
  const store = await BlockStore.open({ directory })
  expect(await readdir(join(directory, 'segments'))).toEqual(['00000005.car.damaged'])
  await putDag(store, 'a', A)
  expect(await readdir(join(directory, 'segments'))).toContain('00000006.car')
  await store.close()
})

test('goes on with an upload of many slices, and with a release of many', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const dag = treeDag('many', 100, 3)
  const crash = Promise.withResolvers<string>()
  let slices = 0
  const options = { spillBytes: 100, sliceBlocks: 7, noIndexSync: true }
  const store = await BlockStore.open({
    directory,
    ...options,
    faults: {
      pause: async (where) => {
        // In the middle of the upload, and later in the middle of the release.
        if (where === 'slice' && (++slices === 5 || slices === 50)) crash.resolve(await folders.copy(directory))
      },
    },
  })
  await putDag(store, 'many', dag)
  const left = await crash.promise
  const again = await BlockStore.open({ directory: left, ...options })
  expect(again.recovery.recovered).toBe(1)
  expect(await readsBack(again, dag)).toBe(true)
  expect(await problemsOf(again)).toEqual([])
  expect((await again.stats()).pendingUploads).toBe(0)
  void again.release('many')
  await again.release('many')
  // Closed in the middle: what is left goes on at the next start.
  await again.close()
  const last = await BlockStore.open({ directory: left, ...options })
  await last.idle()
  expect(await last.stats()).toMatchObject({ blocks: 0, pendingReleases: 0, roots: 0 })
  await last.close()
  await store.close()
})

test('rolls a large upload forward whose marker is all that was durable', async () => {
  await using folders = testFolders()
  for (const sliceBlocks of [4_096, 7]) {
    const directory = await folders.make()
    const crash = Promise.withResolvers<string>()
    const options = { spillBytes: 100, sliceBlocks, noIndexSync: true }
    const store = await BlockStore.open({
      directory,
      ...options,
      faults: {
        pause: async (where) => {
          if (where === 'sealed') crash.resolve(await folders.copy(directory))
        },
      },
    })
    const dag = treeDag('large', 60, 3)
    await putDag(store, 'large', dag)
    await store.close()
    const again = await BlockStore.open({ directory: await crash.promise, ...options })
    expect(again.recovery).toMatchObject({ recovered: 1, dropped: [] })
    expect(await readsBack(again, dag)).toBe(true)
    expect(await problemsOf(again)).toEqual([])
    await again.close()
  }
})

test('what a power cut undoes in the index, as its last commit leaves the meta page to the next, is rolled forward', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const index = join(directory, 'index', 'data.mdb')
  const store = await BlockStore.open({ directory })
  await putDag(store, 'a', A)
  const metaPages = (await readFile(index)).subarray(0, 2 * LMDB_PAGE)
  await putDag(store, 'b', B)
  const cut = await folders.copy(directory)
  await store.close()

  const without = await open(join(cut, 'index', 'data.mdb'), 'r+')
  await without.write(metaPages, 0, metaPages.length, 0)
  await without.close()
  const warned: string[] = []
  const again = await BlockStore.open({
    directory: cut,
    logger: { info: () => {}, warn: (_fields, message) => void warned.push(message), error: () => {} },
  })
  expect(warned).toEqual(['the block store was not closed; it has recovered'])
  for (const dag of [A, B]) expect(await readsBack(again, dag)).toBe(true)
  expect(await problemsOf(again)).toEqual([])
  await again.close()
})

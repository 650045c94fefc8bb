import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BlockStore } from '../block-store/block-store.ts'
import { rebuildIndex } from '../block-store/rebuild-index.ts'
import { problemsOf, testFolders } from '../block-store/test-dags.ts'
import { CACHE_REALM, cacheCar, evictCache } from './cache-car.ts'
import { carV1, cborBlock, inPieces, rawBlock, type TestBlock } from './test-cars.ts'

const [a, b, c] = [rawBlock('a'.repeat(100)), rawBlock('b'.repeat(100)), rawBlock('c'.repeat(100))]
const root = cborBlock({ a: a.cid, b: b.cid })

const open = async () => {
  const folders = testFolders()
  const directory = join(await folders.make(), 'store')
  let store = await BlockStore.open({ directory, spillBytes: 1_000 })
  onTestFinished(async () => {
    await store.close()
    await folders[Symbol.asyncDispose]()
  })
  return {
    take: (car: Uint8Array, maxBytes = 10_000) =>
      cacheCar(inPieces(car, 50), { store, contentId: randomUUIDv7(), maxBytes }),
    evict: (maxBytes: number) => evictCache(store, maxBytes),
    has: async ({ cid }: TestBlock) => (await store.reader(CACHE_REALM).get(cid)) !== undefined,
    roots: () => Array.fromAsync(store.roots({ realm: CACHE_REALM })),
    problems: () => problemsOf(store),
    rebuild: async () => {
      await store.close()
      await rebuildIndex(directory)
      store = await BlockStore.open({ directory, spillBytes: 1_000 })
    },
  }
}

test('a CAR that lacks blocks is cached block by block, through a rebuild too', async () => {
  const cache = await open()
  expect(await cache.take(carV1([root.cid], [root, a, a]))).toEqual({
    blocks: 2,
    bytes: root.bytes.length + a.bytes.length,
    evicted: 0,
  })
  await cache.rebuild()
  expect([await cache.has(root), await cache.has(a), await cache.has(b)]).toEqual([true, true, false])
  expect(await cache.problems()).toEqual([])
})

test('a large CAR is cached as a small one is', async () => {
  const cache = await open()
  const many = Array.from({ length: 40 }, (_, index) => rawBlock(`${index} `.repeat(60)))
  expect(await cache.take(carV1([], many))).toMatchObject({ blocks: 40 })
  await cache.rebuild()
  for (const block of many) expect(await cache.has(block)).toBe(true)
  expect(await cache.problems()).toEqual([])
})

test.each([
  ['a block that is not what its CID says', [root, { ...a, bytes: b.bytes }], 'invalid_car'],
  ['no blocks', [], 'invalid_car'],
  ['more bytes than may be cached', [root, a, b, c], 'payload_too_large'],
])('%s: the CAR is refused, and nothing of it stays', async (_, blocks, code) => {
  const cache = await open()
  await expect(cache.take(carV1([root.cid], blocks), 350)).rejects.toMatchObject({ code })
  expect(await cache.roots()).toEqual([])
  expect(await cache.has(root)).toBe(false)
})

test('the oldest CARs go for a new one, and what another has stays', async () => {
  const cache = await open()
  await cache.take(carV1([], [a, b]), 450)
  await cache.take(carV1([], [b, c]), 450)
  expect(await cache.take(carV1([], [rawBlock('d'.repeat(100))]), 350)).toMatchObject({ evicted: 1 })
  expect([await cache.has(a), await cache.has(b), await cache.has(c)]).toEqual([false, true, true])
  expect(await cache.evict(0)).toBe(2)
  expect([await cache.has(b), await cache.roots()]).toEqual([false, []])
})

test('a CAR that comes once more takes no room twice, and counts as new', async () => {
  const cache = await open()
  await cache.take(carV1([], [a]), 250)
  await cache.take(carV1([], [b]), 250)
  expect(await cache.take(carV1([], [a]), 250)).toMatchObject({ evicted: 0 })
  expect(await cache.roots()).toHaveLength(2)
  await cache.take(carV1([], [c]), 250)
  expect([await cache.has(a), await cache.has(b), await cache.has(c)]).toEqual([true, false, true])
})

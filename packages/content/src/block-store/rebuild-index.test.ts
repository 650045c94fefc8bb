import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import { MARKER_CID_PREFIX } from './commit-marker.ts'
import { rebuildIndex } from './rebuild-index.ts'
import { SILENT } from './store-options.ts'
import { joinDags, leafDag, problemsOf, putDag, readsBack, testFolders, treeDag } from './test-dags.ts'

const OPTIONS = { spillBytes: 1_000, segmentBytes: 2_000, sliceBlocks: 16, noIndexSync: true }
const part = treeDag('part', 20)
const whole = joinDags([part, treeDag('rest', 60)])
const shared = leafDag('shared')

/** Small, large, adopted, private and released roots over many segments. */
const fill = async (directory: string) => {
  const store = await BlockStore.open({ directory, ...OPTIONS })
  await putDag(store, 'whole', whole)
  await store.adoptRoot({ realm: 'public', contentId: 'part', cid: part.root })
  for (let i = 0; i < 20; i++) await putDag(store, `small-${i}`, leafDag(`small ${i}`))
  await putDag(store, 'shared-1', shared)
  await putDag(store, 'shared-2', shared)
  await putDag(store, 'mine', whole, 'tenant-1')
  await store.release('whole')
  await store.release('shared-1')
  for (let i = 0; i < 20; i += 2) await store.release(`small-${i}`)
  await store.idle()
  return store
}

const checkFilled = async (store: BlockStore) => {
  expect(await readsBack(store, part)).toBe(true)
  expect(await readsBack(store, whole)).toBe(false)
  expect(await readsBack(store, whole, 'tenant-1')).toBe(true)
  expect(await readsBack(store, shared)).toBe(true)
  for (let i = 0; i < 20; i++) expect(await readsBack(store, leafDag(`small ${i}`))).toBe(i % 2 === 1)
  expect(await problemsOf(store)).toEqual([])
}

const indexPath = (directory: string) => join(directory, 'index', 'data.mdb')

test.each([
  ['is missing', (directory: string) => rm(join(directory, 'index'), { recursive: true })],
  ['is empty', (directory: string) => truncate(indexPath(directory), 0)],
  ['is cut in the middle', (directory: string) => truncate(indexPath(directory), 32_768)],
  ['is garbage', (directory: string) => writeFile(indexPath(directory), Buffer.alloc(65_536, 0x5a))],
  [
    'belongs to another store',
    async (directory: string) => {
      await mkdir(join(directory, 'other'))
      await (await BlockStore.open({ directory: join(directory, 'other') })).close()
      await writeFile(indexPath(directory), await readFile(indexPath(join(directory, 'other'))))
    },
  ],
])('an index that %s is rebuilt from the segments', async (_, spoil) => {
  await using folders = testFolders()
  const directory = await folders.make()
  const before = await fill(directory)
  await checkFilled(before)
  const stats = await before.stats()
  const roots = await Array.fromAsync(before.roots())
  await before.close()
  await spoil(directory)
  const after = await BlockStore.open({ directory, ...OPTIONS })
  await checkFilled(after)
  const { blocks, liveBytes, brokenRoots } = await after.stats()
  expect({ blocks, liveBytes, brokenRoots }).toEqual({
    blocks: stats.blocks,
    liveBytes: stats.liveBytes,
    brokenRoots: 0,
  })
  expect(await Array.fromAsync(after.roots())).toEqual(roots)
  // Counts are right too: what is released goes.
  for await (const root of after.roots()) await after.release(root.contentId)
  await after.idle()
  expect((await after.stats()).blocks).toBe(0)
  await after.close()
})

test('a rebuild does not bring a released root back, though the marker of its release was in another segment', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const options = { ...OPTIONS, segmentBytes: 1 }
  const store = await BlockStore.open({ directory, ...options })
  // One segment each: the first stays because of `kept`, that of the release marker has nothing else.
  const kept = leafDag('kept')
  await Promise.all([putDag(store, 'kept', kept), putDag(store, 'gone', leafDag('gone'))])
  await store.release('gone')
  await store.idle()
  expect(await readdir(join(directory, 'segments'))).toHaveLength(2)
  await store.close()
  await rebuildIndex(directory)
  const again = await BlockStore.open({ directory, ...options })
  expect(again.hasRoot('gone')).toBe(false)
  expect(await readsBack(again, kept)).toBe(true)
  // Together they can go.
  await again.release('kept')
  await again.idle()
  const left = await readdir(join(directory, 'segments'))
  expect(left.length).toBeLessThan(3)
  await again.close()
})

test('a rebuild tells which roots are not whole, and then nothing is unlinked', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, noIndexSync: true })
  await putDag(store, 'good', leafDag('good'))
  await putDag(store, 'bad', joinDags([leafDag('damaged leaf'), leafDag('sound leaf')]))
  await store.close()
  const path = join(directory, 'segments', '00000001.car')
  const bytes = await readFile(path)
  bytes[bytes.indexOf('damaged leaf')] = 0
  await writeFile(path, bytes)
  const checked = await BlockStore.open({ directory, noIndexSync: true })
  expect(await problemsOf(checked)).toMatchObject([
    { kind: 'damaged-segment', segment: 1 },
    { kind: 'damaged-block', cid: leafDag('damaged leaf').root.toString() },
  ])
  await expect(readsBack(checked, leafDag('damaged leaf'))).rejects.toMatchObject({ code: 'internal' })
  await checked.close()
  const result = await rebuildIndex(directory)
  expect(result).toMatchObject({
    roots: 1,
    damaged: 1,
    broken: [{ contentId: 'bad', missing: leafDag('damaged leaf').root.toString() }],
  })
  const again = await BlockStore.open({ directory, noIndexSync: true, segmentBytes: 1 })
  expect((await again.stats()).brokenRoots).toBe(1)
  expect(await readsBack(again, leafDag('good'))).toBe(true)
  await again.release('good')
  await again.idle()
  expect(await readdir(join(directory, 'segments'))).toContain('00000001.car')
  // Released like any other, they are gone for the next rebuild too, and segments go again.
  expect(await again.release('bad')).toBe(true)
  expect(await again.release('bad')).toBe(false)
  await again.close()
  const last = await BlockStore.open({ directory, noIndexSync: true })
  await last.idle()
  expect(await last.stats()).toMatchObject({ blocks: 0, brokenRoots: 0 })
  expect(await readdir(join(directory, 'segments'))).not.toContain('00000001.car')
  await last.close()
  expect((await rebuildIndex(directory)).broken).toEqual([])
})

test('a segment that is missing or cut makes the index unfit, and what is left is kept', async () => {
  await using folders = testFolders()
  for (const spoil of [(path: string) => rm(path), (path: string) => truncate(path, 200)]) {
    const directory = await folders.make()
    const store = await BlockStore.open({ directory, ...OPTIONS })
    await putDag(store, 'small', leafDag('small'))
    await putDag(store, 'large', treeDag('large', 60))
    await store.close()
    await spoil(join(directory, 'segments', '00000002.car'))
    const again = await BlockStore.open({ directory, ...OPTIONS })
    expect(await readsBack(again, leafDag('small'))).toBe(true)
    expect(again.hasRoot('large')).toBe(false)
    await again.close()
  }
})

const segmentPathIn = (directory: string, id: number) => join(directory, 'segments', `0000000${id}.car`)

/** Damages the last marker of a segment. */
const spoilMarker = async (path: string): Promise<Buffer> => {
  const bytes = await readFile(path)
  const at = bytes.lastIndexOf(MARKER_CID_PREFIX) + MARKER_CID_PREFIX.length + 8
  bytes[at] = (bytes[at] ?? 0) ^ 0x40
  await writeFile(path, bytes)
  return bytes
}

/** Loses the index, and starts twice. */
const loseIndex = async (directory: string) => {
  await rm(join(directory, 'index'), { recursive: true })
  const errors: string[] = []
  const logger = { ...SILENT, error: (_: object, text: string) => void errors.push(text) }
  await (await BlockStore.open({ directory, ...OPTIONS, logger })).close()
  expect(errors).toContain('the block store holds bytes that no marker speaks for; they are kept')
  const store = await BlockStore.open({ directory, ...OPTIONS })
  await store.idle()
  return store
}

test('a rebuild keeps a segment whose only marker is damaged, and others may lean on its blocks', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  let store = await BlockStore.open({ directory, ...OPTIONS })
  const large = treeDag('large', 60)
  await putDag(store, 'large', large)
  await store.adoptRoot({ realm: 'public', contentId: 'twin', cid: large.root })
  await store.close()
  const bytes = await spoilMarker(segmentPathIn(directory, 1))
  store = await loseIndex(directory)
  expect(store.hasRoot('large')).toBe(false)
  expect(await readsBack(store, large)).toBe(true)
  const { setAside } = await store.stats()
  expect(setAside).toMatchObject({ count: 1 })
  expect(setAside.bytes).toBeGreaterThan(bytes.length / 2)
  expect(store.recovery.setAside).toEqual(setAside)
  await store.release('twin')
  await store.idle()
  expect((await store.stats()).blocks).toBe(0)
  await store.close()
  expect(await readFile(segmentPathIn(directory, 1))).toEqual(bytes)
})

test.each([1, 2])(
  'a rebuild keeps the commits of a shared segment whose marker is damaged (%i of 2)',
  async (which) => {
    await using folders = testFolders()
    const directory = await folders.make()
    let store = await BlockStore.open({ directory, ...OPTIONS })
    const path = segmentPathIn(directory, 1)
    await putDag(store, 'first', leafDag('first'))
    if (which === 1) await spoilMarker(path)
    await putDag(store, 'second', leafDag('second'))
    await store.close()
    if (which === 2) await spoilMarker(path)
    const bytes = await readFile(path)
    store = await loseIndex(directory)
    const [lost, kept] = which === 1 ? ['first', 'second'] : ['second', 'first']
    expect(store.hasRoot(lost)).toBe(false)
    expect(await readsBack(store, leafDag(kept))).toBe(true)
    expect(await store.release(kept)).toBe(true)
    await store.idle()
    expect((await store.stats()).setAside).toMatchObject({ count: 1 })
    await store.close()
    expect(await readFile(path)).toEqual(bytes)
    // Who has looked at it removes it.
    await rm(path)
    store = await BlockStore.open({ directory, ...OPTIONS })
    await store.idle()
    expect((await store.stats()).setAside).toEqual({ count: 0, bytes: 0 })
    await store.close()
  },
)

test('a small segment that has lost its title is put aside', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, ...OPTIONS })
  await putDag(store, 'small', leafDag('small'))
  await store.close()
  const path = segmentPathIn(directory, 1)
  const bytes = await readFile(path)
  bytes[3] = 0
  await writeFile(path, bytes)
  const again = await loseIndex(directory)
  expect(await readFile(`${path}.damaged`)).toEqual(bytes)
  expect(again.recovery.setAside).toEqual({ count: 1, bytes: bytes.length })
  await again.close()
})

test('a rebuild does not give out the ids of segments that are gone', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const options = { ...OPTIONS, segmentBytes: 1 }
  const segments = async () => (await readdir(join(directory, 'segments'))).map((name) => Number.parseInt(name, 10))
  let store = await BlockStore.open({ directory, ...options })
  let highest = 0
  for (let i = 0; i < 3; i++) {
    await putDag(store, `gone-${i}`, leafDag(`gone ${i}`))
    highest = Math.max(highest, ...(await segments()))
    await store.release(`gone-${i}`)
    highest = Math.max(highest, ...(await segments()))
    await store.idle()
  }
  await store.close()
  expect(highest).toBeGreaterThan(2)
  for (const id of await segments()) await rm(segmentPathIn(directory, id))
  await rm(join(directory, 'index'), { recursive: true })
  await rebuildIndex(directory)
  store = await BlockStore.open({ directory, ...options })
  await putDag(store, 'new', leafDag('new'))
  expect(Math.min(...(await segments()))).toBeGreaterThan(highest)
  await store.close()
})

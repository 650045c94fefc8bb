import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import {
  leafDag,
  nodeBlock,
  problemsOf,
  putDag,
  rawBlock,
  readsBack,
  testFolders,
  textBlock,
  treeDag,
} from './test-dags.ts'

const code = async (promise: Promise<unknown> | unknown): Promise<string> => {
  try {
    await promise
  } catch (error) {
    return error instanceof HoldfastError ? error.code : String(error)
  }
  return 'nothing was thrown'
}

const segmentFiles = async (directory: string) => readdir(join(directory, 'segments'))

test('reads back what was committed, and keeps it over a restart', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  let store = await BlockStore.open({ directory })
  const small = leafDag('hello')
  const tree = treeDag('tree', 100)
  expect(await putDag(store, 'small', small)).toEqual({ dagSize: 5, blocks: 1 })
  await putDag(store, 'tree', tree)
  expect(await readsBack(store, small)).toBe(true)
  expect(await readsBack(store, tree)).toBe(true)
  const { id } = store
  await store.close()
  store = await BlockStore.open({ directory })
  expect(store.recovery).toMatchObject({ recovered: 0, cutBytes: 0, dropped: [] })
  expect(store.id).toBe(id)
  expect(await readsBack(store, tree)).toBe(true)
  expect(store.hasRoot('tree')).toBe(true)
  expect(await problemsOf(store)).toEqual([])
  await store.close()
})

test('shows nothing of an upload before its commit, and nothing after its abort', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, spillBytes: 1_000 })
  for (const size of [10, 5_000]) {
    const block = rawBlock(Buffer.alloc(size, size))
    const upload = store.beginUpload({ realm: 'public', contentId: `c${size}` })
    await upload.put(block.cid, block.bytes)
    expect(store.reader('public').locate(block.cid)).toBeUndefined()
    expect(store.inFlight().has(`c${size}`)).toBe(true)
    await upload.abort()
    expect(store.reader('public').locate(block.cid)).toBeUndefined()
    expect(store.inFlight().has(`c${size}`)).toBe(false)
    expect(await code(upload.commit(block.cid))).toBe('conflict')
  }
  expect(await segmentFiles(directory)).toEqual([])
  await store.close()
})

test('gives an upload above the limit a segment of its own, and removes it with its last block', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, spillBytes: 1_000 })
  await putDag(store, 'small', leafDag('small'))
  const large = treeDag('a long name to make it large', 200)
  await putDag(store, 'large', large)
  expect(await segmentFiles(directory)).toHaveLength(2)
  expect(await store.release('large')).toBe(true)
  expect(await store.release('large')).toBe(false)
  await store.idle()
  expect(await readsBack(store, large)).toBe(false)
  expect(await segmentFiles(directory)).toHaveLength(1)
  expect(await problemsOf(store)).toEqual([])
  await store.close()
})

test('keeps realms apart', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const dag = treeDag('both', 10)
  await putDag(store, 'public', dag)
  await putDag(store, 'private', dag, 'tenant-1')
  await store.release('public')
  await store.idle()
  expect(await readsBack(store, dag)).toBe(false)
  expect(await readsBack(store, dag, 'tenant-1')).toBe(true)
  expect(await store.adoptRoot({ realm: 'public', contentId: 'x', cid: dag.root })).toBe(false)
  expect(() => store.reader('../public')).toThrow(TypeError)
  await store.close()
})

test.each([
  ['small', 1_000_000],
  ['large', 100],
])('refuses a %s DAG that is not whole, and keeps nothing of it', async (_, spillBytes) => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, spillBytes })
  const dag = treeDag('with a hole', 30)
  const holed = { ...dag, blocks: dag.blocks.filter((_, i) => i !== 7) }
  expect(await code(putDag(store, 'holed', holed))).toBe('invalid_request')
  expect(store.hasRoot('holed')).toBe(false)
  expect(store.inFlight().size).toBe(0)
  expect((await store.stats()).blocks).toBe(0)
  expect(await segmentFiles(directory)).toEqual([])
  await putDag(store, 'holed', dag)
  expect(await readsBack(store, dag)).toBe(true)
  await store.close()
})

test('takes an upload that leaves out what is held already', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const part = treeDag('part', 10)
  await putDag(store, 'part', part)
  const root = nodeBlock([part.root])
  await putDag(store, 'above', { root: root.cid, blocks: [root] })
  await store.release('part')
  await store.idle()
  expect(await readsBack(store, { root: root.cid, blocks: [...part.blocks, root] })).toBe(true)
  await store.close()
})

test('refuses bytes that are not what their CID says', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const upload = store.beginUpload({ realm: 'public', contentId: 'a' })
  const block = textBlock('right')
  expect(await code((async () => upload.put(block.cid, Buffer.from('wrong')))())).toBe('invalid_request')
  const big = rawBlock(Buffer.alloc(2 * 1024 * 1024 + 1))
  expect(await code((async () => upload.put(big.cid, big.bytes))())).toBe('payload_too_large')
  const git = CID.createV1(0x78, block.cid.multihash)
  expect(await code((async () => upload.put(git, block.bytes))())).toBe('unsupported_cid')
  const blake = CID.createV1(0x55, Digest.create(0xb220, new Uint8Array(32)))
  expect(await code((async () => upload.put(blake, block.bytes))())).toBe('unsupported_cid')
  const notANode = CID.createV1(0x70, rawBlock(Buffer.from('no node')).cid.multihash)
  expect(await code((async () => upload.put(notANode, Buffer.from('no node')))())).toBe('invalid_request')
  await upload.abort()
  await store.close()
})

test('keeps the empty block, and blocks of a file that repeats itself', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, segmentBytes: 100 })
  const empty = leafDag('')
  await putDag(store, 'empty', empty)
  await putDag(store, 'other', leafDag('other'))
  expect(await readsBack(store, empty)).toBe(true)
  await store.release('other')
  await store.idle()
  expect(await readsBack(store, empty)).toBe(true)
  expect(await problemsOf(store)).toEqual([])
  await store.close()
})

test('a content id has one root, and is in flight until it is settled', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), spillBytes: 100 })
  await putDag(store, 'id', leafDag('a'))
  expect([...store.inFlight()]).toEqual(['id'])
  expect(await code(putDag(store, 'id', leafDag('b')))).toBe('conflict')
  expect(await code(putDag(store, 'id', treeDag('large', 50)))).toBe('conflict')
  expect(await code(store.adoptRoot({ realm: 'public', contentId: 'id', cid: leafDag('a').root }))).toBe('conflict')
  expect(await readsBack(store, leafDag('a'))).toBe(true)
  await store.close()
})

test('a second upload of a large file leaves no bytes behind', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  for (const sliceBlocks of [4_096, 16]) {
    const store = await BlockStore.open({ directory, spillBytes: 100, sliceBlocks })
    const dag = treeDag(`large ${sliceBlocks}`, 100)
    await putDag(store, `first-${sliceBlocks}`, dag)
    const before = (await store.stats()).bytes
    await putDag(store, `second-${sliceBlocks}`, dag)
    expect((await store.stats()).bytes - before).toBeLessThan(1_000)
    await store.release(`first-${sliceBlocks}`)
    await store.idle()
    expect(await readsBack(store, dag)).toBe(true)
    expect(await problemsOf(store)).toEqual([])
    await store.close()
  }
})

test('indexes a DAG of many slices, parents first or last, and gives it back in slices', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, spillBytes: 100, sliceBlocks: 7 })
  const dag = treeDag('many slices', 200, 3)
  for (const blocks of [dag.blocks, dag.blocks.toReversed()]) {
    await putDag(store, 'many', { root: dag.root, blocks })
    expect(await readsBack(store, dag)).toBe(true)
    expect(await problemsOf(store)).toEqual([])
    expect((await store.stats()).blocks).toBe(dag.blocks.length)
    await store.release('many')
    expect(await readsBack(store, dag)).toBe(false)
    await store.idle()
    expect((await store.stats()).blocks).toBe(0)
    expect(await readdir(join(directory, 'segments'))).toHaveLength(1)
  }
  await store.close()
})

test('tells all roots, and ends an upload whose signal is aborted', async () => {
  await using folders = testFolders()
  let now = 1_000
  const store = await BlockStore.open({ directory: await folders.make(), now: () => now++ })
  for (let i = 0; i < 5; i++) await putDag(store, `r${i}`, leafDag(`r${i}`))
  const found: unknown[] = []
  for await (const root of store.roots({ addedBefore: 1_004 })) found.push([root.contentId, root.bytes])
  expect(found.sort()).toEqual([0, 1, 2, 3].map((i) => [`r${i}`, 2]))
  const abort = new AbortController()
  const upload = store.beginUpload({ realm: 'public', contentId: 'aborted', signal: abort.signal })
  abort.abort(new Error('gone away'))
  expect(() => upload.put(textBlock('x').cid, textBlock('x').bytes)).toThrow('gone away')
  await nextTurn()
  expect(store.inFlight().has('aborted')).toBe(false)
  await store.close()
})

test('raises its epoch, never lowers it', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  let store = await BlockStore.open({ directory })
  expect(store.epoch).toBe(0)
  await store.raiseEpoch(7)
  await store.raiseEpoch(3)
  await store.close()
  store = await BlockStore.open({ directory })
  expect(store.epoch).toBe(7)
  await store.close()
})

test('measures a DAG that is held', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const dag = treeDag('measured', 30)
  const put = await putDag(store, 'm', dag)
  expect(await store.measure({ realm: 'public', cid: dag.root })).toEqual({ bytes: put.dagSize, blocks: put.blocks })
  expect(await store.measure({ realm: 'public', cid: leafDag('none').root })).toBeUndefined()
  await store.close()
})

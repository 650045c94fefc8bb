import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import {
  joinDags,
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

test('keeps a DAG until its last root goes, whoever released first', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const dag = treeDag('shared', 20)
  await putDag(store, 'one', dag)
  await putDag(store, 'two', dag)
  expect(await store.adoptRoot({ realm: 'public', contentId: 'three', cid: dag.root })).toBe(true)
  for (const [contentId, left] of [
    ['two', true],
    ['one', true],
    ['three', false],
  ] as const) {
    expect(await store.release(contentId)).toBe(true)
    await store.idle()
    expect(await readsBack(store, dag)).toBe(left)
  }
  expect((await store.stats()).blocks).toBe(0)
  await store.close()
})

test('keeps a part of a DAG that has a root of its own', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const part = treeDag('part', 20)
  const whole = joinDags([part, treeDag('rest', 20)])
  await putDag(store, 'whole', whole)
  expect(await store.adoptRoot({ realm: 'public', contentId: 'part', cid: part.root })).toBe(true)
  await store.release('whole')
  await store.idle()
  expect(await readsBack(store, whole)).toBe(false)
  expect(await readsBack(store, part)).toBe(true)
  expect(await problemsOf(store)).toEqual([])
  expect((await store.stats()).blocks).toBe(part.blocks.length)
  await store.close()
})

test('adopts nothing that is not held', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  expect(await store.adoptRoot({ realm: 'public', contentId: 'a', cid: leafDag('none').root })).toBe(false)
  expect(store.hasRoot('a')).toBe(false)
  expect(store.inFlight().size).toBe(0)
  await store.close()
})

test('counts the links of a dag-pb node apart from a raw leaf with the same bytes', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const leaf = textBlock('leaf')
  const node = nodeBlock([leaf.cid])
  const disguised = rawBlock(node.bytes)
  await putDag(store, 'raw', { root: disguised.cid, blocks: [disguised] })
  await putDag(store, 'node', { root: node.cid, blocks: [leaf, node] })
  await store.release('raw')
  await store.idle()
  expect(await readsBack(store, { root: node.cid, blocks: [leaf, node] })).toBe(true)
  await putDag(store, 'raw again', { root: disguised.cid, blocks: [disguised] }).catch(() => undefined)
  await putDag(store, 'raw-again', { root: disguised.cid, blocks: [disguised] })
  await store.release('node')
  await store.idle()
  expect(await store.reader('public').get(leaf.cid)).toBeUndefined()
  // The bytes are the same, whatever codec they are asked for with.
  expect(await store.reader('public').get(node.cid)).toEqual(Buffer.from(node.bytes))
  expect(await problemsOf(store)).toEqual([])
  await store.close()
})

test('counts a link once however often a node has it', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const leaf = textBlock('leaf')
  const node = nodeBlock([leaf.cid, leaf.cid, leaf.cid])
  await putDag(store, 'node', { root: node.cid, blocks: [leaf, node] })
  expect(await problemsOf(store)).toEqual([])
  await store.release('node')
  await store.idle()
  expect((await store.stats()).blocks).toBe(0)
  await store.close()
})

test('serves identity CIDs from themselves, and holds what they link to', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const leaf = textBlock('x')
  const inner = nodeBlock([leaf.cid])
  const identity = CID.createV1(0x70, Digest.create(0, inner.bytes))
  const upload = store.beginUpload({ realm: 'public', contentId: 'inline' })
  await upload.put(leaf.cid, leaf.bytes)
  await upload.commit(identity)
  expect(await store.reader('public').get(identity)).toEqual(inner.bytes)
  expect(await store.reader('public').get(leaf.cid)).toEqual(Buffer.from('x'))
  await store.release('inline')
  await store.idle()
  expect(await store.reader('public').get(leaf.cid)).toBeUndefined()
  await store.close()
})

test('leaves a content id in flight when a second root for it is refused', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const dag = leafDag('twice')
  await putDag(store, 'one', dag)
  const adopt = { realm: 'public', contentId: 'two', cid: dag.root }
  const [first, second] = await Promise.allSettled([store.adoptRoot(adopt), store.adoptRoot(adopt)])
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected'])
  expect(store.inFlight().has('two')).toBe(true)
  await store.close()
})

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import { rebuildIndex } from './rebuild-index.ts'
import { BlockDamaged, SegmentGone, StoreReader } from './store-reader.ts'
import { leafDag, putDag, rawBlock, testFolders, treeDag } from './test-dags.ts'

test('finds right after the commit what was not there a moment ago, and nothing right after the release', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory })
  const child = fork(join(import.meta.dirname, 'test-reader-process.ts'), [directory], { serialization: 'advanced' })
  const ask = async (question: { cid: string; realm: string }): Promise<unknown> => {
    child.send(question)
    const [answer]: unknown[] = await once(child, 'message')
    return answer
  }
  try {
    await once(child, 'message')
    for (let i = 0; i < 100; i++) {
      const dag = leafDag(`round ${i}`)
      const question = { cid: dag.root.toString(), realm: i % 2 === 0 ? 'public' : 'tenant-1' }
      expect(await ask(question)).toBeNull()
      await putDag(store, `c${i}`, dag, question.realm)
      expect(await ask(question)).toBe(`round ${i}`)
      await store.release(`c${i}`)
      expect(await ask(question)).toBeNull()
    }
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
    store.checkReaders()
    await store.close()
  }
})

test('reads parts of a block, and says when its segment has gone', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), spillBytes: 100 })
  const block = rawBlock(Buffer.from('0123456789'.repeat(100)))
  await putDag(store, 'a', { root: block.cid, blocks: [block] })
  const reader = store.reader('public')
  const location = reader.locate(block.cid)
  if (location === undefined) throw new Error('not held')
  const target = Buffer.alloc(6, '.')
  await reader.read(location, target, 1, 13, 4)
  expect(target.toString()).toBe('.3456.')
  await expect(reader.read(location, target, 0, 998, 4)).rejects.toThrow(RangeError)
  await store.release('a')
  await store.idle()
  await expect(reader.read(location, target, 0, 0, 4)).rejects.toBeInstanceOf(SegmentGone)
  expect(await reader.get(block.cid)).toBeUndefined()
  await store.close()
})

test('goes on reading while segments come and go', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), spillBytes: 100, noIndexSync: true })
  const reader = store.reader('public')
  const dag = treeDag('moving', 30)
  const leaf = dag.blocks[0]
  if (leaf === undefined) throw new Error('no leaf')
  const stop = new AbortController()
  let reads = 0
  const reading = (async () => {
    while (!stop.signal.aborted) {
      const bytes = await reader.get(leaf.cid)
      if (bytes !== undefined) {
        expect(bytes).toEqual(Buffer.from(leaf.bytes))
        reads++
      }
      await nextTurn()
    }
  })()
  for (let i = 0; i < 100; i++) {
    await putDag(store, `m${i}`, dag)
    await store.release(`m${i}`)
  }
  stop.abort()
  await reading
  expect(reads).toBeGreaterThan(0)
  await store.close()
})

test('hashes a block once, and never hands out one that is damaged', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory })
  const dag = leafDag('to be damaged')
  await putDag(store, 'a', dag)
  const reader = await StoreReader.open({ directory, realm: 'public' })
  const location = store.reader('public').locate(dag.root)
  if (location === undefined) throw new Error('not held')
  expect(reader.isVerified(location)).toBe(false)
  await reader.get(dag.root)
  expect(reader.isVerified(location)).toBe(true)
  const [name = ''] = await readdir(join(directory, 'segments'))
  const bytes = await readFile(join(directory, 'segments', name))
  bytes.write('XX', location.offset)
  await writeFile(join(directory, 'segments', name), bytes)
  await expect(store.reader('public').get(dag.root)).rejects.toMatchObject({
    code: 'internal',
    cause: expect.any(BlockDamaged),
  })
  await reader.close()
  await store.close()
})

test('is not there before a store was made', async () => {
  await using folders = testFolders()
  await expect(StoreReader.open({ directory: await folders.make(), realm: 'public' })).rejects.toThrow('ENOENT')
})

test('a reader in another process finds the index again that was rebuilt meanwhile', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  let store = await BlockStore.open({ directory })
  await putDag(store, 'before', leafDag('before'))
  const reader = fork(join(import.meta.dirname, 'test-reader-process.ts'), [directory])
  await once(reader, 'message')
  const ask = async (text: string): Promise<unknown> => {
    reader.send({ cid: leafDag(text).root.toString(), realm: 'public' })
    return (await once(reader, 'message'))[0]
  }
  expect(await ask('before')).toBe('before')
  await store.close()
  await rebuildIndex(directory)
  store = await BlockStore.open({ directory })
  await putDag(store, 'after', leafDag('after'))
  await expect.poll(() => ask('after'), { timeout: 5_000 }).toBe('after')
  expect(await ask('before')).toBe('before')
  reader.kill()
  await store.close()
})

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BlockStore } from '../block-store.ts'
import { problemsOf, putDag, rawBlock, readsBack, type TestDag, testFolders } from '../test-dags.ts'

const OPTIONS = { spillBytes: 2_000, segmentBytes: 20_000, sliceBlocks: 16, reserveBytes: 0 }

const dagOf = (index: number): TestDag => {
  const block = rawBlock(Buffer.alloc(900, `file ${index}`))
  return { root: block.cid, blocks: [block] }
}

test('for an erasure a segment is rewritten for the sake of a single block, and a sound one is left', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, ...OPTIONS })
  for (let i = 0; i < 100; i++) await putDag(store, `f${i}`, dagOf(i))
  await store.release('f50')
  await store.idle()
  expect(await store.compact()).toMatchObject({ segments: 0 })
  const bytesOf = async (): Promise<Buffer> => {
    const folder = join(directory, 'segments')
    return Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))))
  }
  expect((await bytesOf()).includes('file 50')).toBe(true)
  expect(await store.compact({ allReleased: true })).toMatchObject({ state: 'done', segments: 1 })
  expect((await bytesOf()).includes('file 50')).toBe(false)
  expect(await store.compact({ allReleased: true })).toMatchObject({ segments: 0 })
  for (let i = 0; i < 100; i++) expect(await readsBack(store, dagOf(i)), `f${i}`).toBe(i !== 50)
  expect(await problemsOf(store)).toEqual([])
  await store.close()
})

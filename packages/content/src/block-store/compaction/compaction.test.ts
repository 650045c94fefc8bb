import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BlockStore } from '../block-store.ts'
import { problemsOf, putDag, rawBlock, readsBack, type TestDag, testFolders } from '../test-dags.ts'

const OPTIONS = { spillBytes: 2_000, segmentBytes: 20_000, sliceBlocks: 16, reserveBytes: 0 }

const bulky = (name: string, bytes = 900): TestDag => {
  const block = rawBlock(Buffer.alloc(bytes, name))
  return { root: block.cid, blocks: [block] }
}

/** Puts `count` files and releases all but every `keep`th. */
const fill = async (store: BlockStore, count: number, keep: number): Promise<string[]> => {
  const kept: string[] = []
  for (let i = 0; i < count; i++) await putDag(store, `f${i}`, bulky(`file ${i}`))
  for (let i = 0; i < count; i++)
    if (i % keep === 0) kept.push(`f${i}`)
    else await store.release(`f${i}`)
  await store.idle()
  return kept
}

const dagOf = (id: string): TestDag => bulky(`file ${id.slice(1)}`)

const expectHeld = async (store: BlockStore, kept: readonly string[], count: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    expect(store.hasRoot(`f${i}`), `f${i}`).toBe(kept.includes(`f${i}`))
    expect(await readsBack(store, dagOf(`f${i}`)), `f${i}`).toBe(kept.includes(`f${i}`))
  }
  expect(await problemsOf(store)).toEqual([])
}

test('gives the space of what was released back, and keeps what was not', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  let store = await BlockStore.open({ directory, ...OPTIONS })
  const kept = await fill(store, 100, 10)
  const before = await store.stats()
  const result = await store.compact()
  expect(result).toMatchObject({ state: 'done', damaged: 0, noRoom: 0 })
  const after = await store.stats()
  expect(after.bytes).toBeLessThan(before.bytes / 4)
  // Segments with nothing but release markers go by themselves.
  expect(before.bytes - after.bytes).toBeGreaterThanOrEqual(result.freedBytes)
  expect(result.freedBytes).toBeGreaterThan(0)
  expect(after.lastCompaction).toMatchObject({ segments: result.segments })
  await expectHeld(store, kept, 100)
  // There is nothing to do a second time.
  expect(await store.compact()).toMatchObject({ segments: 0, writtenBytes: 0 })
  await store.close()
  await rm(join(directory, 'index'), { recursive: true })
  store = await BlockStore.open({ directory, ...OPTIONS })
  await expectHeld(store, kept, 100)
  for (const id of kept) await store.release(id)
  await store.idle()
  await store.compact()
  expect(await store.stats()).toMatchObject({ segments: 0, blocks: 0, bytes: 0 })
  await store.close()
})

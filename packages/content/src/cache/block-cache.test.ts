import { cpSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { silentLogger } from '@packages/runtime/minimal-logger'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { blockKey } from '../block-store/block-key.ts'
import { decodeBlockList } from '../block-store/block-list.ts'
import { BlockStore } from '../block-store/block-store.ts'
import {
  leafDag,
  problemsOf,
  putDag,
  rawBlock,
  readsBack,
  type TestBlock,
  testFolders,
} from '../block-store/test-dags.ts'
import { BlockCache, NODE_CACHE_REALM } from './block-cache.ts'

const MAX_BYTES = 1_000
const TEXTS = Array.from({ length: 10 }, (_, index) => `${index} `.repeat(60 + 15 * index))
const BLOCKS: readonly TestBlock[] = TEXTS.map((text) => rawBlock(Buffer.from(text)))
const block = (index: number): TestBlock => BLOCKS[index] as TestBlock
const sizeOf = (indexes: readonly number[]): number =>
  indexes.reduce((sum, index) => sum + block(index).bytes.length, 0)

let clock = 1_000

/** A store and its cache in a folder, which may be closed, killed and opened again. */
const open = async (folder: string, hasRoom = async () => true) => {
  const store = await BlockStore.open({ directory: folder, noIndexSync: true, spillBytes: 300, now: () => clock++ })
  const cache = new BlockCache({ store, maxBytes: MAX_BYTES, hasRoom, logger: silentLogger })
  await cache.start()
  return { store, cache, folder }
}
type Opened = Awaited<ReturnType<typeof open>>

const opened = async (hasRoom?: () => Promise<boolean>) => {
  const folders = testFolders()
  const one = await open(await folders.make(), hasRoom)
  onTestFinished(async () => {
    await one.store.close()
    await folders[Symbol.asyncDispose]()
  })
  return one
}

const keep = async ({ cache }: Opened, indexes: readonly number[]): Promise<void> => {
  for (const index of indexes) cache.keep(block(index).cid, block(index).bytes)
  await cache.flush()
}
const reads = async ({ cache }: Opened, index: number): Promise<boolean> => {
  const bytes = await cache.get(block(index).cid)
  if (bytes !== undefined) expect(Buffer.compare(bytes, block(index).bytes)).toBe(0)
  return bytes !== undefined
}
/** The lists that the store has, the first one first: which blocks each of them says it has. */
const listsOf = async ({ store }: Opened): Promise<number[][]> => {
  const lists: { addedAt: number; indexes: number[] }[] = []
  for await (const { cid, addedAt } of store.roots({ realm: NODE_CACHE_REALM })) {
    const keys = decodeBlockList((await store.reader(NODE_CACHE_REALM).get(cid)) ?? new Uint8Array()).map(blockKey)
    lists.push({ addedAt, indexes: keys.map((key) => BLOCKS.findIndex(({ cid: one }) => blockKey(one) === key)) })
  }
  return lists.toSorted((a, b) => a.addedAt - b.addedAt).map(({ indexes }) => indexes)
}

test('what is kept is read from memory at once, from the store later, and found again by the next start', async () => {
  const folders = testFolders()
  let one = await open(await folders.make())
  onTestFinished(async () => {
    await one.store.close()
    await folders[Symbol.asyncDispose]()
  })
  one.cache.keep(block(0).cid, block(0).bytes)
  expect(await reads(one, 0)).toBe(true)
  expect(await listsOf(one)).toEqual([])
  await one.cache.stop()
  expect(await listsOf(one)).toEqual([[0]])
  await one.store.close()
  one = await open(one.folder)
  expect([await reads(one, 0), await reads(one, 1)]).toEqual([true, false])
  expect(one.cache.bytes).toBe(sizeOf([0]))
})

test('without room on the disk nothing is kept, and nothing fails', async () => {
  const one = await opened(async () => false)
  await keep(one, [0, 1])
  expect([await reads(one, 0), await listsOf(one)]).toEqual([false, []])
})

test('a damaged block is not given, and its list goes', async () => {
  const one = await opened()
  await keep(one, [0, 1])
  const { segment, offset } = one.store.reader(NODE_CACHE_REALM).locate(block(0).cid) ?? { segment: 0, offset: 0 }
  const path = `${one.folder}/segments/${String(segment).padStart(8, '0')}.car`
  const bytes = await readFile(path)
  bytes[offset] = (bytes[offset] ?? 0) ^ 1
  await writeFile(path, bytes)
  expect(await reads(one, 0)).toBe(false)
  expect([await reads(one, 1), await listsOf(one), one.cache.bytes]).toEqual([false, [], 0])
})

test('the space of what went comes back by a compaction', async () => {
  const one = await opened()
  for (let round = 0; round < 20; round++) await keep(one, [round % 10])
  await one.cache.evict(0)
  await one.store.idle()
  await one.store.compact({ bytesPerSecond: 1e9, allReleased: true })
  expect(await one.store.stats()).toMatchObject({ blocks: 0, deadBytes: 0 })
})

type Command =
  | { kind: 'keep'; blocks: number[] }
  | { kind: 'read' | 'pin' | 'unpin'; block: number }
  | { kind: 'evict'; to: number }
  | { kind: 'compact' | 'reopen' }
  /** Killed that many turns of the event loop after it began to keep these. */
  | { kind: 'kill'; blocks: number[]; turns: number }

const some = fc.uniqueArray(fc.nat(BLOCKS.length - 1), { minLength: 1, maxLength: 3 })
const one = fc.nat(BLOCKS.length - 1)
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('keep' as const), blocks: some }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('read', 'pin', 'unpin'), block: one }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('evict' as const), to: fc.nat(MAX_BYTES) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('compact', 'reopen') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('kill' as const), blocks: some, turns: fc.nat(40) }),
  },
)

/** The lists, least recently used first. That is all there is to know. */
const evicted = (lists: readonly number[][], maxBytes: number): number[][] => {
  const left = [...lists]
  while (left.length > 0 && sizeOf(left.flat()) > maxBytes) left.shift()
  return left
}
const used = (lists: readonly number[][], index: number): number[][] => {
  const hit = lists.find((list) => list.includes(index))
  return hit === undefined ? [...lists] : [...lists.filter((list) => list !== hit), hit]
}

test('the cache is what its model says, whatever is kept, read, pinned, released, evicted, compacted, opened again and killed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), async (commands) => {
      await using folders = testFolders()
      let now = await open(await folders.make())
      let lists: number[][] = []
      const pins = new Set<number>()
      const run = async (step: Command): Promise<void> => {
        if (step.kind === 'keep') {
          await keep(now, step.blocks)
          const fresh = step.blocks.filter((index) => !lists.flat().includes(index))
          // What is more than the whole cache goes in lists of its own.
          if (fresh.length > 0 && sizeOf(fresh) <= MAX_BYTES)
            lists = [...evicted(lists, MAX_BYTES - sizeOf(fresh)), fresh]
          else if (fresh.length > 0) lists = (await listsOf(now)).filter((list) => list.length > 0)
        } else if (step.kind === 'read') {
          expect(await reads(now, step.block)).toBe(lists.flat().includes(step.block))
          lists = used(lists, step.block)
        } else if (step.kind === 'evict') {
          await now.cache.evict(step.to)
          lists = evicted(lists, step.to)
        } else if (step.kind === 'pin' && !pins.has(step.block)) {
          await putDag(now.store, `pin-${step.block}`, leafDag(TEXTS[step.block] ?? ''))
          pins.add(step.block)
        } else if (step.kind === 'unpin' && pins.delete(step.block)) await now.store.release(`pin-${step.block}`)
        else if (step.kind === 'compact') {
          await now.store.idle()
          await now.store.compact({ bytesPerSecond: 1e9, allReleased: true })
        } else if (step.kind === 'reopen') {
          await now.cache.stop()
          await now.store.close()
          now = await open(now.folder)
          lists = await listsOf(now)
        } else if (step.kind === 'kill') {
          for (const index of step.blocks) now.cache.keep(block(index).cid, block(index).bytes)
          const writing = now.cache.flush()
          for (let turn = 0; turn < step.turns; turn++) await nextTurn()
          const copy = await folders.make()
          cpSync(now.folder, copy, { recursive: true })
          await writing
          await now.store.close()
          now = await open(copy)
          lists = await listsOf(now)
        }
      }
      try {
        for (const step of commands) {
          await run(step)
          expect(now.cache.bytes).toBe(sizeOf(lists.flat()))
          expect(now.cache.bytes).toBeLessThanOrEqual(MAX_BYTES)
          const held = new Set((await listsOf(now)).flat())
          // Nothing half-written: a list that is there has all of its blocks.
          for (const index of held) expect(now.store.reader(NODE_CACHE_REALM).locate(block(index).cid)).toBeDefined()
          expect(held).toEqual(new Set(lists.flat()))
          for (const index of pins) expect(await readsBack(now.store, leafDag(TEXTS[index] ?? ''))).toBe(true)
        }
        await now.store.idle()
        expect(await problemsOf(now.store)).toEqual([])
      } finally {
        await now.store.close()
      }
    }),
    { numRuns: 20, seed: 148 },
  )
})

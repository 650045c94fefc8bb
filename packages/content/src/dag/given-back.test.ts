import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, asyncProperty, assert as check, boolean, nat, record } from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { blockKey } from '../block-store/block-key.ts'
import { BlockStore } from '../block-store/block-store.ts'
import { cborBlock, rawBlock, type TestBlock } from '../car/test-cars.ts'
import { GivenBack, walkGivenBack } from './given-back.ts'

let directory: string
let store: BlockStore
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-given-back-'))
  store = await BlockStore.open({ directory, noIndexSync: true })
})
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

/** A node links to some of those before it; `leaf` has none. */
const nodes = array(record({ leaf: boolean(), links: array(nat(30), { maxLength: 4 }) }), {
  minLength: 1,
  maxLength: 14,
})
const roots = array(record({ node: nat(30), isSuspended: boolean() }), { minLength: 1, maxLength: 6 })

it('is what goes when the roots are released, and nothing else, whatever is shared', async () => {
  let run = 0
  let withheld = 0
  const property = asyncProperty(nodes, roots, async (shapes, owned) => {
    const salt = `${run++}`
    const blocks: TestBlock[] = []
    for (const [at, { leaf, links }] of shapes.entries())
      blocks.push(
        leaf || at === 0
          ? rawBlock(`${salt} ${at}`)
          : cborBlock({ salt, at, links: links.map((link) => blocks[link % at]?.cid) }),
      )
    const below = (at: number): Set<number> => {
      const shape = shapes[at]
      if (shape === undefined || shape.leaf || at === 0) return new Set([at])
      return new Set([at, ...shape.links.flatMap((link) => [...below(link % at)])])
    }
    const held = await Promise.all(
      owned.map(async ({ node, isSuspended }) => {
        const [contentId, at] = [randomUUIDv7(), node % blocks.length]
        const upload = store.beginUpload({ realm: 'public', contentId })
        for (const one of below(at)) await upload.put((blocks[one] as TestBlock).cid, (blocks[one] as TestBlock).bytes)
        await upload.commit((blocks[at] as TestBlock).cid)
        store.settle(contentId)
        return { contentId, cid: (blocks[at] as TestBlock).cid, isSuspended }
      }),
    )
    const reader = store.reader('public')
    const givenBack = new GivenBack()
    const suspended = held.filter((one) => one.isSuspended)
    const { signal } = new AbortController()
    expect(
      await walkGivenBack(
        reader,
        suspended.map(({ cid }) => cid),
        { givenBack, signal },
      ),
    ).toBe(true)
    const isThere = ({ cid }: TestBlock): boolean => reader.countsOf(cid).some(({ key }) => key === blockKey(cid))
    const told = blocks.map((block) => ({
      wasThere: isThere(block),
      goes: reader.countsOf(block.cid).some(({ key, count }) => givenBack.has(key, count)),
    }))
    for (const { contentId } of suspended) await store.release(contentId)
    await store.idle()
    for (const [at, block] of blocks.entries())
      expect([at, told[at]?.goes]).toEqual([at, told[at]?.wasThere === true && !isThere(block)])
    withheld += told.filter(({ goes }) => goes).length
    for (const { contentId, isSuspended } of held) if (!isSuspended) await store.release(contentId)
    await store.idle()
  })
  await check(property, { numRuns: 60, seed: 20261128 })
  // It has seen what it is about.
  expect(withheld).toBeGreaterThan(60)
})

it('a link that comes later from elsewhere keeps a block', async () => {
  const [leaf, given] = [rawBlock('shared later'), randomUUIDv7()]
  const root = cborBlock({ leaf: leaf.cid })
  const take = async (contentId: string, all: TestBlock[]): Promise<void> => {
    const upload = store.beginUpload({ realm: 'public', contentId })
    for (const { cid, bytes } of all) await upload.put(cid, bytes)
    await upload.commit((all.at(-1) as TestBlock).cid)
    store.settle(contentId)
  }
  await take(given, [leaf, root])
  const reader = store.reader('public')
  const givenBack = new GivenBack()
  const { signal } = new AbortController()
  await walkGivenBack(reader, [root.cid], { givenBack, signal })
  const goes = ({ cid }: TestBlock) => reader.countsOf(cid).every(({ key, count }) => givenBack.has(key, count))
  expect([goes(root), goes(leaf)]).toEqual([true, true])
  await take(randomUUIDv7(), [leaf, cborBlock({ other: leaf.cid })])
  expect([goes(root), goes(leaf)]).toEqual([true, false])
})

it('ends at its limit, with the roots in it', async () => {
  const leaves = Array.from({ length: 40 }, (_, at) => rawBlock(`limited ${at}`))
  const middle = cborBlock({ leaves: leaves.map(({ cid }) => cid) })
  const root = cborBlock({ middle: middle.cid })
  const contentId = randomUUIDv7()
  const upload = store.beginUpload({ realm: 'public', contentId })
  for (const { cid, bytes } of [...leaves, middle, root]) await upload.put(cid, bytes)
  await upload.commit(root.cid)
  store.settle(contentId)
  const givenBack = new GivenBack()
  const { signal } = new AbortController()
  const reader = store.reader('public')
  const options = { givenBack, signal, maxBlocks: 1 }
  expect(await walkGivenBack(reader, [root.cid], options)).toBe(false)
  expect(givenBack.has(blockKey(root.cid), 1)).toBe(true)
})

import { createHash } from 'node:crypto'
import { importFile } from '@packages/content/unixfs/import-file'
import { type FileProfile, importProfiles } from '@packages/content/unixfs/import-profile'
import { CODEC_DAG_PB } from '@packages/shared/cid'
import * as fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { ContentGone } from './block-errors.ts'
import type { HeldBlocks } from './held-blocks.ts'
import { openTreeContent } from './tree-content.ts'

type Blocks = HeldBlocks & { map: Map<string, Uint8Array>; reads: number }

const memoryBlocks = (): Blocks => {
  const map = new Map<string, Uint8Array>()
  const blocks: Blocks = {
    map,
    reads: 0,
    sizeOf: (cid) => map.get(cid.toString())?.length,
    read: async (cid, from, target) => {
      await Promise.resolve()
      blocks.reads++
      const block = map.get(cid.toString())
      if (block === undefined) throw new ContentGone(cid.toString())
      if (from + target.length > block.length) throw new RangeError('outside of the block')
      target.set(block.subarray(from, from + target.length))
    },
    extentOf: () => undefined,
    countsOf: () => [],
    close: () => Promise.resolve(),
  }
  return blocks
}

const store = async (blocks: Blocks, body: Uint8Array, profile: FileProfile): Promise<CID> => {
  const sink = { put: (cid: CID, bytes: Uint8Array) => void blocks.map.set(cid.toString(), bytes) }
  async function* source(): AsyncGenerator<Uint8Array> {
    yield body
  }
  return (await importFile(source(), { sink, profile })).root
}

const profileOf = (chunk: number, maxLinks: number, rawLeaves: boolean): FileProfile => ({
  ...importProfiles[rawLeaves ? 'unixfs-v1-2025' : 'unixfs-v0-2015'],
  chunker: { kind: 'fixed', size: chunk },
  maxLinks,
})

const bodyOf = (size: number): Buffer =>
  Buffer.from(Array.from({ length: size }, (_, at) => (at * 7 + (at >> 8)) % 256))

describe('a file that is a tree', () => {
  it('reads like its bytes, wherever a read begins and ends and however it is built', async () => {
    const shape = fc.record({
      chunk: fc.integer({ min: 1, max: 40 }),
      maxLinks: fc.integer({ min: 2, max: 5 }),
      rawLeaves: fc.boolean(),
      size: fc.integer({ min: 41, max: 900 }),
      reads: fc.array(fc.tuple(fc.nat(899), fc.nat(300)), { minLength: 1, maxLength: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(shape, async ({ chunk, maxLinks, rawLeaves, size, reads }) => {
        const blocks = memoryBlocks()
        const body = bodyOf(size)
        const root = await store(blocks, body, profileOf(chunk, maxLinks, rawLeaves))
        const content = await openTreeContent(blocks, root)
        expect(content.size).toBe(size)
        for (const [start, length] of reads) {
          const from = start % size
          const target = Buffer.alloc(Math.min(length, size - from))
          await content.read(from, target)
          expect(target.equals(body.subarray(from, from + target.length))).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('is cut into pieces that end where leaves end, and never beyond the limit', async () => {
    const blocks = memoryBlocks()
    const content = await openTreeContent(blocks, await store(blocks, bodyOf(1000), profileOf(30, 4, true)))
    fc.assert(
      fc.property(fc.nat(999), fc.integer({ min: 1, max: 200 }), (position, limit) => {
        const length = content.boundary(position, limit)
        expect(length).toBeGreaterThan(0)
        expect(length).toBeLessThanOrEqual(limit)
        if (limit >= 30) expect((position + length) % 30).toBe(0)
      }),
    )
  })

  it('reads only the nodes on the way to a range', async () => {
    const blocks = memoryBlocks()
    const root = await store(blocks, bodyOf(900), profileOf(10, 3, true))
    const content = await openTreeContent(blocks, root)
    blocks.reads = 0
    await content.read(885, Buffer.alloc(1))
    // 90 leaves under nodes of 3: at most 4 inner nodes below the root, and one leaf.
    expect(blocks.reads).toBeLessThanOrEqual(5)
  })

  it('refuses a child that is not what its parent says of it', async () => {
    for (const rawLeaves of [true, false]) {
      const blocks = memoryBlocks()
      const root = await store(blocks, bodyOf(90), profileOf(30, 5, rawLeaves))
      const good = await openTreeContent(blocks, root)
      const [leaf] = [...blocks.map.keys()].filter((key) => key !== root.toString()).slice(1)
      const shorter = rawLeaves ? Buffer.from('short') : Buffer.from([0x0a, 7, 8, 2, 0x12, 1, 97, 0x18, 1])
      blocks.map.set(leaf as string, shorter)
      await expect(good.read(0, Buffer.alloc(90))).rejects.toThrow(/its parent says/)
    }
  })

  it('says that it is gone when a part is', async () => {
    const blocks = memoryBlocks()
    const root = await store(blocks, bodyOf(90), profileOf(30, 5, true))
    const content = await openTreeContent(blocks, root)
    for (const key of blocks.map.keys()) if (key !== root.toString()) blocks.map.delete(key)
    await expect(content.read(0, Buffer.alloc(1))).rejects.toThrow(ContentGone)
  })

  it('does not read a file of one-byte leaves for ever', async () => {
    const blocks = memoryBlocks()
    const root = await store(blocks, bodyOf(5000), profileOf(1, 174, true))
    const content = await openTreeContent(blocks, root)
    await expect(content.read(0, Buffer.alloc(5000))).rejects.toThrow(/blocks that are too small/)
  })

  it('does not follow a tree without end', async () => {
    // Each node claims one byte and has one child; the last one is missing.
    const blocks = memoryBlocks()
    let child: CID = CID.createV1(0x55, createDigest(0x12, createHash('sha256').update('x').digest()))
    blocks.map.set(child.toString(), Buffer.from('x'))
    for (let depth = 0; depth < 100; depth++) {
      const link = Buffer.from([0x0a, child.bytes.length, ...child.bytes])
      const unixfs = [8, 2, 0x18, 1, 0x20, 1]
      const block = Buffer.from([0x12, link.length, ...link, 0x0a, unixfs.length, ...unixfs])
      child = CID.createV1(CODEC_DAG_PB, createDigest(0x12, createHash('sha256').update(block).digest()))
      blocks.map.set(child.toString(), block)
    }
    await expect(openTreeContent(blocks, child)).rejects.toThrow(/deeper than/)
  })
})

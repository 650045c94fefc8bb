import { assert as check, asyncProperty, constantFrom, integer, record, uint8Array } from 'fast-check'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { describe, expect, it } from 'vitest'
import type { BlockSource } from '../block-source.ts'
import { openFile } from './file-reader.ts'
import { importFile } from './import-file.ts'
import type { FileProfile } from './import-profile.ts'
import { MemoryBlocks } from './memory-blocks.ts'
import { vectorBytes } from './vectors/vector-bytes.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const readAll = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(source))
const readFile = async (source: BlockSource, root: CID): Promise<string> =>
  (await readAll((await openFile(source, root)).read())).toString()

const parameters = record({
  bytes: uint8Array({ maxLength: 2000 }),
  chunk: integer({ min: 1, max: 300 }),
  maxLinks: integer({ min: 2, max: 6 }),
  cidVersion: constantFrom(0 as const, 1 as const),
  rawLeaves: constantFrom(true, false),
  from: integer({ min: 0, max: 2000 }),
  length: integer({ min: 0, max: 2000 }),
  ahead: integer({ min: 1, max: 5 }),
})
type Parameters = typeof parameters extends { generate: (...args: never[]) => { value: infer T } } ? T : never

const importInto = async (blocks: MemoryBlocks, given: Parameters): Promise<CID> => {
  const { cidVersion, rawLeaves, maxLinks, chunk, bytes } = given
  const profile: FileProfile = { cidVersion, rawLeaves, maxLinks, chunker: { kind: 'fixed', size: chunk } }
  async function* source() {
    yield bytes
  }
  return (await importFile(source(), { sink: blocks, profile })).root
}

describe('a range of a file', () => {
  it('equals the same range of the bytes, for any layout', async () => {
    await check(
      asyncProperty(parameters, async (given) => {
        const blocks = new MemoryBlocks()
        const file = await openFile(blocks, await importInto(blocks, given))
        expect(file.size).toBe(given.bytes.length)
        const start = Math.min(given.from, file.size)
        const end = Math.min(start + given.length, file.size)
        const read = await readAll(file.read({ start, end }, { ahead: given.ahead }))
        expect(read.equals(given.bytes.subarray(start, end))).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('loads only the blocks that it lies in and the nodes above them', async () => {
    const blocks = new MemoryBlocks()
    const profile: FileProfile = {
      cidVersion: 1,
      rawLeaves: true,
      maxLinks: 10,
      chunker: { kind: 'fixed', size: 10 },
    }
    const { root } = await importFile(vectorBytes(1000), { sink: blocks, profile })
    const file = await openFile(blocks, root)
    blocks.loads = 0
    expect(await readAll(file.read({ start: 555, end: 565 }))).toHaveLength(10)
    expect(blocks.loads).toBe(1 + 2)
    expect(await readAll(file.read({ start: 555, end: 555 }))).toHaveLength(0)
  })

  it.each([
    { start: -1, end: 2 },
    { start: 3, end: 2 },
    { start: 0, end: 6 },
    { start: 0.5, end: 2 },
  ])('is refused when it lies outside: %o', async (range) => {
    const blocks = new MemoryBlocks()
    const file = await openFile(blocks, blocks.raw(text('hello')))
    expect(() => file.read(range)).toThrow(expect.objectContaining({ code: 'range_not_satisfiable' }))
  })

  it('loads ahead, but no more than asked for, and stops loading when the reader leaves', async () => {
    for (const rawLeaves of [true, false]) {
      const blocks = new MemoryBlocks()
      const profile: FileProfile = { cidVersion: 1, rawLeaves, maxLinks: 50, chunker: { kind: 'fixed', size: 10 } }
      const { root } = await importFile(vectorBytes(500), { sink: blocks, profile })
      let open = 0
      let highest = 0
      const signals: (AbortSignal | undefined)[] = []
      const slow: BlockSource = {
        get: async (cid, options) => {
          signals.push(options?.signal)
          highest = Math.max(highest, ++open)
          await new Promise((resolve) => setTimeout(resolve, 1))
          open--
          return blocks.get(cid)
        },
      }
      const file = await openFile(slow, root)
      for await (const _ of file.read(undefined, { ahead: 4 })) if (signals.length > 20) break
      expect(highest).toBe(4)
      expect(signals.length).toBeLessThan(30)
      expect(signals.at(-1)?.aborted).toBe(true)
    }
  })

  it('ends with the reason of the signal', async () => {
    const blocks = new MemoryBlocks()
    const profile: FileProfile = { cidVersion: 1, rawLeaves: true, maxLinks: 9, chunker: { kind: 'fixed', size: 10 } }
    const { root } = await importFile(vectorBytes(500), { sink: blocks, profile })
    const file = await openFile(blocks, root)
    const controller = new AbortController()
    const reading = (async () => {
      for await (const _ of file.read(undefined, { signal: controller.signal })) controller.abort(new Error('gone'))
    })()
    await expect(reading).rejects.toThrow('gone')
    await expect(openFile(blocks, root, { signal: controller.signal })).rejects.toThrow('gone')
  })
})

describe('a file that another tool built', () => {
  it('may hold bytes in the nodes above its leaves', async () => {
    const blocks = new MemoryBlocks()
    const inner = blocks.node([{ cid: blocks.raw(text('leaf')), size: 4 }], { data: text('inner-') })
    const leaf = blocks.node([], { data: text('-end'), type: 'raw' })
    const root = blocks.node(
      [
        { cid: inner, size: 10 },
        { cid: leaf, size: 4 },
      ],
      { data: text('root-') },
    )
    expect(await readFile(blocks, root)).toBe('root-inner-leaf-end')
    const file = await openFile(blocks, root)
    expect((await readAll(file.read({ start: 3, end: 13 }))).toString()).toBe('t-inner-le')
  })

  it('may have identity CIDs for its leaves and its root', async () => {
    const blocks = new MemoryBlocks()
    const inline = CID.createV1(0x55, identity.digest(text('inline')))
    expect(await readFile(blocks, inline)).toBe('inline')
    expect(await readFile(blocks, blocks.node([{ cid: inline, size: 6 }]))).toBe('inline')
  })

  it('may have the same block many times and empty children', async () => {
    const blocks = new MemoryBlocks()
    const same = { cid: blocks.raw(text('ab')), size: 2 }
    const empty = { cid: blocks.raw(text('')), size: 0 }
    expect(await readFile(blocks, blocks.node([empty, same, same, empty, same]))).toBe('ababab')
  })
})

import { asyncProperty, assert as check, uint8Array } from 'fast-check'
import { UnixFS, type UnixFSType } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { describe, expect, it } from 'vitest'
import type { BlockSource } from '../block-source.ts'
import { dagPbCid, rawCid } from './block-cid.ts'
import { openFile } from './file-reader.ts'
import { MemoryBlocks } from './memory-blocks.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const readAll = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(source))
const readFile = async (source: BlockSource, root: CID): Promise<string> =>
  (await readAll((await openFile(source, root)).read())).toString()
const unixfs = (type: UnixFSType) => new UnixFS({ type }).marshal()

describe('what is no file', () => {
  const blocks = new MemoryBlocks()
  it.each([
    ['directory', blocks.dagPb(unixfs('directory'))],
    ['hamt-sharded-directory', blocks.dagPb(unixfs('hamt-sharded-directory'))],
    ['symlink', blocks.dagPb(unixfs('symlink'))],
    ['metadata', blocks.dagPb(unixfs('metadata'))],
    ['dag-pb', blocks.dagPb(undefined)],
    ['other-codec', CID.createV1(0x71, rawCid(text('')).multihash)],
  ])('is refused as not supported: %s', async (kind, cid) => {
    blocks.put(cid, blocks.blocks.get(cid.toString()) ?? text(''))
    await expect(openFile(blocks, cid)).rejects.toMatchObject({ code: 'not_supported', kind })
  })
})

describe('a DAG that lies', () => {
  const blocks = new MemoryBlocks()
  const leaf = { cid: blocks.raw(text('12345')), size: 5 }
  const wrapped = { cid: blocks.node([], { data: text('12345') }), size: 5 }
  const directory = blocks.dagPb(new UnixFS({ type: 'directory' }).marshal())
  const long = CID.createV1(0x55, identity.digest(new Uint8Array(129)))
  const sizeOnly = new UnixFS({ type: 'file', blockSizes: [5n, 5n] }).marshal()
  it.each([
    ['a leaf is longer than claimed', blocks.node([{ ...leaf, size: 4 }]), 'invalid_dag'],
    ['a leaf is shorter than claimed', blocks.node([leaf, { ...leaf, size: 6 }]), 'invalid_dag'],
    ['a node is larger than claimed', blocks.node([{ ...wrapped, size: 4 }]), 'invalid_dag'],
    ['a node is smaller than claimed', blocks.node([{ ...wrapped, size: 2 ** 40 }]), 'invalid_dag'],
    ['the file size is not the sum', blocks.node([leaf], { filesize: 7 }), 'invalid_dag'],
    ['there are fewer links than sizes', blocks.dagPb(sizeOnly, [leaf]), 'invalid_dag'],
    ['there are more links than sizes', blocks.dagPb(sizeOnly, [leaf, leaf, leaf]), 'invalid_dag'],
    ['the sizes are beyond 2^53', blocks.node([leaf, { ...leaf, size: Number.MAX_SAFE_INTEGER }]), 'invalid_dag'],
    ['the UnixFS message is cut off', blocks.dagPb(Buffer.from([0x08, 0x02, 0x12, 0x09, 0x61])), 'invalid_dag'],
    ['the UnixFS type is unknown', blocks.dagPb(Buffer.from([0x08, 0x09])), 'invalid_dag'],
    ['a child is a directory', blocks.node([{ cid: directory, size: 5 }]), 'not_supported'],
    [
      'a child has another codec',
      blocks.node([{ cid: CID.createV1(0x71, leaf.cid.multihash), size: 5 }]),
      'invalid_dag',
    ],
    ['an identity CID is too long', blocks.node([{ cid: long, size: 129 }]), 'invalid_dag'],
  ])('ends with an error and never more bytes than claimed: %s', async (_, root, code) => {
    let size = 0
    let read = 0
    const reading = (async () => {
      const file = await openFile(blocks, root)
      size = file.size
      for await (const bytes of file.read()) read += bytes.length
    })()
    await expect(reading).rejects.toMatchObject({ name: 'HoldfastError', code })
    expect(read).toBeLessThanOrEqual(size)
  })

  it('tells which block is missing', async () => {
    const absent = rawCid(text('absent'))
    const root = blocks.node([leaf, { cid: absent, size: 6 }])
    const file = await openFile(blocks, root)
    expect((await readAll(file.read({ start: 0, end: 5 }))).toString()).toBe('12345')
    await expect(readAll(file.read())).rejects.toMatchObject({ code: 'not_found', cid: absent })
    await expect(openFile(blocks, absent)).rejects.toMatchObject({ code: 'not_found', cid: absent })
  })

  it('does not crash on any bytes', async () => {
    await check(
      asyncProperty(uint8Array({ maxLength: 60 }), async (bytes) => {
        const cid = dagPbCid(bytes, 1)
        const opened = openFile({ get: async () => bytes }, cid)
        await opened.catch((error: unknown) => expect(error).toMatchObject({ name: 'HoldfastError' }))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a DAG that is made to be expensive', () => {
  it('is refused when it is too deep', async () => {
    const blocks = new MemoryBlocks()
    let child = { cid: blocks.raw(text('x')), size: 1 }
    for (let depth = 0; depth < 20_000; depth++) child = { cid: blocks.node([child]), size: 1 }
    blocks.loads = 0
    await expect(readFile(blocks, child.cid)).rejects.toMatchObject({ code: 'not_supported' })
    expect(blocks.loads).toBeLessThan(40)
  })

  it('costs nothing where it holds nothing', async () => {
    const blocks = new MemoryBlocks()
    let child = { cid: blocks.raw(text('')), size: 0 }
    for (let depth = 0; depth < 5; depth++)
      child = { cid: blocks.node(Array.from({ length: 1000 }, () => child)), size: 0 }
    const byte = { cid: blocks.raw(text('x')), size: 1 }
    const between = blocks.node([byte, child, child, byte])
    blocks.loads = 0
    expect(await readFile(blocks, child.cid)).toBe('')
    expect(blocks.loads).toBe(1)
    expect(await readFile(blocks, between)).toBe('xx')
    expect(blocks.loads).toBe(1 + 3)
  })

  it('is given up when its blocks hold next to nothing', async () => {
    const blocks = new MemoryBlocks()
    let child = { cid: blocks.raw(text('x')), size: 1 }
    for (let depth = 0; depth < 25; depth++) child = { cid: blocks.node([child, child]), size: child.size * 2 }
    blocks.loads = 0
    const file = await openFile(blocks, child.cid, { limits: { freeBlocks: 1000 } })
    expect(file.size).toBe(2 ** 25)
    await expect(readAll(file.read())).rejects.toMatchObject({ code: 'not_supported' })
    expect(blocks.loads).toBeLessThan(1100)
  })

  it('is refused when a node, or a path, has too many links', async () => {
    const blocks = new MemoryBlocks()
    const leaf = { cid: blocks.raw(text('x')), size: 1 }
    const wide = blocks.node(Array.from({ length: 17 }, () => leaf))
    await expect(openFile(blocks, wide, { limits: { maxLinks: 16 } })).rejects.toMatchObject({ code: 'not_supported' })
    const file = await openFile(blocks, blocks.node([{ cid: wide, size: 17 }]), { limits: { maxOpenLinks: 17 } })
    await expect(readAll(file.read())).rejects.toMatchObject({ code: 'not_supported' })
  })
})

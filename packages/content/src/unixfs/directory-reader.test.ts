import { assert as check, asyncProperty, constantFrom, integer, record, string, uniqueArray } from 'fast-check'
import { UnixFS } from 'ipfs-unixfs'
import { exporter } from 'ipfs-unixfs-exporter'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { describe, expect, it } from 'vitest'
import { dagPbCid } from './block-cid.ts'
import { type DirectoryLink, encodeDirectory, encodeShard } from './directory-node-encode.ts'
import { type DirectoryEntry, listDirectory, lookUp } from './directory-reader.ts'
import { slotPrefix, slotsOf } from './hamt-slots.ts'
import { FolderImport } from './import-folder.ts'
import { type ImportProfile, importProfiles } from './import-profile.ts'
import { MemoryBlocks } from './memory-blocks.ts'

const profile = importProfiles['unixfs-v1-2025']

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

const importNames = async (blocks: MemoryBlocks, names: readonly string[], changes: Partial<ImportProfile>) => {
  const folder = new FolderImport({ sink: blocks, profile: { ...profile, ...changes } })
  folder.addDirectory(['f'])
  for (const name of names) await folder.addFile(['f', name], bytesOf(name))
  return (await folder.finish()).root
}

const list = (blocks: MemoryBlocks, cid: CID): Promise<DirectoryEntry[]> => Array.fromAsync(listDirectory(blocks, cid))

describe('a directory of ours', () => {
  it('is listed and looked up, plain or sharded, as ipfs-unixfs-exporter reads it', async () => {
    const parameters = record({
      names: uniqueArray(string({ unit: constantFrom('a', 'b', '0', 'F', '😀'), minLength: 1, maxLength: 5 }), {
        maxLength: 60,
      }),
      hamtThreshold: integer({ min: 1, max: 2_000 }),
      hamtFanout: constantFrom(8, 16, 256, 1024),
      missing: string({ unit: constantFrom('a', 'b', '0', 'F', '😀'), maxLength: 5 }),
    })
    await check(
      asyncProperty(parameters, async ({ names, missing, ...changes }) => {
        const blocks = new MemoryBlocks()
        const root = await importNames(blocks, names, changes)
        const listed = await list(blocks, root)
        expect(listed.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
        const source = { get: (cid: CID) => [blocks.blocks.get(cid.toString()) as Uint8Array] }
        for (const { name, cid, size } of listed) {
          expect(await lookUp(blocks, root, name)).toEqual({ name, cid, size })
          expect(size).toBe(Buffer.byteLength(name))
        }
        const exported = await exporter(root, source as never)
        if (exported.type !== 'directory') throw new Error('the reference exporter sees no directory')
        const theirs = await Array.fromAsync(exported.entries() as AsyncIterable<{ name: string; cid: CID }>)
        expect(theirs.map(({ name, cid }) => `${name} ${cid}`).toSorted()).toEqual(
          listed.map(({ name, cid }) => `${name} ${cid}`).toSorted(),
        )
        if (!names.includes(missing)) expect(await lookUp(blocks, root, missing)).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })

  it('loads only the shards on the way to a name', async () => {
    const blocks = new MemoryBlocks()
    const names = Array.from({ length: 3_000 }, (_, index) => `file-${index}`)
    const root = await importNames(blocks, names, { hamtThreshold: 1, hamtFanout: 16 })
    blocks.loads = 0
    expect((await lookUp(blocks, root, 'file-77'))?.name).toBe('file-77')
    expect(blocks.loads).toBeLessThanOrEqual(5)
  })

  it('stops with the reason of the signal', async () => {
    const blocks = new MemoryBlocks()
    const root = await importNames(blocks, ['a'], {})
    const listed = Array.fromAsync(listDirectory(blocks, root, { signal: AbortSignal.abort(new Error('gone')) }))
    await expect(listed).rejects.toThrow('gone')
  })
})

describe('what is no directory', () => {
  const blocks = new MemoryBlocks()
  it.each([
    ['file', blocks.raw(Buffer.from('x'))],
    ['file', blocks.node([], { data: Buffer.from('x') })],
    ['symlink', blocks.dagPb(new UnixFS({ type: 'symlink', data: Buffer.from('/etc') }).marshal())],
    ['metadata', blocks.dagPb(new UnixFS({ type: 'metadata' }).marshal())],
    ['dag-pb', blocks.dagPb(undefined)],
    ['other-codec', CID.createV1(0x71, blocks.raw(Buffer.from([0xa0])).multihash)],
  ])('is refused as not supported: %s', async (kind, cid) => {
    if (cid.code === 0x71) blocks.put(cid, Buffer.from([0xa0]))
    await expect(list(blocks, cid)).rejects.toMatchObject({ code: 'not_supported', kind })
    await expect(lookUp(blocks, cid, 'a')).rejects.toMatchObject({ code: 'not_supported', kind })
  })
})

/** Directories that no importer would make. */
class Forge {
  readonly blocks = new MemoryBlocks()
  readonly leaf = this.blocks.raw(Buffer.from('x'))

  link(name: string, cid: CID = this.leaf, dagBytes = 1): DirectoryLink {
    return { name, cid: cid.bytes, dagBytes }
  }

  put(bytes: Uint8Array): CID {
    const cid = dagPbCid(bytes, 1)
    this.blocks.put(cid, bytes)
    return cid
  }

  directory(links: DirectoryLink[]): CID {
    return this.put(encodeDirectory(links))
  }

  /** A shard whose bitfield says what its links' names say. */
  shard(links: DirectoryLink[], fanout = 256, bitfield?: Uint8Array): CID {
    const bits = Buffer.alloc(fanout / 8)
    for (const { name } of links) {
      const slot = Number.parseInt(name.slice(0, slotPrefix(0, fanout).length), 16)
      const at = bits.length - 1 - (slot >>> 3)
      bits[at] = (bits[at] as number) | (1 << (slot & 7))
    }
    return this.put(encodeShard(links, bitfield ?? bits, fanout))
  }

  /** The link that a shard of this level has for an entry of this name. */
  entry(name: string, level = 0): DirectoryLink {
    return this.link(slotPrefix(slotsOf(name, 256)[level] as number, 256) + name)
  }
}

describe('a directory that lies', () => {
  const forge = new Forge()
  const invalidUtf8 = encodeDirectory([forge.link('zz')])
  invalidUtf8[invalidUtf8.lastIndexOf(0x7a)] = 0xff
  const longIdentity = CID.createV1(0x55, identity.digest(new Uint8Array(129)))
  const noCid = encodeDirectory([forge.link('a')])
  noCid[4] = 9
  const otherHash = encodeShard([forge.entry('a')], new Uint8Array(), 256)
  otherHash[otherHash.lastIndexOf(0x28) + 1] = 0x12
  const sub = (name: string, to: CID) => forge.link(slotPrefix(slotsOf(name, 256)[0] as number, 256), to)
  const everySlot = (to: CID) => Array.from({ length: 256 }, (_, slot) => forge.link(slotPrefix(slot, 256), to))

  it.each([
    ['a name that climbs', forge.directory([forge.link('..')])],
    ['a name with a slash', forge.directory([forge.link('../../etc/passwd')])],
    ['a name that is the directory itself', forge.directory([forge.link('.')])],
    ['an empty name', forge.directory([forge.link('')])],
    ['a name with NUL', forge.directory([forge.link('a\0')])],
    ['a name twice', forge.directory([forge.link('a'), forge.link('a')])],
    ['a name that is not UTF-8', forge.put(invalidUtf8)],
    ['a link that is no CID', forge.put(noCid)],
    ['an identity CID that is too long', forge.directory([forge.link('a', longIdentity)])],
    ['a shard without fan-out', forge.put(encodeShard([], new Uint8Array(), 0))],
    ['a fan-out that is no power of two', forge.put(encodeShard([], new Uint8Array(), 24))],
    ['a bogus fan-out', forge.put(encodeShard([], new Uint8Array(), 2 ** 48))],
    ['another hash function', forge.put(otherHash)],
    ['a bitfield of more bits than links', forge.shard([forge.entry('a')], 256, new Uint8Array(32).fill(255))],
    ['a bitfield of fewer bits than links', forge.shard([forge.entry('a')], 256, new Uint8Array(32))],
    ['a bitfield that is too long', forge.shard([forge.entry('a')], 256, new Uint8Array(1_000).fill(1, 999))],
    ['a bitfield of other slots', forge.shard([forge.link('01a')], 256, Uint8Array.of(1))],
    [
      'a name in a slot where it does not belong',
      forge.shard([forge.link(slotPrefix((slotsOf('a', 256)[0] as number) ^ 1, 256) + 'a')]),
    ],
    ['a name in a shard where it does not belong', forge.shard([sub('b', forge.shard([forge.entry('a', 1)]))])],
    ['an empty shard below the root', forge.shard([sub('a', forge.shard([]))])],
    ['a shard of another fan-out', forge.shard([sub('a', forge.shard([forge.link('0a')], 16))])],
    ['a basic directory as a shard', forge.shard([sub('a', forge.directory([]))])],
  ])('is refused when it is listed: %s', async (_, cid) => {
    await expect(list(forge.blocks, cid)).rejects.toMatchObject({ code: 'invalid_dag' })
  })

  it('is refused when a shard is a file', async () => {
    const root = forge.shard([sub('a', forge.blocks.raw(Buffer.from('file')))])
    await expect(list(forge.blocks, root)).rejects.toMatchObject({ code: 'not_supported' })
    await expect(lookUp(forge.blocks, root, 'a')).rejects.toMatchObject({ code: 'not_supported' })
  })

  it('ends soon when the same shards come again and again', async () => {
    let shard = forge.shard([forge.entry('a', 7)])
    for (let level = 0; level < 7; level++) shard = forge.shard(everySlot(shard))
    forge.blocks.loads = 0
    await expect(list(forge.blocks, shard)).rejects.toMatchObject({ code: 'invalid_dag' })
    expect(forge.blocks.loads).toBeLessThan(20)
  })

  it('is not followed deeper than a hash has bits', async () => {
    let shard = forge.shard([forge.link('00a')])
    for (let level = 0; level < 20; level++) shard = forge.shard(everySlot(shard))
    forge.blocks.loads = 0
    await expect(list(forge.blocks, shard)).rejects.toMatchObject({ code: 'invalid_dag' })
    await expect(lookUp(forge.blocks, shard, 'a')).rejects.toMatchObject({ code: 'invalid_dag' })
    expect(forge.blocks.loads).toBeLessThan(30)
  })

  it('may lie about sizes, which are told as claims', async () => {
    const huge = forge.directory([forge.link('a', forge.leaf, Number.MAX_SAFE_INTEGER)])
    expect(await list(forge.blocks, huge)).toMatchObject([{ name: 'a', size: Number.MAX_SAFE_INTEGER }])
    const block = Buffer.from(encodeDirectory([forge.link('a', forge.leaf, Number.MAX_SAFE_INTEGER)]))
    // One more bit than a number can hold.
    block[block.length - 5] = 0x7f
    expect(await list(forge.blocks, forge.put(block))).toMatchObject([{ name: 'a', size: undefined }])
  })

  it('may have a name twice or a bad one, which a look-up of another does not mind', async () => {
    const twice = forge.directory([forge.link('..'), forge.link('a'), forge.link('a'), forge.link('b')])
    expect((await lookUp(forge.blocks, twice, 'b'))?.name).toBe('b')
    await expect(lookUp(forge.blocks, twice, 'a')).rejects.toMatchObject({ code: 'invalid_dag' })
    await expect(lookUp(forge.blocks, twice, '..')).rejects.toMatchObject({ code: 'invalid_dag' })
  })

  it('may have too many links', async () => {
    const links = ['a', 'b', 'c'].map((name) => forge.link(name))
    const listed = listDirectory(forge.blocks, forge.directory(links), { limits: { maxOpenLinks: 2 } })
    await expect(Array.fromAsync(listed)).rejects.toMatchObject({ code: 'not_supported' })
  })
})

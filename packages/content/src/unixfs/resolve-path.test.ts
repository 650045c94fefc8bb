import * as dagCbor from '@ipld/dag-cbor'
import * as dagJson from '@ipld/dag-json'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { beforeAll, describe, expect, it } from 'vitest'
import { dagPbCid, rawCid } from './block-cid.ts'
import { encodeDirectory } from './directory-node-encode.ts'
import { FolderImport } from './import-folder.ts'
import { importProfiles } from './import-profile.ts'
import { MemoryBlocks } from './memory-blocks.ts'
import { resolvePath } from './resolve-path.ts'

const CBOR = 0x71
const JSON_CODEC = 0x0129
const blocks = new MemoryBlocks()

const put = (codec: number, bytes: Uint8Array): CID => {
  const cid = CID.createV1(codec, rawCid(bytes).multihash)
  blocks.put(cid, bytes)
  return cid
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

const hello = blocks.raw(Buffer.from('hello'))
let folder: CID
let sharded: CID
beforeAll(async () => {
  const plain = new FolderImport({ sink: blocks, profile: importProfiles['unixfs-v1-2025'] })
  await plain.addFile(['f', 'a', 'b', 'hello.txt'], bytesOf('hello'))
  plain.addDirectory(['f', 'empty'])
  folder = (await plain.finish()).root
  const many = new FolderImport({
    sink: blocks,
    profile: { ...importProfiles['unixfs-v1-2025'], hamtThreshold: 1, hamtFanout: 8 },
  })
  for (let index = 0; index < 100; index++) await many.addFile(['f', 'many', `${index}`], bytesOf('hello'))
  sharded = (await many.finish()).root
})

describe('resolvePath', () => {
  it('goes through directories by name', async () => {
    expect(await resolvePath(blocks, folder, [])).toEqual({ cid: folder, blocks: [], roots: [folder], remainder: [] })
    const found = await resolvePath(blocks, folder, ['a', 'b', 'hello.txt'])
    expect(found.cid).toEqual(hello)
    expect(found.remainder).toEqual([])
    expect(found.blocks).toHaveLength(3)
    expect(found.blocks[0]).toEqual(folder)
  })

  it('goes through shards, which are among the blocks on the way', async () => {
    const found = await resolvePath(blocks, sharded, ['many', '42'])
    expect(found.cid).toEqual(hello)
    expect(found.blocks.length).toBeGreaterThan(3)
    expect(new Set(found.blocks.map(String)).size).toBe(found.blocks.length)
    // Those blocks alone are enough to follow the path.
    const few = new MemoryBlocks()
    for (const cid of found.blocks) few.put(cid, blocks.blocks.get(cid.toString()) as Uint8Array)
    expect((await resolvePath(few, sharded, ['many', '42'])).cid).toEqual(hello)
  })

  it.each([['missing'], ['a/b/hello.txt/more'], ['a/b/'], ['a/../a'], ['empty/x']])(
    'answers not_found for %s',
    async (path) => {
      await expect(resolvePath(blocks, folder, path.split('/'))).rejects.toMatchObject({ code: 'not_found' })
      await expect(resolvePath(blocks, hello, path.split('/'))).rejects.toMatchObject({ code: 'not_found' })
    },
  )

  it('tells a block that is not held', async () => {
    const gone = encodeDirectory([{ name: 'gone', cid: rawCid(Buffer.from('?')).bytes, dagBytes: 1 }])
    const root = dagPbCid(gone, 1)
    await expect(resolvePath(blocks, root, ['gone'])).rejects.toMatchObject({ code: 'not_found', cid: root })
  })

  it('does not follow a symlink, which may be the end of a path', async () => {
    const symlink = blocks.dagPb(new UnixFS({ type: 'symlink', data: Buffer.from('/etc/passwd') }).marshal())
    const bytes = encodeDirectory([{ name: 'link', cid: symlink.bytes, dagBytes: 1 }])
    const root = put(0x70, bytes)
    expect((await resolvePath(blocks, root, ['link'])).cid).toEqual(symlink)
    await expect(resolvePath(blocks, root, ['link', 'x'])).rejects.toMatchObject({
      code: 'not_supported',
      kind: 'symlink',
    })
  })

  it.each([
    ['dag-cbor', CBOR, dagCbor.encode],
    ['dag-json', JSON_CODEC, dagJson.encode],
  ] as const)('goes through fields of %s, to a link or into a value', async (_, codec, encode) => {
    const inner = put(codec, encode({ list: [1, { file: hello }], text: 'x', '': 'empty key' }))
    const root = put(codec, encode({ inner, folder, nothing: null }))
    expect(await resolvePath(blocks, root, ['inner'])).toEqual({
      cid: inner,
      blocks: [root],
      roots: [root, inner],
      remainder: [],
    })
    expect(await resolvePath(blocks, root, ['inner', 'list', '1', 'file'])).toEqual({
      cid: hello,
      blocks: [root, inner],
      roots: [root, inner, hello],
      remainder: [],
    })
    expect(await resolvePath(blocks, root, ['inner', 'text'])).toMatchObject({ cid: inner, remainder: ['text'] })
    expect(await resolvePath(blocks, root, ['nothing'])).toMatchObject({ cid: root, remainder: ['nothing'] })
    expect((await resolvePath(blocks, root, ['folder', 'a', 'b', 'hello.txt'])).cid).toEqual(hello)
    for (const path of [
      'x',
      'inner/list/2',
      'inner/list/-1',
      'inner/list/length',
      'inner/text/0',
      '__proto__',
      'toString',
    ])
      await expect(resolvePath(blocks, root, path.split('/'))).rejects.toMatchObject({ code: 'not_found' })
  })

  it.each([
    ['dag-cbor', CBOR, Buffer.alloc(100_000, 0x81)],
    ['dag-cbor', CBOR, Buffer.concat([Buffer.alloc(300, 0x81), Buffer.of(1)])],
    ['dag-json', JSON_CODEC, Buffer.from(`${'['.repeat(300)}${']'.repeat(300)}`)],
    ['dag-json', JSON_CODEC, Buffer.from('['.repeat(100_000) + ']'.repeat(100_000))],
    ['dag-cbor', CBOR, Buffer.from([0x9b, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
  ])('refuses %s that is nested too deep or lies about its length', async (_, codec, bytes) => {
    await expect(resolvePath(blocks, put(codec, bytes), ['0'])).rejects.toMatchObject({ code: 'invalid_dag' })
  })
})

import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import type { BlockSource } from '../block-source.ts'
import { decodeBlockList, LIST_CODEC } from '../block-store/block-list.ts'
import { BlockStore } from '../block-store/block-store.ts'
import { leafDag, rawBlock, textBlock, testFolders, treeDag } from '../block-store/test-dags.ts'
import { exportCar } from '../car/export-car.ts'
import { listDirectory } from '../unixfs/directory-reader.ts'
import { openFile } from '../unixfs/file-reader.ts'
import { importFile } from '../unixfs/import-file.ts'
import { FolderImport } from '../unixfs/import-folder.ts'
import { importProfiles } from '../unixfs/import-profile.ts'
import { MemoryBlocks } from '../unixfs/memory-blocks.ts'
import { openPrivateContent, PRIVATE_REALM, PrivateContentDamaged } from './open-private-content.ts'
import { beginPrivateUpload } from './private-upload.ts'
import { allBytes, newOwner, openPrivate, putPrivate } from './test-private.ts'

const profile = { ...importProfiles['unixfs-v1-2025'], chunker: { kind: 'fixed', size: 1_000 } as const }
const collect = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(source))

async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

test('a private file reads back whole, in any range and as a CAR, as the public one does', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const bytes = randomBytes(20_500)
  const owner = newOwner('file')
  const upload = beginPrivateUpload(store, { ...owner, trusted: true })
  const { root } = await importFile(pieces(bytes), { sink: upload, profile })
  const { list } = await upload.commit(root)
  const plain = new MemoryBlocks()
  await importFile(pieces(bytes), { sink: plain, profile })
  const content = await openPrivate(store, owner, list)
  expect(content.root.equals(root)).toBe(true)
  const file = await openFile(content, root)
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length), fc.nat(bytes.length), async (a, b) => {
      const range = { start: Math.min(a, b), end: Math.max(a, b) }
      expect((await collect(file.read(range))).equals(bytes.subarray(range.start, range.end))).toBe(true)
    }),
    { numRuns: 50 },
  )
  expect((await collect(exportCar(content, root))).equals(await collect(exportCar(plain, root)))).toBe(true)
  await store.close()
})

test('a private folder of more entries than a run of the manifest reads back', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), noIndexSync: true })
  const owner = newOwner('folder')
  const upload = beginPrivateUpload(store, { ...owner, trusted: true })
  const folder = new FolderImport({ sink: upload, profile: importProfiles['unixfs-v1-2025'] })
  const entries = 20_000
  // Side by side, as a folder's files may come.
  for (let at = 0; at < entries; at += 100)
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        folder.addFile(['top', `file-${at + i}`], pieces(Buffer.from(`${at + i}`))),
      ),
    )
  const { root } = await folder.finish()
  const { list } = await upload.commit(root)
  const content = await openPrivate(store, owner, list)
  let seen = 0
  for await (const { name, cid } of listDirectory(content, root)) {
    seen++
    if (seen % 500 !== 0) continue
    expect((await collect((await openFile(content, cid)).read())).toString()).toBe(name.replace('file-', ''))
  }
  expect(seen).toBe(entries)
  await store.close()
}, 60_000)

test('neither content nor CIDs stand in clear anywhere in the store, nor does a list tell them', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory })
  const dag = treeDag('secret words of a tenant', 40, 4)
  const owner = newOwner('content-1')
  const { list } = await putPrivate(store, owner, dag)
  const reader = store.reader(PRIVATE_REALM)
  for (const { cid } of dag.blocks) expect(await reader.get(cid)).toBeUndefined()
  await store.close()
  const disk = await allBytes(directory)
  expect(disk.includes('secret words')).toBe(false)
  for (const { cid } of dag.blocks) {
    expect(disk.includes(cid.multihash.digest)).toBe(false)
    expect(disk.includes(cid.toString())).toBe(false)
  }
  expect(disk.includes(list.toString())).toBe(true)
  expect(disk.includes(owner.rootKey)).toBe(false)
})

test('the same bytes are other blocks in each root, and the same in one', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const dag = treeDag('same', 10)
  const twice = { root: dag.root, blocks: [...dag.blocks, ...dag.blocks] }
  const own = newOwner('one')
  const one = await putPrivate(store, own, dag)
  const two = await putPrivate(store, newOwner('two'), dag)
  const again = await putPrivate(store, { ...own, contentId: 'three' }, twice)
  expect(one.list.equals(two.list)).toBe(false)
  expect(again.blocks).toBe(one.blocks)
  expect((await store.stats()).realms[PRIVATE_REALM]?.blocks).toBe(2 * one.blocks + 2)
  await store.close()
})

test('neither tenant, root key nor content id can be another', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const owner = newOwner('content-1')
  const { list } = await putPrivate(store, owner, leafDag('leaf'))
  const other = newOwner('content-1')
  for (const wrong of [
    { ...owner, organizationId: 'tenant-b' },
    { ...owner, contentId: 'content-2' },
    { ...owner, rootKey: other.rootKey },
  ])
    await expect(openPrivate(store, wrong, list)).rejects.toThrow(PrivateContentDamaged)
  await store.close()
})

/** Hands out other bytes than those that were asked for. */
const swapped = (source: BlockSource, swaps: Map<string, Uint8Array>): BlockSource => ({
  get: async (cid, options) => swaps.get(cid.toString()) ?? source.get(cid, options),
})

test('blocks that are changed, or swapped within a root, between roots or between tenants, are refused', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const blocks = Array.from({ length: 3 }, (_, i) => textBlock(`block ${i}`))
  const dag = { root: blocks[0]?.cid ?? CID.parse(''), blocks }
  const owner = newOwner('mine')
  const mine = await putPrivate(store, owner, dag)
  await putPrivate(store, newOwner('other'), dag)
  await putPrivate(store, { ...owner, contentId: 'theirs', organizationId: 'tenant-b' }, dag)
  const reader = store.reader(PRIVATE_REALM)
  const stored: { cid: CID; bytes: Uint8Array }[] = []
  for await (const root of store.roots())
    for (const cid of await ciphertexts(reader, root.cid))
      stored.push({ cid, bytes: (await reader.get(cid)) ?? new Uint8Array() })
  const own = new Set((await ciphertexts(reader, mine.list)).map(String))
  for (const { cid } of stored.filter((block) => own.has(block.cid.toString())))
    for (const other of [...stored, { cid, bytes: randomBytes(8) }, { cid, bytes: new Uint8Array() }]) {
      const before = (await reader.get(cid)) ?? new Uint8Array()
      if (Buffer.compare(other.bytes, before) === 0) continue
      const source = swapped(reader, new Map([[cid.toString(), other.bytes]]))
      const read = async (): Promise<void> => {
        const content = await openPrivateContent(source, { ...owner, list: mine.list })
        for (const block of blocks) await content.get(block.cid)
      }
      await expect(read()).rejects.toThrow(PrivateContentDamaged)
    }
  await store.close()
})

const ciphertexts = async (reader: BlockSource, list: CID): Promise<CID[]> => {
  return list.code === LIST_CODEC ? decodeBlockList((await reader.get(list)) ?? new Uint8Array()) : []
}

test('bytes that are not what their CID says are refused before they are encrypted', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const upload = beginPrivateUpload(store, newOwner('lie'))
  await expect(upload.put(textBlock('a').cid, textBlock('b').bytes)).rejects.toMatchObject({ code: 'invalid_request' })
  await upload.abort()
  await store.close()
})

test('what is no part of a root is not found in it, and a block of 2 MiB is', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const owner = newOwner('large')
  const bytes = randomBytes(2 * 1024 * 1024)
  const upload = beginPrivateUpload(store, owner)
  const { cid } = rawBlock(bytes)
  await upload.put(cid, bytes)
  const { list } = await upload.commit(cid)
  const content = await openPrivate(store, owner, list)
  expect(Buffer.compare((await content.get(cid)) ?? new Uint8Array(), bytes)).toBe(0)
  expect(await content.get(textBlock('elsewhere').cid)).toBeUndefined()
  await store.close()
})

import { randomBytes } from 'node:crypto'
import type { BlockSource } from '@packages/content/block-source'
import { BlockStore } from '@packages/content/block-store/block-store'
import { testFolders } from '@packages/content/block-store/test-dags'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import { beginPrivateUpload } from '@packages/content/private/private-upload'
import { newOwner } from '@packages/content/private/test-private'
import { importFile } from '@packages/content/unixfs/import-file'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfiles, MAX_CHUNK_BYTES } from '@packages/content/unixfs/import-profile'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import { openPrivateTree } from './private-tree.ts'

const nothingDenied = { checkBlock: () => {} }
const PIECE = 64 * 1024

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

test.each([
  ['of large blocks', 1_048_576],
  ['of many small ones below several nodes', 1_000],
  ['of the largest', MAX_CHUNK_BYTES],
])('a private file %s is read in pieces, and each ciphertext once', async (_, size) => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), noIndexSync: true })
  const bytes = randomBytes(4_300_000)
  const owner = newOwner('file')
  const upload = beginPrivateUpload(store, { ...owner, trusted: true })
  const profile = { ...importProfiles['unixfs-v1-2025'], chunker: { kind: 'fixed', size } as const }
  const { root } = await importFile(one(bytes), { sink: upload, profile })
  const { list } = await upload.commit(root)
  const reader = store.reader(PRIVATE_REALM)
  const asked = new Map<string, number>()
  const counted: BlockSource = {
    get: (cid, options) => {
      asked.set(`${cid}`, (asked.get(`${cid}`) ?? 0) + 1)
      return reader.get(cid, options)
    },
  }
  const { organizationId, contentId, rootKey } = owner
  const secret = { organizationId, contentId, list: list.toString(), rootKey: Buffer.from(rootKey).toString('base64') }
  const file = await (await openPrivateTree(counted, root, secret, nothingDenied)).fileOrDirectory(root)
  if (file === 'directory') throw new Error('it is a file')
  const read = Buffer.alloc(bytes.length)
  for (let at = 0; at < bytes.length; at += PIECE) await file.content.read(at, read.subarray(at, at + PIECE))
  expect(read.equals(bytes)).toBe(true)
  expect(asked.size).toBeGreaterThan(bytes.length / size)
  // Pages of the manifest may be asked for by leaves that come side by side.
  const again = [...asked.values()].filter((times) => times > 1)
  expect(again.length).toBeLessThanOrEqual(asked.size / 500)
  await store.close()
})

test('a denied folder, file or block is refused however it is asked for, and a file that is under way ends', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), noIndexSync: true })
  const owner = newOwner('folder')
  const upload = beginPrivateUpload(store, { ...owner, trusted: true })
  const profile = { ...importProfiles['unixfs-v1-2025'], chunker: { kind: 'fixed', size: 400_000 } as const }
  const folder = new FolderImport({ sink: upload, profile })
  const size = 4_000_000
  const file = await folder.addFile(['file'], one(randomBytes(size)))
  const { root } = await folder.finish({ wrap: true })
  const { list } = await upload.commit(root)
  const { organizationId, contentId, rootKey } = owner
  const secret = { organizationId, contentId, list: list.toString(), rootKey: Buffer.from(rootKey).toString('base64') }
  const asked: CID[] = []
  let denied: CID | undefined
  const denylist = {
    checkBlock: (cid: CID) => {
      asked.push(cid)
      if (denied?.equals(cid) === true) throw new HoldfastError('content_gone')
    },
  }
  const tree = await openPrivateTree(store.reader(PRIVATE_REALM), root, secret, denylist)
  const open = async () => {
    const [, target] = await tree.directories.resolve(root, ['file'])
    const opened = await tree.fileOrDirectory(target as CID)
    if (opened === 'directory') throw new Error('it is a file')
    return opened.content
  }
  const piece = Buffer.alloc(PIECE)
  const content = await open()
  await content.read(size - PIECE, piece)
  const leaf = asked.at(-1) as CID
  for (const gone of [root, file.root, leaf]) {
    const before = await open()
    await before.read(0, piece)
    denied = gone
    await expect(before.read(size - PIECE, piece)).rejects.toMatchObject({ code: 'content_gone' })
    const again = open().then((opened) => opened.read(size - PIECE, piece))
    await expect(again).rejects.toMatchObject({ code: 'content_gone' })
    denied = undefined
    await before.read(size - PIECE, piece)
  }
  await store.close()
})

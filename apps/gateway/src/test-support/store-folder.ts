import { randomUUIDv7 } from 'node:crypto'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { type ImportProfileName, importProfiles } from '@packages/content/unixfs/import-profile'
import type { CID } from 'multiformats/cid'

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

const importAll = async (folder: FolderImport, files: Record<string, string | Uint8Array>) => {
  for (const [path, body] of Object.entries(files))
    if (path.endsWith('/')) folder.addDirectory(path.slice(0, -1).split('/'))
    else await folder.addFile(path.split('/'), once(Buffer.from(body as string)))
  return folder.finish({ wrap: true })
}

/** The blocks of a folder of these files, its root last. */
export const folderBlocks = async (
  files: Record<string, string | Uint8Array>,
): Promise<{ root: CID; blocks: { cid: CID; bytes: Uint8Array }[] }> => {
  const blocks: { cid: CID; bytes: Uint8Array }[] = []
  const sink = { put: async (cid: CID, bytes: Uint8Array) => void blocks.push({ cid, bytes: Uint8Array.from(bytes) }) }
  const { root } = await importAll(new FolderImport({ sink, profile: importProfiles['unixfs-v1-2025'] }), files)
  return { root, blocks }
}

/** Stores a folder of these files by path; a path that ends in `/` is an empty directory. */
export const storeFolder = async (
  store: BlockStore,
  files: Record<string, string | Uint8Array>,
  profile: ImportProfileName = 'unixfs-v1-2025',
): Promise<{ root: string; contentId: string }> => {
  const contentId = randomUUIDv7()
  const sink = store.beginUpload({ realm: 'public', contentId })
  const folder = new FolderImport({ sink, profile: importProfiles[profile] })
  const { root } = await importAll(folder, files)
  await sink.commit(root)
  store.settle(contentId)
  return { root: root.toString(), contentId }
}

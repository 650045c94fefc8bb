import { randomUUIDv7 } from 'node:crypto'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { type ImportProfileName, importProfiles } from '@packages/content/unixfs/import-profile'

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
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
  for (const [path, body] of Object.entries(files))
    if (path.endsWith('/')) folder.addDirectory(path.slice(0, -1).split('/'))
    else await folder.addFile(path.split('/'), once(Buffer.from(body as string)))
  const { root } = await folder.finish({ wrap: true })
  await sink.commit(root)
  store.settle(contentId)
  return { root: root.toString(), contentId }
}

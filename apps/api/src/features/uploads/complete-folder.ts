import { parseFolderPath } from '@packages/content/unixfs/folder-path'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfileOf } from '@packages/content/unixfs/import-parameters'
import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type StoreContentDeps, storeContent } from '../../content/store-content.ts'
import { contentTypeOf } from '../../values/content-type.ts'
import { readFolderNames } from './kept-names.ts'
import { deleteStaged } from './delete-staged.ts'
import {
  countEntries,
  deleteUploadsOfFolder,
  type EntryRow,
  entriesAfter,
  findFolder,
  type FolderRow,
  uploadIdsOfFolder,
} from './folder-repository.ts'
import { MAX_FOLDER_ENTRIES } from './folder-schemas.ts'
import { setState } from './repository.ts'
import { settleFolderFiles } from './settle-folder-files.ts'
import type { UploadClock } from './upload-clock.ts'

export type CompleteFolderDeps = StoreContentDeps & {
  db: Pick<Database, 'kysely'>
  staging: UploadStaging
  clock: UploadClock
}

export type CompletedFolder = { fileId: string; cid: string }

const DIRECTORY_TYPE = 'application/x-directory'
const PAGE = 1_000
/** So many missing files an answer names. */
const NAMED = 20
/** Directories that only paths name count as well. */
const MAX_ENTRIES = 2 * MAX_FOLDER_ENTRIES

/**
 * Makes one DAG of a folder's staged files, and its file row. Whatever fails leaves the staged bytes.
 * @throws HoldfastError `conflict` naming files that are missing; `invalid_request` for a folder without entries; as `storeContent`
 */
export const completeFolder = async (
  deps: CompleteFolderDeps,
  folderId: string,
  signal: AbortSignal,
): Promise<CompletedFolder> => {
  const { db, staging } = deps
  const folder = await findFolder(db.kysely, folderId)
  if (folder === undefined) throw new HoldfastError('not_found')
  if (folder.file_id !== null && folder.cid !== null) return { fileId: folder.file_id, cid: folder.cid }
  if (folder.user_id === null) throw new HoldfastError('not_found', { detail: 'Whoever began this folder is gone.' })
  await settleFolderFiles(deps, folderId)
  await refuseMissing(deps, folderId)
  const { name, metadata } = await readFolderNames(deps, folder)
  const { file } = await storeContent(
    deps,
    { organizationId: folder.organization_id, userId: folder.user_id },
    {
      signal,
      visibility: folder.visibility,
      make: (sink) => importFolder(deps, folder, { sink, signal }),
      file: ({ kind }) => ({
        name,
        contentType: kind === 'directory' ? DIRECTORY_TYPE : contentTypeOf(null, name),
        metadata,
      }),
      groupId: folder.group_id,
      finishes: { table: 'upload_folders', id: folderId },
    },
  )
  const staged = await uploadIdsOfFolder(db.kysely, folderId)
  await deleteUploadsOfFolder(db.kysely, folderId)
  await deleteStaged(staging, staged)
  return { fileId: file.id, cid: file.cid }
}

const refuseMissing = async ({ db }: CompleteFolderDeps, folderId: string): Promise<void> => {
  const { missing } = await countEntries(db.kysely, folderId)
  if (missing === 0) return
  const named = await entriesAfter(db.kysely, folderId, { after: undefined, limit: NAMED, missing: true })
  throw new HoldfastError('conflict', {
    detail: `${missing} files of the folder are missing.`,
    fields: named.map(({ path }) => ({ path, message: 'is missing' })),
  })
}

const importFolder = async (
  deps: CompleteFolderDeps,
  folder: FolderRow,
  { sink, signal }: { sink: ConstructorParameters<typeof FolderImport>[0]['sink']; signal: AbortSignal },
) => {
  const profile = importProfileOf(folder.parameters)
  const tree = new FolderImport({ sink, profile, signal, limits: { maxEntries: MAX_ENTRIES } })
  for (let after: string | undefined, more = true; more; ) {
    const page = await entriesAfter(deps.db.kysely, folder.id, { after, limit: PAGE, missing: false })
    for (const entry of page) {
      const path = parseFolderPath(entry.path)
      if (entry.kind === 'directory') tree.addDirectory(path)
      else await tree.addFile(path, await stagedBytes(deps, entry, signal))
    }
    after = page.at(-1)?.path
    more = page.length === PAGE
  }
  return tree.finish({ wrap: folder.wrap })
}

/** Bytes that were told may be gone when a backup of the data folder was put back: then the file is missing again. */
const stagedBytes = async (
  { db, staging }: CompleteFolderDeps,
  { path, size, uploadId }: EntryRow,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> => {
  if (uploadId === null) return noBytes()
  if ((await staging.offsetOf(uploadId)) === size) return staging.read(uploadId, signal)
  await setState(db.kysely, uploadId, 'open', null)
  throw new HoldfastError('conflict', {
    detail: 'Bytes of a file are missing.',
    fields: [{ path, message: 'is missing' }],
  })
}

async function* noBytes(): AsyncGenerator<Uint8Array, void, undefined> {}

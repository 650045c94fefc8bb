import type { BlockSink } from '@packages/content/block-source'
import { importFile } from '@packages/content/unixfs/import-file'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfileOf } from '@packages/content/unixfs/import-parameters'
import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type MadeContent, type StoreContentDeps, storeContent } from '../../content/store-content.ts'
import { isSealed } from '../../private/tenant-seal.ts'
import { contentTypeOf } from '../../values/content-type.ts'
import { deleteStaged } from './delete-staged.ts'
import { readMetadata } from './kept-names.ts'
import { markUsed, setState, type UploadRow } from './repository.ts'

export type FinishUploadDeps = StoreContentDeps & { db: Pick<Database, 'kysely'>; staging: UploadStaging }

/** `cid`: null where it is sealed by now. */
export type FinishedUpload = { fileId: string; cid: string | null }

/** What a finished row may tell. */
export const finishedOf = ({ file_id: fileId, cid }: Pick<UploadRow, 'file_id' | 'cid'>): FinishedUpload | undefined =>
  fileId === null || cid === null ? undefined : { fileId, cid: isSealed(cid) ? null : cid }

/** What the row of a wrapped file says; see `FormContent`. */
const DIRECTORY_TYPE = 'application/x-directory'

/**
 * Turns the staged bytes of a whole upload into a file: import, commit in the store, rows. Whatever fails leaves the bytes, so that it
 * can be tried again; a crash anywhere leaves either no file or the finished one.
 * @throws HoldfastError as `storeContent`; the row then says why
 */
export const finishUpload = async (
  deps: FinishUploadDeps,
  row: UploadRow,
  signal: AbortSignal,
): Promise<FinishedUpload> => {
  const { staging, db } = deps
  const sources = row.parts ?? [row.id]
  try {
    await checkStaged(deps, row, sources)
    if (row.user_id === null) throw new HoldfastError('not_found', { detail: 'Whoever began this upload is gone.' })
    const { name, contentType, metadata, wrap } = await readMetadata(deps, row)
    const label = name ?? `upload-${row.id}`
    const { file } = await storeContent(
      deps,
      { organizationId: row.organization_id, userId: row.user_id },
      {
        signal,
        visibility: row.metadata.visibility ?? 'public',
        make: (sink) => importStaged(staging, row, { sources, sink, signal, label }),
        file: { name: label, contentType: wrap ? DIRECTORY_TYPE : contentTypeOf(contentType, label), metadata },
        groupId: row.metadata.group ?? null,
        finishes: { table: 'uploads', id: row.id },
      },
    )
    if (row.parts !== null) await markUsed(db.kysely, row.parts)
    await deleteStaged(staging, sources)
    return { fileId: file.id, cid: file.cid }
  } catch (error) {
    if (signal.aborted) throw error
    // A refusal stands until the client tries again; anything else is tried again by ourselves.
    const isFinal = error instanceof HoldfastError && error.status < 500 && error.code !== 'offset_mismatch'
    const code = error instanceof HoldfastError ? error.code : 'internal'
    const message = error instanceof HoldfastError ? (error.detail ?? error.title) : 'Something went wrong on our side.'
    const state = code === 'offset_mismatch' ? 'open' : isFinal ? 'failed' : 'received'
    await setState(db.kysely, row.id, state, { code, message })
    throw error
  }
}

/** Bytes that were told may be gone when a backup of the data folder was put back. */
const checkStaged = async ({ staging }: FinishUploadDeps, row: UploadRow, sources: string[]): Promise<void> => {
  let found = 0
  for (const source of sources) found += await staging.offsetOf(source)
  if (found !== row.length)
    throw new HoldfastError('offset_mismatch', { detail: `${found} of ${row.length} bytes are here.` })
}

const importStaged = async (
  staging: UploadStaging,
  row: UploadRow,
  { sources, sink, signal, label }: { sources: string[]; sink: BlockSink; signal: AbortSignal; label: string },
): Promise<MadeContent> => {
  const profile = importProfileOf(row.metadata.parameters)
  const bytes = concatenated(staging, sources, signal)
  if (!row.metadata.wrap) return importFile(bytes, { sink, profile, signal })
  const folder = new FolderImport({ sink, profile, signal })
  await folder.addFile([label], bytes)
  return folder.finish({ wrap: true })
}

async function* concatenated(
  staging: UploadStaging,
  sources: string[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const source of sources) yield* staging.read(source, signal)
}

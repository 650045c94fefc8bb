import type { Database } from '@packages/db/open-database'
import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { countEntries, type EntryRow, entriesAfter, findFolderOf, type FolderRow } from './folder-repository.ts'
import type { folderEntriesQuery, folderEntriesSchema, folderSchema } from './folder-schemas.ts'
import type { TenantSealDeps } from '../../private/tenant-seal.ts'
import { readFolderNames } from './kept-names.ts'
import { finishedOf } from './finish-upload.ts'
import { settleFolderFiles } from './settle-folder-files.ts'
import { isExpired, type UploadClock } from './upload-clock.ts'
import { decodeUploadId, encodeUploadId, uploadLocation } from './upload-id.ts'

export type ReadFolderDeps = TenantSealDeps & {
  db: Pick<Database, 'kysely'>
  staging: UploadStaging
  storeId: string
  clock: UploadClock
}

/** The organization's folder of this id. @throws HoldfastError `not_found`, `upload_gone` */
export const requireFolder = async (
  { db, storeId, clock }: ReadFolderDeps,
  actor: Actor,
  text: string,
): Promise<FolderRow> => {
  const folder = await findFolderOf(db.kysely, actor.organizationId, decodeUploadId(text, storeId))
  if (folder === undefined) throw new HoldfastError('not_found')
  if (isExpired(clock, folder)) throw new HoldfastError('upload_gone', { detail: 'The folder has expired.' })
  return folder
}

/** A folder and how much of it is missing. @throws HoldfastError `not_found`, `upload_gone` */
export const getFolder = async (
  deps: ReadFolderDeps,
  actor: Actor | null,
  text: string,
): Promise<z.infer<typeof folderSchema>> => {
  authorize(actor, 'files:read', {})
  const folder = await requireFolder(deps, actor, text)
  if (folder.state === 'open') await settleFolderFiles(deps, folder.id)
  const counts = await countEntries(deps.db.kysely, folder.id)
  return {
    id: encodeUploadId(deps.storeId, folder.id),
    state: folder.state,
    visibility: folder.visibility,
    name: (await readFolderNames(deps, folder)).name,
    ...counts,
    // The uploads of a finished folder are gone.
    ...(folder.state === 'finished' ? { missing: 0, missingBytes: 0 } : {}),
    createdAt: folder.created_at.toISOString(),
    expiresAt: folder.expires_at.toISOString(),
    file: folder.file_id,
    cid: finishedOf(folder)?.cid ?? null,
  }
}

/** A page of a folder's entries in the order of their paths. @throws HoldfastError `not_found`, `invalid_cursor` */
export const listFolderEntries = async (
  deps: ReadFolderDeps,
  actor: Actor | null,
  text: string,
  { limit, cursor, state }: z.output<typeof folderEntriesQuery>,
): Promise<z.infer<typeof folderEntriesSchema>> => {
  authorize(actor, 'files:read', {})
  const folder = await requireFolder(deps, actor, text)
  const isFinished = folder.state === 'finished'
  if (isFinished && state === 'missing') return { entries: [], nextCursor: null }
  const after = cursor === undefined ? undefined : decodePathCursor(cursor)
  // A crash may have left whole files that are not told; the first page is where a client begins again.
  if (after === undefined && !isFinished) await settleFolderFiles(deps, folder.id)
  const page = { after, limit: limit + 1, missing: state === 'missing' }
  const rows = await entriesAfter(deps.db.kysely, folder.id, page)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    entries: await Promise.all(shown.map((row) => presentEntry(deps, row, isFinished))),
    nextCursor: rows.length > limit && last !== undefined ? encodePathCursor(last.path) : null,
  }
}

const presentEntry = async (
  { staging, storeId }: ReadFolderDeps,
  { path, kind, size, uploadId, uploadState }: EntryRow,
  isFinished: boolean,
): Promise<z.infer<typeof folderEntriesSchema>['entries'][number]> => {
  const isWhole = isFinished || kind === 'directory' || size === 0 || uploadState === 'received'
  const offset = isWhole ? (size ?? 0) : uploadId === null ? 0 : await staging.offsetOf(uploadId)
  return {
    path,
    kind,
    size,
    state: isWhole ? 'received' : 'missing',
    offset,
    upload: uploadId === null ? null : uploadLocation(storeId, uploadId),
  }
}

const encodePathCursor = (path: string): string => Buffer.from(path).toString('base64url')

const decodePathCursor = (cursor: string): string => {
  const path = Buffer.from(cursor, 'base64url').toString()
  if (encodePathCursor(path) !== cursor || path.includes('\0')) throw new HoldfastError('invalid_cursor')
  return path
}

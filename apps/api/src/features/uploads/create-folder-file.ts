import { randomUUIDv7 } from 'node:crypto'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import type { AppendDeps } from './append-to-upload.ts'
import type { TenantSealDeps } from '../../private/tenant-seal.ts'
import { findEntry, insertFolderFile, isPrivateFolder } from './folder-repository.ts'
import { keepMetadata } from './kept-names.ts'
import { requireFolder } from './read-folder.ts'
import { findUpload, type UploadRow } from './repository.ts'
import { invalidHeader } from './tus-headers.ts'
import { decodeUploadId } from './upload-id.ts'
import type { UploadMetadata } from './upload-metadata.ts'

/**
 * Begins the upload of one file of a folder, or finds the one that has begun: a client that lost the reply goes on there.
 * @throws HoldfastError `not_found` for a folder or path that is not there, `conflict` for a finished folder,
 *   `invalid_request` for another length than the folder's entry has
 */
export const createFolderFile = async (
  deps: AppendDeps & TenantSealDeps,
  actor: Actor,
  { length, metadata }: { length: number | null; metadata: UploadMetadata },
): Promise<UploadRow> => {
  const { path } = metadata
  if (path === null) throw invalidHeader('Upload-Metadata', 'names a folder and no path')
  if (length === null) throw invalidHeader('Upload-Length', 'must be told for files of a folder')
  const folderId = decodeUploadId(metadata.folder ?? '', deps.storeId)
  if (length > 0) {
    const id = randomUUIDv7()
    const hidden = await isPrivateFolder(deps.db.kysely, actor.organizationId, folderId)
    const kept = { id, organizationId: actor.organizationId, hidden }
    const made = await insertFolderFile(deps.db.kysely, {
      id,
      folderId,
      organizationId: actor.organizationId,
      userId: actor.userId,
      path,
      length,
      keepsPath: !hidden,
      metadata: await keepMetadata(deps, kept, { ...metadata, path: null, folder: null }),
      now: new Date(deps.clock.now()),
    })
    if (made !== undefined) return made
  }
  const folder = await requireFolder(deps, actor, metadata.folder ?? '')
  if (folder.state === 'finished') throw new HoldfastError('conflict', { detail: 'The folder is finished.' })
  const entry = await findEntry(deps.db.kysely, folderId, path)
  if (entry === undefined || entry.kind !== 'file')
    throw new HoldfastError('not_found', { detail: 'The folder has no file of this path.' })
  if (entry.size !== length) throw invalidHeader('Upload-Length', `is ${length}, but the folder says ${entry.size}`)
  if (entry.uploadId === null) throw invalidHeader('Upload-Length', 'is 0: a file of no bytes needs no upload')
  const row = await findUpload(deps.db.kysely, entry.uploadId)
  if (row === undefined) throw new HoldfastError('conflict', { detail: 'The upload of this file was just given up.' })
  return row
}

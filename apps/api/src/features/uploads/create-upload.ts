import { randomUUIDv7 } from 'node:crypto'
import { importProfileOf } from '@packages/content/unixfs/import-parameters'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { requireGroup } from '../../pinning/find-group.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { TenantSealDeps } from '../../private/tenant-seal.ts'
import { chooseVisibility, type ChooseVisibilityDeps } from '../../private/visibility.ts'
import { tooLarge } from '../../upload-body/limited-bytes.ts'
import { admitLength } from './admit-length.ts'
import type { AppendDeps } from './append-to-upload.ts'
import { createFolderFile } from './create-folder-file.ts'
import { keepMetadata } from './kept-names.ts'
import type { OpenUploadCount } from './open-upload-count.ts'
import { findFinalOf, findUpload, findUploadsOf, insertUpload, type NewUpload, type UploadRow } from './repository.ts'
import { type Concat, invalidHeader } from './tus-headers.ts'
import { expiryOf, isExpired } from './upload-clock.ts'
import { decodeUploadId } from './upload-id.ts'
import type { UploadMetadata } from './upload-metadata.ts'

export type CreateUploadDeps = AppendDeps &
  ChooseVisibilityDeps &
  TenantSealDeps & {
    db: Pick<Database, 'kysely' | 'unitOfWork'>
    openCount: Pick<OpenUploadCount, 'add'>
  }

export type Creation = {
  /** Null when it is deferred; of a final upload it follows from its pieces. */
  length: number | null
  concat: Concat
  metadata: UploadMetadata
}

/**
 * Begins an upload. One of no bytes, or of pieces that are all there, is whole at once: finish it then.
 * @returns its row; that of an earlier one when the same pieces are put together again, or a folder's file has been begun
 * @throws HoldfastError `payload_too_large`, `insufficient_storage`, `quota_exceeded`, `rate_limited`; `not_found` for pieces folders
 *   or groups of others; `conflict` for pieces that are not whole
 */
export const createUpload = async (
  deps: CreateUploadDeps,
  actor: Actor,
  { length, concat, metadata }: Creation,
  record: RecordReply,
): Promise<UploadRow> => {
  importProfileOf(metadata.parameters)
  if (metadata.folder !== null) {
    if (concat.kind !== 'whole') throw invalidHeader('Upload-Concat', 'cannot be used for files of a folder')
    return createFolderFile(deps, actor, { length, metadata })
  }
  const parts = concat.kind === 'final' ? await wholeParts(deps, actor, concat.urls) : undefined
  if (parts !== undefined) {
    const earlier = await findFinalOf(
      deps.db.kysely,
      actor.organizationId,
      parts.map(({ id }) => id),
    )
    if (earlier !== undefined && !isExpired(deps.clock, earlier)) return earlier
    if (parts.some(({ state }) => state === 'finished'))
      throw new HoldfastError('conflict', { detail: 'A piece is part of another file already.' })
  }
  const total = parts === undefined ? length : parts.reduce((sum, part) => sum + (part.length ?? 0), 0)
  if ((total ?? 0) > deps.limits.uploadMaxBytes) throw tooLarge(deps.limits.uploadMaxBytes)
  if (parts === undefined) await admitLength(deps, actor.organizationId, length)
  if (metadata.group !== null) await requireGroup(deps.db.kysely, actor.organizationId, metadata.group)
  const visibility = await chooseVisibility(deps, actor.organizationId, metadata.visibility ?? undefined)
  await deps.openCount.add(actor.organizationId)
  const id = randomUUIDv7()
  const hidden = visibility === 'private'
  const kept = { id, organizationId: actor.organizationId, hidden }
  const upload: NewUpload = {
    id,
    storeId: deps.storeId,
    organizationId: actor.organizationId,
    userId: actor.userId,
    length: total,
    partKind: concat.kind,
    parts: parts?.map(({ id }) => id) ?? null,
    metadata: await keepMetadata(deps, kept, { ...metadata, visibility }),
    state: parts !== undefined || total === 0 ? 'received' : 'open',
    expiresAt: expiryOf(deps.clock),
  }
  await deps.db.unitOfWork.run(async (uow) => {
    await insertUpload(uow.tx, upload)
    await record(uow.tx, { status: 201, body: { id: upload.id }, subject: upload.id })
    uow.record({
      kind: 'upload.created',
      organizationId: actor.organizationId,
      actorId: actor.userId,
      subject: upload.id,
      payload: { length: total, part: concat.kind },
    })
  })
  const row = await findUpload(deps.db.kysely, upload.id)
  if (row === undefined) throw new Error('an upload vanished while it was created')
  return row
}

/** The pieces in the order of their addresses. */
const wholeParts = async (deps: CreateUploadDeps, actor: Actor, urls: string[]): Promise<UploadRow[]> => {
  const ids = urls.map((url) => decodeUploadId(url.slice(url.lastIndexOf('/') + 1), deps.storeId))
  if (new Set(ids).size < ids.length) throw invalidHeader('Upload-Concat', 'names a piece twice')
  const found = new Map((await findUploadsOf(deps.db.kysely, actor.organizationId, ids)).map((row) => [row.id, row]))
  return ids.map((id) => {
    const part = found.get(id)
    if (part === undefined) throw new HoldfastError('not_found', { detail: 'A piece is not there.' })
    if (isExpired(deps.clock, part)) throw new HoldfastError('upload_gone', { detail: 'A piece has expired.' })
    if (part.part_kind !== 'partial') throw invalidHeader('Upload-Concat', 'names an upload that is no piece')
    if (part.state === 'open') throw new HoldfastError('conflict', { detail: 'A piece is not whole yet.' })
    return part
  })
}

import type { Actor } from '../../authorization/actor.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { ReceivedBody } from '../../upload-body/receive-body.ts'
import { type Append, appendToUpload } from './append-to-upload.ts'
import { type CreateUploadDeps, type Creation, createUpload } from './create-upload.ts'
import { deleteUploads, type UploadRow } from './repository.ts'
import type { UploadProgress } from './upload-progress.ts'

/** The first bytes, when the creation brings some. */
export type FirstBytes = Pick<Append, 'checksum' | 'contentLength'> & {
  read<T>(take: (body: ReceivedBody) => Promise<T>): Promise<T>
}

/** Creates an upload, and takes what it brings with it. @throws HoldfastError as `createUpload` and `appendToUpload` */
export const beginUpload = async (
  deps: CreateUploadDeps,
  actor: Actor,
  creation: Creation,
  record: RecordReply,
  first: FirstBytes | undefined,
): Promise<UploadProgress> => {
  return takeFirstBytes(deps, actor, await createUpload(deps, actor, creation, record), first)
}

/** Goes on with an upload that was just created, or by an earlier request whose reply was lost. */
export const takeFirstBytes = async (
  deps: CreateUploadDeps,
  actor: Actor,
  row: UploadRow,
  first: FirstBytes | undefined,
): Promise<UploadProgress> => {
  const { db, staging, work } = deps
  const { id, length, expires_at: expiresAt } = row
  const offset = row.state === 'open' ? await staging.offsetOf(id) : (length ?? 0)
  const progress = { id, offset, length, expiresAt }
  if (row.file_id !== null && row.cid !== null) return { ...progress, finished: { fileId: row.file_id, cid: row.cid } }
  const standsAlone = row.part_kind !== 'partial' && row.folder_id === null
  if (row.state !== 'open') return standsAlone ? { ...progress, finished: await work.finish(id) } : progress
  if (first === undefined || offset > 0) return progress
  const { checksum, contentLength } = first
  const request = { offset: 0, length: undefined, checksum, contentLength }
  try {
    return await first.read((body) => appendToUpload(deps, actor, row, { ...request, body }))
  } catch (error) {
    // Its address was never told.
    if (row.folder_id === null && (await staging.offsetOf(id)) === 0) await deleteUploads(db.kysely, [id])
    throw error
  }
}

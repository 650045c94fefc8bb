import type { Actor } from '../../authorization/actor.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { ReceivedBody } from '../../upload-body/receive-body.ts'
import { type Append, appendToUpload } from './append-to-upload.ts'
import { type CreateUploadDeps, type Creation, createUpload } from './create-upload.ts'
import { deleteStaged } from './delete-staged.ts'
import { finishedOf } from './finish-upload.ts'
import { deleteUnfinished, findUpload, type UploadRow } from './repository.ts'
import type { UploadProgress } from './upload-progress.ts'

/** The first bytes, when the creation brings some. */
export type FirstBytes = Pick<Append, 'checksum' | 'contentLength' | 'arrivedAt'> & {
  read<T>(take: (body: ReceivedBody) => Promise<T>): Promise<T>
}

export type Beginning = {
  record: RecordReply
  first: FirstBytes | undefined
  /** By an Idempotency-Key, though no address was told. */
  canComeBack: boolean
}

/** Creates an upload, and takes what it brings with it. @throws HoldfastError as `createUpload` and `appendToUpload` */
export const beginUpload = async (
  deps: CreateUploadDeps,
  actor: Actor,
  creation: Creation,
  { record, first, canComeBack }: Beginning,
): Promise<UploadProgress> => {
  const row = await createUpload(deps, actor, creation, record)
  try {
    return await takeFirstBytes(deps, actor, row, first)
  } catch (error) {
    if (!canComeBack && row.folder_id === null) await forgetUntold(deps, row)
    throw error
  }
}

/**
 * Nobody was told the address. What got no bytes is of no use, and what got all of them would become a file by itself, after
 * its sender has heard that it was refused. What was cut off stays: its sender finds it in the list.
 */
const forgetUntold = async ({ db, staging }: CreateUploadDeps, { id }: UploadRow): Promise<void> => {
  const isCutOff = (await findUpload(db.kysely, id))?.state === 'open' && (await staging.offsetOf(id)) > 0
  if (isCutOff) return
  await deleteUnfinished(db.kysely, id)
  await deleteStaged(staging, [id])
}

/** Goes on with an upload that was just created, or by an earlier request whose reply was lost. */
export const takeFirstBytes = async (
  deps: CreateUploadDeps,
  actor: Actor,
  row: UploadRow,
  first: FirstBytes | undefined,
): Promise<UploadProgress> => {
  const { staging, work } = deps
  const { id, length, expires_at: expiresAt } = row
  const offset = row.state === 'open' ? await staging.offsetOf(id) : (length ?? 0)
  const progress = { id, offset, length, expiresAt }
  const done = finishedOf(row)
  if (done !== undefined) return { ...progress, finished: done }
  const standsAlone = row.part_kind !== 'partial' && row.folder_id === null
  if (row.state !== 'open') return standsAlone ? { ...progress, finished: await work.finish(id) } : progress
  if (first === undefined || offset > 0) return progress
  const { checksum, contentLength, arrivedAt } = first
  const request = { offset: 0, length: undefined, checksum, contentLength, arrivedAt }
  return first.read((body) => appendToUpload(deps, actor, row, { ...request, body }))
}

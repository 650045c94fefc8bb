import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import type { ReceivedBody } from '../../upload-body/receive-body.ts'
import { tooLarge } from '../../upload-body/limited-bytes.ts'
import { type AdmitLengthDeps, admitLength, whileThereIsSpace, withinRoom } from './admit-length.ts'
import { renewFolder } from './folder-repository.ts'
import { declareLength, markReceived, renewExpiry, type UploadRow } from './repository.ts'
import { requireUpload, type RequireUploadDeps } from './require-upload.ts'
import type { Checksum } from './tus-headers.ts'
import { expiryOf, renewedExpiry } from './upload-clock.ts'
import { encodeUploadId } from './upload-id.ts'
import type { UploadProgress } from './upload-progress.ts'
import type { UploadWork } from './upload-work.ts'

export type AppendDeps = RequireUploadDeps &
  AdmitLengthDeps & {
    db: Pick<Database, 'kysely'>
    staging: UploadStaging
    work: Pick<UploadWork, 'locks' | 'finish' | 'stopping'>
  }

export type Append = {
  offset: number
  /** Now told, for an upload whose length was deferred. */
  length: number | undefined
  checksum: Checksum | undefined
  /** Of this request's body; null when it is not told. */
  contentLength: number | null
  body: ReceivedBody
  /** When the request came, by `performance.now()`. */
  arrivedAt: number
}

/**
 * Adds a request's bytes to an upload; with the last one it becomes a file. What came before the connection broke counts. Another request
 * for the same upload ends this one.
 * @throws HoldfastError `not_found`, `upload_gone`, `conflict` when it was overtaken, `offset_mismatch`, `checksum_mismatch`, `payload_too_large`, `forbidden` for
 *   a final upload, `insufficient_storage`, `quota_exceeded`, as `finishUpload`
 */
export const appendToUpload = async (
  deps: AppendDeps,
  actor: Actor,
  known: UploadRow,
  append: Append,
): Promise<UploadProgress> => {
  const { id } = known
  const lock = await deps.work.locks.acquire(id, append.arrivedAt)
  let appended: { row: UploadRow; offset: number }
  try {
    // It may have gone on, or gone, while we waited.
    const current = lock.waited ? await requireUpload(deps, actor, encodeUploadId(deps.storeId, id)) : known
    const row = await withLength(deps, actor, current, append.length)
    appended = { row, offset: await receive(deps, row, append, lock.signal) }
  } finally {
    lock.release()
  }
  const { row, offset } = appended
  const expiresAt = (await renew(deps, row)) ?? row.expires_at
  const progress = { id, offset, length: row.length, expiresAt }
  if (offset !== row.length || !standsAlone(row)) return progress
  return { ...progress, finished: await deps.work.finish(id) }
}

/** Pieces wait for the final upload, files of a folder for the folder. */
const standsAlone = ({ part_kind, folder_id }: UploadRow): boolean => part_kind !== 'partial' && folder_id === null

const withLength = async (
  deps: AppendDeps,
  actor: Actor,
  row: UploadRow,
  length: number | undefined,
): Promise<UploadRow> => {
  if (length === undefined || length === row.length) return row
  if (row.length !== null) throw new HoldfastError('invalid_request', { detail: 'The length was told already.' })
  if (length < (await deps.staging.offsetOf(row.id)))
    throw new HoldfastError('invalid_request', { detail: 'There are more bytes already.' })
  await admitLength(deps, actor.organizationId, length)
  if (!(await declareLength(deps.db.kysely, row.id, length))) throw new HoldfastError('conflict')
  return { ...row, length }
}

/** @returns the bytes that count now; the row says so when they are all */
const receive = async (
  deps: AppendDeps,
  row: UploadRow,
  { offset, checksum, contentLength, body }: Append,
  taken: AbortSignal,
): Promise<number> => {
  const { staging, limits, work } = deps
  if (row.part_kind === 'final')
    throw new HoldfastError('forbidden', { detail: 'A final upload takes no bytes of its own.' })
  const isDone = row.state === 'finished'
  const at = isDone ? (row.length ?? 0) : await staging.offsetOf(row.id)
  if (offset !== at)
    throw new HoldfastError('offset_mismatch', {
      detail: `The upload stands at ${at}.`,
      headers: { 'upload-offset': String(at) },
    })
  const left = (row.length ?? limits.uploadMaxBytes) - at
  if (contentLength !== null && contentLength > left)
    throw row.length === null
      ? tooLarge(limits.uploadMaxBytes)
      : new HoldfastError('payload_too_large', { detail: `${left} bytes are left of this upload.` })
  const bytes = row.length === null ? withinRoom(deps, row.organization_id, at, body.bytes) : body.bytes
  if (!isDone && left > 0)
    try {
      await staging.append(row.id, whileThereIsSpace(deps, bytes), {
        signal: AbortSignal.any([taken, body.signal, work.stopping]),
        maxBytes: left,
        ...(checksum === undefined ? {} : { checksum }),
      })
    } finally {
      await settle(deps, row)
    }
  else await settle(deps, row)
  return isDone ? at : staging.offsetOf(row.id)
}

/** The last byte may have come though the request failed: its sender looks once more, and finds it whole. */
const settle = async ({ staging, db, clock, work }: AppendDeps, row: UploadRow): Promise<void> => {
  if (row.state === 'finished' || (await staging.offsetOf(row.id)) !== row.length) return
  await markReceived(db.kysely, row.id, expiryOf(clock))
  // Whoever waits for the outcome joins.
  if (standsAlone(row)) work.finish(row.id).catch(() => undefined)
}

const renew = async ({ db, clock }: AppendDeps, row: UploadRow): Promise<Date | undefined> => {
  const renewed = renewedExpiry(clock, row)
  if (renewed === undefined) return undefined
  await renewExpiry(db.kysely, [row.id], renewed)
  if (row.folder_id !== null) await renewFolder(db.kysely, row.folder_id, renewed)
  return renewed
}

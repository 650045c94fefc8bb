import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import type { AppendDeps } from './append-to-upload.ts'
import type { TenantSealDeps } from '../../private/tenant-seal.ts'
import { readMetadata } from './kept-names.ts'
import { finishedOf } from './finish-upload.ts'
import { listUploadRows, markReceived, type UploadRow } from './repository.ts'
import { requireUpload } from './require-upload.ts'
import { expiryOf } from './upload-clock.ts'
import type { UploadProgress } from './upload-progress.ts'
import { encodeUploadId } from './upload-id.ts'
import type { uploadListSchema, uploadSchema } from './schemas.ts'

export type UploadStatusDeps = TenantSealDeps & Pick<AppendDeps, 'db' | 'staging' | 'storeId' | 'clock' | 'work'>

export type UploadView = z.infer<typeof uploadSchema>

/** How long a client that asks waits for an upload which is being finished. */
const FINISH_WAIT_MS = 20_000

/**
 * Where an upload stands, for a client that means to go on (HEAD): a request that still runs is ended first, so that the offset
 * stays true. For a whole one the answer waits for its file, for a while.
 * @throws HoldfastError `not_found`, `upload_gone`
 */
export const resumeUpload = async (
  deps: UploadStatusDeps,
  actor: Actor | null,
  { text, arrivedAt }: { text: string; arrivedAt: number },
): Promise<UploadProgress & { row: UploadRow }> => {
  authorize(actor, 'files:write', {})
  const row = await requireUpload(deps, actor, text)
  const { id, length, expires_at: expiresAt } = row
  const offset = row.state === 'open' ? await stoppedOffset(deps, id, arrivedAt) : await offsetOf(deps.staging, row)
  const progress = { row, id, offset, length, expiresAt }
  const done = finishedOf(row)
  if (done !== undefined) return { ...progress, finished: done }
  if (offset !== length) return progress
  if (row.state === 'open') await markReceived(deps.db.kysely, id, expiryOf(deps.clock))
  if (row.part_kind === 'partial' || row.folder_id !== null || row.state === 'failed') return progress
  const finished = await withinWait(deps.work.finish(id))
  return finished === undefined ? progress : { ...progress, finished }
}

const stoppedOffset = async ({ staging, work }: UploadStatusDeps, id: string, arrivedAt: number): Promise<number> => {
  const lock = await work.locks.acquire(id, arrivedAt)
  try {
    return await staging.offsetOf(id)
  } finally {
    lock.release()
  }
}

/** What fails is told by the upload's state, and by the next PATCH. */
const withinWait = <T>(promise: Promise<T>): Promise<T | undefined> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), FINISH_WAIT_MS)
    promise.then(resolve, () => resolve(undefined)).finally(() => clearTimeout(timer))
  })

/** Those that are received may have given their bytes away. */
const offsetOf = async (staging: UploadStaging, row: UploadRow): Promise<number> =>
  row.state === 'open' ? staging.offsetOf(row.id) : (row.length ?? 0)

/** An upload and what came of it. @throws HoldfastError `not_found`, `upload_gone` */
export const getUpload = async (deps: UploadStatusDeps, actor: Actor | null, text: string): Promise<UploadView> => {
  authorize(actor, 'files:read', {})
  return presentUpload(deps, await requireUpload(deps, actor, text))
}

/** A page of the organization's unfinished uploads, the newest first; files of folders are not among them. */
export const listUploads = async (
  deps: UploadStatusDeps,
  actor: Actor | null,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<z.infer<typeof uploadListSchema>> => {
  authorize(actor, 'files:read', {})
  const before = cursor === undefined ? undefined : decodeCursor(cursor, {})
  const page = { organizationId: actor.organizationId, limit: limit + 1, before }
  const rows = await listUploadRows(deps.db.kysely, page)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    uploads: await Promise.all(shown.map((row) => presentUpload(deps, row))),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.id, {}) : null,
  }
}

const presentUpload = async (deps: UploadStatusDeps, row: UploadRow): Promise<UploadView> => ({
  id: encodeUploadId(row.store_id, row.id),
  state: row.state,
  part: row.part_kind,
  offset: await offsetOf(deps.staging, row),
  length: row.length,
  name: (await readMetadata(deps, row)).name,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  file: row.file_id,
  cid: finishedOf(row)?.cid ?? null,
  failure: row.state === 'finished' || row.failure === null ? null : failureOf(row.failure),
})

const failureOf = (failure: Record<string, unknown>): { code: string; message: string } => ({
  code: String(failure.code),
  message: String(failure.message),
})

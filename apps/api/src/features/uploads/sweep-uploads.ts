import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { deleteStaged } from './delete-staged.ts'
import { deleteFolders, expiredFolderIds, uploadIdsOfFolder } from './folder-repository.ts'
import { deleteUploads, markReceived } from './repository.ts'
import { expiredUploadIds, knownUploadIds, openUploadsAfter, uploadsToFinish } from './sweep-repository.ts'
import { expiryOf, type UploadClock } from './upload-clock.ts'

export type SweepDeps = {
  db: Pick<Database, 'kysely'>
  staging: UploadStaging
  storeId: string
  clock: UploadClock
  logger: MinimalLogger
  /** See `UploadWork`. */
  work: {
    finish(id: string): Promise<unknown>
    isFinishing(id: string): boolean
    isCompleting(folderId: string): boolean
  }
}

const PAGE = 500

/**
 * Finishes what a crash left unfinished, and removes what has expired. Staged bytes without a row go too, but not before they
 * are as old as an upload may get: an older database put back must not cost anybody's bytes at once.
 */
export const sweepUploads = async (deps: SweepDeps, signal: AbortSignal): Promise<void> => {
  await settleWholeUploads(deps, signal)
  await finishReceived(deps, signal)
  await removeExpired(deps, signal)
  await removeStrays(deps, signal)
}

/** A crash between the last byte and the row leaves an upload open that is whole. */
const settleWholeUploads = async ({ db, staging, storeId, clock }: SweepDeps, signal: AbortSignal): Promise<void> => {
  for (let after: string | undefined, more = true; more && !signal.aborted; ) {
    const rows = await openUploadsAfter(db.kysely, storeId, { after, limit: PAGE })
    for (const { id, length } of rows)
      if ((await staging.offsetOf(id)) === length) await markReceived(db.kysely, id, expiryOf(clock))
    after = rows.at(-1)?.id
    more = rows.length === PAGE
  }
}

const finishReceived = async ({ db, storeId, clock, work, logger }: SweepDeps, signal: AbortSignal): Promise<void> => {
  for (const id of await uploadsToFinish(db.kysely, storeId, new Date(clock.now()), PAGE)) {
    if (signal.aborted) return
    await work.finish(id).catch((error: unknown) => {
      if (error instanceof HoldfastError) logger.debug({ code: error.code, id }, 'an upload is not finished yet')
      else logger.warn({ err: error, id }, 'an upload could not be finished')
    })
  }
}

const removeExpired = async ({ db, staging, storeId, clock, work }: SweepDeps, signal: AbortSignal): Promise<void> => {
  const now = new Date(clock.now())
  for (let more = true; more && !signal.aborted; ) {
    const expired = await expiredUploadIds(db.kysely, storeId, now, PAGE)
    const ids = expired.filter((id) => !work.isFinishing(id))
    await deleteUploads(db.kysely, ids)
    await deleteStaged(staging, ids)
    more = ids.length === PAGE
  }
  for (const folderId of await expiredFolderIds(db.kysely, storeId, now, PAGE)) {
    if (signal.aborted) return
    if (work.isCompleting(folderId)) continue
    const ids = await uploadIdsOfFolder(db.kysely, folderId)
    await deleteFolders(db.kysely, [folderId])
    await deleteStaged(staging, ids)
  }
}

const removeStrays = async ({ db, staging, clock, logger }: SweepDeps, signal: AbortSignal): Promise<void> => {
  const old: string[] = []
  for await (const { id, modifiedAt } of staging.list())
    if (modifiedAt < clock.now() - clock.expiresAfterMs) old.push(id)
  for (let at = 0; at < old.length && !signal.aborted; at += PAGE) {
    const ids = old.slice(at, at + PAGE)
    const known = await knownUploadIds(db.kysely, ids)
    const strays = ids.filter((id) => !known.has(id))
    await deleteStaged(staging, strays)
    if (strays.length > 0) logger.info({ uploads: strays.length }, 'removed staged bytes that no upload owns')
  }
}

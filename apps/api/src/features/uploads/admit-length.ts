import type { Database } from '@packages/db/open-database'
import { storageUsedUp } from '@packages/db/plan-refusals'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { tooLarge } from '../../upload-body/limited-bytes.ts'
import type { QuotaGate } from '../../upload-body/quota-gate.ts'
import { readRoom } from './repository.ts'

export type AdmitLengthDeps = {
  db: Pick<Database, 'kysely'>
  quota: Pick<QuotaGate, 'admit'>
  freeSpace: () => Promise<number>
  limits: { uploadMaxBytes: number; minFreeBytes: number }
}

/** The bytes lie in the staging area and, while the upload is finished, in the store as well. */
const COPIES = 2
/** Below it the quota is looked at only when the upload is finished, where it is decided anyway. */
const SMALL_BYTES = 1024 * 1024
const CHECK_EVERY_BYTES = 16 * 1024 * 1024

/**
 * Refuses an upload that cannot succeed, before anything of it is taken.
 * @param length null while it is not known
 * @throws HoldfastError `payload_too_large`, `insufficient_storage`, `quota_exceeded`
 */
export const admitLength = async (
  { db, quota, freeSpace, limits }: AdmitLengthDeps,
  organizationId: string,
  length: number | null,
): Promise<void> => {
  const atLeast = length ?? 0
  if (atLeast > limits.uploadMaxBytes) throw tooLarge(limits.uploadMaxBytes)
  if (limits.minFreeBytes > 0 && (await freeSpace()) - atLeast * COPIES < limits.minFreeBytes)
    throw new HoldfastError('insufficient_storage')
  await quota.admit(organizationId, atLeast)
  if (atLeast <= SMALL_BYTES) return
  const room = await readRoom(db.kysely, organizationId)
  if (room !== null && atLeast > room) throw storageUsedUp()
}

/** Passes bytes on while the disk has room for more. @throws HoldfastError `insufficient_storage` */
export async function* whileThereIsSpace(
  { freeSpace, limits }: Pick<AdmitLengthDeps, 'freeSpace' | 'limits'>,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let unchecked = CHECK_EVERY_BYTES
  for await (const piece of source) {
    unchecked += piece.length
    if (limits.minFreeBytes > 0 && unchecked >= CHECK_EVERY_BYTES) {
      unchecked = 0
      if ((await freeSpace()) < limits.minFreeBytes) throw new HoldfastError('insufficient_storage')
    }
    yield piece
  }
}

/**
 * Passes on the bytes of an upload whose length is deferred: nothing was promised for it, so that those which are staged count
 * as if they were stored.
 * @param staged bytes that are there already
 * @throws HoldfastError `quota_exceeded`
 */
export async function* withinRoom(
  { db }: Pick<AdmitLengthDeps, 'db'>,
  organizationId: string,
  staged: number,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const room = await readRoom(db.kysely, organizationId)
  let left = room === null ? Number.POSITIVE_INFINITY : room - staged
  for await (const piece of source) {
    left -= piece.length
    if (left < 0) throw storageUsedUp()
    yield piece
  }
}

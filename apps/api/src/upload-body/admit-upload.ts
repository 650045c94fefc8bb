import { tooLarge } from './limited-bytes.ts'
import { noSpace } from './no-space.ts'
import type { QuotaGate } from './quota-gate.ts'

export type AdmitUploadDeps = {
  quota: Pick<QuotaGate, 'admit'>
  freeSpace: () => Promise<number>
  limits: { uploadMaxBytes: number; minFreeBytes: number }
}

/** What the rest of the form may add to a request's length. */
const FORM_BYTES = 256 * 1024

/**
 * Refuses, before a byte is read, an upload that cannot succeed: longer than allowed, no space left on the disk, or
 * the organization at its limit. The quota is decided for good at commit, where the size and what is held already
 * are known.
 * @param contentLength of the request; null when it is not told
 * @returns the most bytes that may be read of it
 * @throws HoldfastError `payload_too_large`, `insufficient_storage`, `quota_exceeded`
 */
export const admitUpload = async (
  { quota, freeSpace, limits }: AdmitUploadDeps,
  organizationId: string,
  contentLength: number | null,
): Promise<number> => {
  const atLeast = Math.max(0, (contentLength ?? 0) - FORM_BYTES)
  if (atLeast > limits.uploadMaxBytes) throw tooLarge(limits.uploadMaxBytes)
  if (limits.minFreeBytes > 0 && (await freeSpace()) - atLeast < limits.minFreeBytes) throw noSpace('nothing')
  const maxFileBytes = await quota.admit(organizationId, atLeast)
  return Math.min(limits.uploadMaxBytes, maxFileBytes ?? Number.POSITIVE_INFINITY)
}

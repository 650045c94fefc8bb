import { HoldfastError } from '@packages/shared/holdfast-error'

/** The segment that a location names was unlinked meanwhile: look the block up again. */
export class SegmentGone extends Error {
  override readonly name = 'SegmentGone'
  readonly segment: number

  constructor(segment: number) {
    super(`segment ${segment} is gone`)
    this.segment = segment
  }
}

/** Stored bytes that do not match their CID any more, or that are missing: the disk lost something. */
export class BlockDamaged extends Error {
  override readonly name = 'BlockDamaged'
}

const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** True for a full disk, quota or file-size limit, told by the file system or by LMDB. */
export const isNoSpace = (error: unknown): boolean => {
  if (error instanceof HoldfastError) return error.code === 'insufficient_storage'
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errnoOf(error) ?? '')) return true
  return error instanceof Error && /No space left|MDB_MAP_FULL|Disk quota exceeded/i.test(error.message)
}

/** True when stored bytes are not there to be read: cut off, in a file that is gone, or on a part of the disk that fails. */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof BlockDamaged || error instanceof SegmentGone || errnoOf(error) === 'EIO'

/** What a full disk is told as, for a cause that does not say so. */
export const noSpaceError = (cause: unknown): Error =>
  Object.assign(new Error('ENOSPC: no space left on device', { cause }), { code: 'ENOSPC' })

export const isMissingFile = (error: unknown): boolean => errnoOf(error) === 'ENOENT'

/** What a caller of the store meets: `insufficient_storage` for a full disk, everything else as it is. */
export const asStoreError = (error: unknown): unknown =>
  isNoSpace(error) && !(error instanceof HoldfastError)
    ? new HoldfastError('insufficient_storage', { cause: error })
    : error

export const incompleteDag = (missing: string): HoldfastError =>
  new HoldfastError('invalid_request', { detail: `The DAG is not whole: ${missing} is missing.` })

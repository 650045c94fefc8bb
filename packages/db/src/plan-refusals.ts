import { HoldfastError } from '@packages/shared/holdfast-error'

/** What is said where a plan ends, before an upload and at its commit alike. */
export const fileTooLarge = (maxFileBytes: number): HoldfastError =>
  new HoldfastError('payload_too_large', { detail: `The plan allows ${maxFileBytes} bytes for one file or folder.` })

export const tooManyFiles = (files: number): HoldfastError =>
  new HoldfastError('quota_exceeded', { detail: `The plan allows ${files} files.` })

export const tooManyCopies = (copies: number): HoldfastError =>
  new HoldfastError('quota_exceeded', { detail: `The plan allows ${copies} copies of a pin, and as many zones.` })

export const storageUsedUp = (): HoldfastError =>
  new HoldfastError('quota_exceeded', { detail: 'The storage limit of the organization is reached.' })

import { HoldfastError } from '@packages/shared/holdfast-error'

/** Nothing is erased by a slip of the hand. @throws HoldfastError `invalid_request` */
export const requireConfirmation = (given: string, expected: string): void => {
  if (given.trim().toLowerCase() === expected.toLowerCase()) return
  throw new HoldfastError('invalid_request', { fields: [{ path: 'confirm', message: 'is not what is to be erased' }] })
}

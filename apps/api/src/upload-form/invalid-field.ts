import { HoldfastError } from '@packages/shared/holdfast-error'

export const invalidField = (path: string, message: string): HoldfastError =>
  new HoldfastError('invalid_request', { fields: [{ path, message }] })

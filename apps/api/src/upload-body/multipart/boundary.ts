import { HoldfastError } from '@packages/shared/holdfast-error'
import { parseHeaderValue } from './header-parameters.ts'

/** RFC 2046 says 70; longer ones exist in the wild. */
const MAX_BOUNDARY = 200

/**
 * The boundary that a request's Content-Type names.
 * @throws HoldfastError `unsupported_media_type` when the body is no form, `invalid_multipart` without a usable boundary.
 */
export const boundaryOf = (contentType: string | undefined): string => {
  if (contentType === undefined || !/^multipart\/form-data\s*(;|$)/i.test(contentType))
    throw new HoldfastError('unsupported_media_type', { detail: 'Send the file as multipart/form-data.' })
  const boundary = parseHeaderValue(contentType).parameters.get('boundary')
  if (boundary === undefined || boundary.length === 0 || boundary.length > MAX_BOUNDARY)
    throw new HoldfastError('invalid_multipart', {
      detail: `Content-Type must name a boundary of 1 to ${MAX_BOUNDARY} characters.`,
    })
  return boundary
}

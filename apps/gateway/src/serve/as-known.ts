import { InvalidDagError, MissingBlockError } from '@packages/content/unixfs/dag-errors'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { ContentGone } from '../content/block-errors.ts'
import { isOnlyIfCached } from '../request/gateway-request.ts'
import type { RequestHeaders } from '../request/read-headers.ts'

/** Path gateway specification, "404 Not Found": a missing or an invalid node on the way. */
export const asKnown = (error: unknown, headers: RequestHeaders): HoldfastError => {
  // RFC 9111, 5.2.1.7, of a part as of a root: what is not here may be elsewhere.
  const isMissing = error instanceof MissingBlockError || error instanceof ContentGone
  if (isMissing && isOnlyIfCached({ headers }))
    return new HoldfastError('precondition_failed', { detail: 'This gateway does not have all of it.', cause: error })
  if (error instanceof InvalidDagError) return new HoldfastError('not_found', { detail: error.message, cause: error })
  if (error instanceof HoldfastError) return error
  if (error instanceof ContentGone)
    return new HoldfastError('not_found', { detail: 'A part of this content is not held any more.' })
  return new HoldfastError('internal', { cause: error })
}

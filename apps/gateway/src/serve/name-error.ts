import { HoldfastError } from '@packages/shared/holdfast-error'
import type { NameFailure } from '../names/name-question.ts'

/** What is being looked up ends by then. */
const RETRY_MS = 5_000

/** DNSLink gateway specification: 400 at the recursion limit. Path gateway specification: 5xx for names that do not resolve. */
export const nameError = ({ failure, detail, retryAfterMs = RETRY_MS }: NameFailure): HoldfastError => {
  switch (failure) {
    case 'too-deep':
      return new HoldfastError('invalid_path', { detail })
    case 'limited':
      return new HoldfastError('rate_limited', {
        detail,
        headers: { 'Retry-After': `${Math.ceil(retryAfterMs / 1_000)}` },
      })
    case 'unavailable':
      return new HoldfastError('unavailable', { detail, headers: { 'Retry-After': '5' } })
    case 'unresolved':
      return new HoldfastError('name_not_resolved', { detail, headers: { 'Retry-After': '30' } })
  }
}

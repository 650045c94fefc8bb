import { HoldfastError } from '@packages/shared/holdfast-error'
import type { RequestHeaders } from '../request/read-headers.ts'
import { type ByteRange, selectRange } from '../request/byte-range.ts'
import { matchesStrongly, matchesWeakly, rangeApplies } from '../request/entity-tag.ts'

export type Selected =
  | { kind: 'whole' }
  | { kind: 'range'; range: ByteRange }
  | { kind: 'not-modified' }
  | { kind: 'precondition-failed' }
  | { kind: 'unsatisfiable' }

/**
 * What of a representation a GET or HEAD gets, in the order of RFC 9110, 13.2.2. A range is for GET only (14.2).
 * @param etag with its quotes; a weak one matches no If-Match
 */
export const selectPart = (method: string, headers: RequestHeaders, etag: string, size: number): Selected => {
  if (headers.ifMatch !== undefined && !matchesStrongly(headers.ifMatch, etag)) return { kind: 'precondition-failed' }
  if (headers.ifNoneMatch !== undefined && matchesWeakly(headers.ifNoneMatch, etag)) return { kind: 'not-modified' }
  if (method !== 'GET' || headers.range === undefined || !rangeApplies(headers.ifRange, etag)) return { kind: 'whole' }
  const range = selectRange(headers.range, size)
  if (range === 'whole') return { kind: 'whole' }
  return range === 'unsatisfiable' ? { kind: 'unsatisfiable' } : { kind: 'range', range }
}

/**
 * The same for a representation that has no ranges: whether the client has it already.
 * @throws HoldfastError `precondition_failed`
 */
export const isNotModified = (headers: RequestHeaders, etag: string): boolean => {
  const { kind } = selectPart('HEAD', headers, etag, 0)
  if (kind === 'precondition-failed') throw new HoldfastError('precondition_failed')
  return kind === 'not-modified'
}

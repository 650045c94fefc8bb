import { hash } from 'node:crypto'
import { HoldfastError } from '@packages/shared/holdfast-error'

const VERSION = 1
const FILTER_BYTES = 8
const LENGTH = 1 + FILTER_BYTES + 16

/**
 * Where a list goes on: after the row with this id. Opaque to callers, and bound to the list's filters, so that a cursor
 * used with others is told as an error and not as a puzzling page. Holds nothing secret: what a caller may see is
 * decided by the query, so it needs no signature.
 */
export const encodeCursor = (id: string, filters: object): string =>
  Buffer.concat([Buffer.from([VERSION]), digestOf(filters), Buffer.from(id.replaceAll('-', ''), 'hex')]).toString(
    'base64url',
  )

/** The row id in a cursor. @throws HoldfastError `invalid_cursor` for one that we did not make for these filters */
export const decodeCursor = (cursor: string, filters: object): string => {
  const bytes = /^[\w-]{1,100}$/.test(cursor) ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0)
  if (bytes.length !== LENGTH || bytes[0] !== VERSION || bytes.toString('base64url') !== cursor)
    throw new HoldfastError('invalid_cursor')
  if (!bytes.subarray(1, 1 + FILTER_BYTES).equals(digestOf(filters)))
    throw new HoldfastError('invalid_cursor', { detail: 'This cursor belongs to a list with other filters.' })
  const hex = bytes.subarray(1 + FILTER_BYTES).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const digestOf = (filters: object): Buffer => {
  const present = Object.entries(filters).filter(([, value]) => value !== undefined)
  const text = JSON.stringify(present.sort(([a], [b]) => (a < b ? -1 : 1)))
  return hash('sha256', text, 'buffer').subarray(0, FILTER_BYTES)
}

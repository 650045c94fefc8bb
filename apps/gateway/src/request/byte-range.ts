/** `start` inclusive, `end` exclusive. */
export type ByteRange = { start: number; end: number }

/** More than these are nobody's reading. */
const MAX_RANGES = 8
const SINGLE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i

/**
 * The part of a representation of `size` bytes that a Range header asks for (RFC 9110, 14.1.2 and 14.2).
 * `whole`: no range, one that cannot be read, another unit, or more than eight ranges, all of which a server may ignore. Of several ranges the first that can
 * be satisfied is sent: a server may send fewer than were asked for (15.3.7).
 * `unsatisfiable`: answer 416. Digits beyond 2^53 lose precision only where they lie past every size anyway.
 */
export const selectRange = (header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' => {
  if (header === undefined) return 'whole'
  if (header.includes(',')) return selectFirst(header, size)
  const match = SINGLE.exec(header)
  if (match === null) return 'whole'
  const [, first = '', last = ''] = match
  if (first === '') return last === '' ? 'whole' : selectSuffix(Number(last), size)
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return 'whole'
  return start < size ? { start, end } : 'unsatisfiable'
}

const selectFirst = (header: string, size: number): ByteRange | 'whole' | 'unsatisfiable' => {
  const parts = header.split(',', MAX_RANGES + 1)
  if (parts.length > MAX_RANGES) return 'whole'
  const ranges = parts.map((part, index) => selectRange(index === 0 ? part.trim() : `bytes=${part.trim()}`, size))
  if (ranges.includes('whole')) return 'whole'
  return ranges.find((range) => range !== 'unsatisfiable') ?? 'unsatisfiable'
}

const selectSuffix = (length: number, size: number): ByteRange | 'whole' | 'unsatisfiable' => {
  if (length === 0) return 'unsatisfiable'
  // Satisfiable, but a Content-Range cannot name a part of nothing.
  if (size === 0) return 'whole'
  return { start: Math.max(0, size - length), end: size }
}

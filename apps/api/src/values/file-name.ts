import { HoldfastError } from '@packages/shared/holdfast-error'

/** What Linux, macOS and Windows agree on; also what fits into a gateway address when percent-encoded. */
export const MAX_NAME_BYTES = 255

/** C0 and C1 controls, DEL, and the two line breaks of Unicode. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u

/**
 * Checks a name and gives it back in NFC. Names are labels, never paths: every legal text is stored as given (spaces,
 * quotes, `CON`, bidirectional marks included), and whoever writes one to a disk or a page escapes it there.
 * @throws HoldfastError `invalid_name` with the field `field`
 */
export const checkName = (given: string, field: string): string => {
  const problem = problemOf(given)
  if (problem !== null) throw invalidName(field, problem)
  return given.normalize('NFC')
}

const problemOf = (given: string): string | null => {
  if (!given.isWellFormed()) return 'is not valid Unicode'
  if (given.trim().length === 0) return 'must not be empty'
  if (CONTROL.test(given)) return 'must not hold control characters or line breaks'
  if (/[/\\]/.test(given)) return 'must not hold a path separator (/ or \\)'
  if (given === '.' || given === '..') return 'must not be "." or ".."'
  if (Buffer.byteLength(given.normalize('NFC')) > MAX_NAME_BYTES) return `must have ${MAX_NAME_BYTES} bytes at most`
  return null
}

/**
 * A part's file name: the last component when a client sends a path (RFC 7578, section 4.2, and RFC 2183, section 2.3,
 * forbid to use the rest). Browsers, curl and undici write `"` and line ends as %22, %0D and %0A (WHATWG HTML,
 * "multipart form data"); these three are read back, everything else is taken as it stands.
 * @throws HoldfastError `invalid_name` with the field `file`
 */
export const nameFromFilename = (filename: string | undefined): string => {
  if (filename === undefined) throw invalidName('file', 'is not valid UTF-8')
  const unescaped = filename.replace(/%(22|0D|0A)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return checkName(unescaped.slice(Math.max(unescaped.lastIndexOf('/'), unescaped.lastIndexOf('\\')) + 1), 'file')
}

export const invalidName = (field: string, problem: string): HoldfastError =>
  new HoldfastError('invalid_name', { detail: `The name ${problem}.`, fields: [{ path: field, message: problem }] })

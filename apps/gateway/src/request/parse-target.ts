import { HoldfastError } from '@packages/shared/holdfast-error'

/** The query parameters that decide anything here; every other one is for the pages that are served. */
export type TargetQuery = {
  filename: string | undefined
  download: boolean
  format: string | undefined
  /** The token of a link, which counts under /files only. */
  link: string | undefined
  /** A native address to go to instead, which counts at `/ipfs/` and `/ipns/` only. */
  uri: string | undefined
  /** Those that a CAR is described by, as they were written. */
  car?: Readonly<Record<string, string>>
  /** All of it as it was written, without its `?`. */
  written?: string
}

export type Target = { path: readonly string[]; query: TargetQuery }

export const MAX_TARGET_BYTES = 8192
const MAX_SEGMENTS = 256
/** The longest name that file systems take; longer ones only fill headers. */
export const MAX_FILENAME_BYTES = 255

const NO_QUERY: TargetQuery = {
  filename: undefined,
  download: false,
  format: undefined,
  link: undefined,
  uri: undefined,
}
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/
const CAR_PARAMETERS = new Set(['dag-scope', 'entity-bytes', 'car-version', 'car-order', 'car-dups'])
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i
/** An absolute form without a path means `/`. */
const NO_PATH = /^(https?:\/\/[^/?#]+)(\?|$)/i
const NOT_ASCII = /[\u0080-\uffff]/

const invalid = (detail: string): HoldfastError => new HoldfastError('invalid_path', { detail })

/** Percent-decoding to UTF-8; node hands a target's raw bytes over as latin1. */
const decode = (text: string): string => {
  const escaped = NOT_ASCII.test(text) ? text.replace(/[\u0080-\u00ff]/g, (byte) => encodeByte(byte)) : text
  if (!escaped.includes('%')) return escaped
  try {
    return decodeURIComponent(escaped)
  } catch (cause) {
    throw new HoldfastError('invalid_path', { detail: 'The percent-encoding of the address is not valid.', cause })
  }
}

const encodeByte = (byte: string): string => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`

const parseSegment = (raw: string, isLast: boolean): string => {
  const segment = decode(raw)
  if (segment === '' && !isLast) throw invalid('The path has an empty segment.')
  if (segment === '.' || segment === '..') throw invalid('The path has a dot segment.')
  if (segment.includes('/')) throw invalid('A segment of the path has an encoded slash.')
  if (CONTROL.test(segment)) throw invalid('The path has a control character.')
  return segment
}

const READ: ReadonlySet<string> = new Set(['filename', 'download', 'format', 'link', 'uri'])

const parseQuery = (text: string): TargetQuery => {
  const query: TargetQuery = { ...NO_QUERY, written: text }
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    if (CAR_PARAMETERS.has(name)) {
      const car = query.car ?? {}
      if (!Object.hasOwn(car, name)) query.car = { ...car, [name]: equals < 0 ? '' : decode(pair.slice(equals + 1)) }
      continue
    }
    if (!READ.has(name)) continue
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1).replaceAll('+', ' '))
    // The first of several counts, as in Go's url.Values.Get, which other gateways use.
    if (name === 'filename') query.filename ??= value
    else if (name === 'format') query.format ??= value
    else if (name === 'link') query.link ??= value
    else if (name === 'uri') query.uri ??= value
    else query.download ||= value === 'true'
  }
  if (query.filename === '') query.filename = undefined
  if (query.filename !== undefined) checkFilename(query.filename)
  return query
}

const checkFilename = (name: string): void => {
  if (CONTROL.test(name)) throw invalid('The parameter filename has a control character.')
  if (Buffer.byteLength(name) > MAX_FILENAME_BYTES) throw invalid('The parameter filename is longer than 255 bytes.')
}

/**
 * Reads a request target in origin or absolute form (RFC 9112, 3.2); the authority of the latter is the host's matter (`originOf`).
 * @throws HoldfastError `invalid_path`, `uri_too_long`
 */
export const parseTarget = (target: string): Target => {
  if (target.length > MAX_TARGET_BYTES) throw new HoldfastError('uri_too_long')
  const origin = target.startsWith('/') ? target : target.replace(NO_PATH, '$1/$2').replace(ABSOLUTE_FORM, '')
  if (!origin.startsWith('/')) throw invalid('The path does not start with a slash.')
  if (origin.includes('#')) throw invalid('The address has a fragment.')
  const question = origin.indexOf('?')
  const raw = (question < 0 ? origin : origin.slice(0, question)).slice(1).split('/')
  if (raw.length > MAX_SEGMENTS) throw invalid('The path has too many segments.')
  const path = raw.map((segment, index) => parseSegment(segment, index === raw.length - 1))
  return { path, query: question < 0 ? NO_QUERY : parseQuery(origin.slice(question + 1)) }
}

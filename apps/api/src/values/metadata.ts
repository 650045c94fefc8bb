import { HoldfastError } from '@packages/shared/holdfast-error'

export type Metadata = { [key: string]: MetadataValue }
type MetadataValue = string | number | boolean | null | MetadataValue[] | { [key: string]: MetadataValue }

export const MAX_METADATA_BYTES = 16 * 1024
export const MAX_METADATA_DEPTH = 8

/**
 * Reads a file's or pin's metadata from JSON text: an object of at most 16 KiB and depth 8 (the object itself is 1).
 * What could not be given back as it was sent is refused: numbers that lose digits, NUL and broken surrogates
 * (PostgreSQL's jsonb holds neither), keys named `__proto__`.
 * @throws HoldfastError `invalid_metadata` with the dotted path of the field
 */
export const parseMetadata = (text: string, field = 'metadata'): Metadata => {
  if (Buffer.byteLength(text) > MAX_METADATA_BYTES) throw tooLong(field)
  let value: unknown
  try {
    value = JSON.parse(text, refuseLostDigits(field))
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause
    throw invalid(field, 'is not valid JSON', cause)
  }
  return checkMetadata(value, field)
}

/** The same checks for metadata that comes inside of a JSON body. @throws HoldfastError `invalid_metadata` */
export const checkMetadata = (value: unknown, field = 'metadata'): Metadata => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, 'must be a JSON object')
  checkValue(value, field, 1)
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_METADATA_BYTES) throw tooLong(field)
  return value as Metadata
}

const checkValue = (value: unknown, path: string, depth: number): void => {
  if (typeof value === 'string') checkText(value, path)
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(path, 'is a number out of range')
  if (typeof value !== 'object' || value === null) return
  if (depth > MAX_METADATA_DEPTH) throw invalid(path, `is nested deeper than ${MAX_METADATA_DEPTH} levels`)
  for (const [key, inner] of Object.entries(value)) {
    checkText(key, path)
    if (key === '__proto__') throw invalid(path, 'must not have a key __proto__')
    checkValue(inner, `${path}.${key}`, depth + 1)
  }
}

const checkText = (text: string, path: string): void => {
  if (text.includes('\0') || !text.isWellFormed()) throw invalid(path, 'holds a NUL or broken Unicode')
}

/** The source text of a number is known only while parsing. */
const refuseLostDigits =
  (field: string) =>
  (key: string, value: unknown, context?: { source?: string }): unknown => {
    const lost = typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '') && !Number.isSafeInteger(value)
    if (lost) throw invalid(key === '' ? field : `${field}.${key}`, 'has too many digits: send it as a text')
    return value
  }

const tooLong = (field: string): HoldfastError => invalid(field, `has ${MAX_METADATA_BYTES} bytes at most`)

const invalid = (path: string, problem: string, cause?: unknown): HoldfastError =>
  new HoldfastError('invalid_metadata', {
    detail: `${path.length > 100 ? `${path.slice(0, 100)}…` : path} ${problem}.`,
    fields: [{ path, message: problem }],
    ...(cause === undefined ? {} : { cause }),
  })

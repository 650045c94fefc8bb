import { HoldfastError } from '@packages/shared/holdfast-error'
import { checkName, invalidName, nameFromFilename } from '../../values/file-name.ts'
import { type Metadata, MAX_METADATA_BYTES, parseMetadata } from '../../values/metadata.ts'
import { decodeUtf8 } from '../../upload-body/multipart/decode-utf8.ts'
import type { MultipartPart } from '../../upload-body/multipart/read-multipart.ts'

/** What an upload's form says, but for the file's bytes. */
export type UploadForm<T> = {
  name: string
  /** As the part said it; see `contentTypeOf`. */
  contentType: string | null
  metadata: Metadata
  /** What `onFile` made of the bytes. */
  file: T
}

/** Bytes that each field may have. What is longer is refused by the field's own rule. */
const FIELDS = { name: 4 * 1024, metadata: MAX_METADATA_BYTES, profile: 64 } as const
type Field = keyof typeof FIELDS
type Fields = { name?: string; metadata?: Metadata; profile?: string }

/**
 * Reads the form of an upload: one part `file`, and the fields `name`, `metadata` (JSON) and `profile`, each at most
 * once, in any order, except that `profile` decides how the file is cut and so comes before it.
 * `onFile` reads the file's bytes; they are never held here.
 * @throws HoldfastError `missing_file`, `invalid_name`, `invalid_metadata`, `invalid_multipart`, `unknown_field`, …
 */
export const readUploadForm = async <T>(
  parts: AsyncIterable<MultipartPart>,
  onFile: (bytes: AsyncIterable<Uint8Array>, profile: string | undefined) => Promise<T>,
): Promise<UploadForm<T>> => {
  const fields: Fields = {}
  let file: { filename: string | null; contentType: string | null; result: T } | undefined
  for await (const part of parts) {
    if (part.name === 'file') {
      if (file !== undefined) throw twice('file')
      if (part.filename === '') throw new HoldfastError('missing_file', { detail: 'The form has no file chosen.' })
      const { filename, contentType } = part
      file = { filename, contentType, result: await onFile(part.body, fields.profile) }
    } else if (Object.hasOwn(FIELDS, part.name)) {
      const field = part.name as Field
      if (Object.hasOwn(fields, field)) throw twice(field)
      if (field === 'profile' && file !== undefined)
        throw invalidField('profile', 'must come before the part "file": it decides how the file is cut')
      Object.assign(fields, { [field]: await readField(part, field) })
    } else throw unknownField(part.name)
  }
  if (file === undefined) throw new HoldfastError('missing_file')
  return {
    name: fields.name ?? nameOf(file.filename),
    contentType: file.contentType,
    metadata: fields.metadata ?? {},
    file: file.result,
  }
}

const nameOf = (filename: string | null): string => {
  if (filename === null) throw invalidName('file', 'is missing: send a filename with the part, or a field "name"')
  return nameFromFilename(decodeUtf8(filename))
}

const readField = async (part: MultipartPart, field: Field): Promise<string | Metadata> => {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of part.body) {
    length += piece.length
    if (length > FIELDS[field]) throw tooLong(field)
    pieces.push(piece)
  }
  const text = decodeUtf8(Buffer.concat(pieces).toString('latin1'))
  if (field === 'metadata') return parseMetadata(text ?? '')
  if (field === 'name') {
    if (text === undefined) throw invalidName('name', 'is not valid UTF-8')
    return checkName(text, 'name')
  }
  return text ?? ''
}

const tooLong = (field: Field): HoldfastError => {
  if (field === 'name') return invalidName('name', 'is too long')
  if (field === 'profile') return invalidField('profile', 'is not known')
  const message = `has ${MAX_METADATA_BYTES} bytes at most`
  return new HoldfastError('invalid_metadata', { fields: [{ path: 'metadata', message }] })
}

const twice = (path: string): HoldfastError =>
  new HoldfastError('invalid_multipart', { fields: [{ path, message: 'must be sent once' }] })

export const invalidField = (path: string, message: string): HoldfastError =>
  new HoldfastError('invalid_request', { fields: [{ path, message }] })

const unknownField = (latin1: string): HoldfastError => {
  const path = (decodeUtf8(latin1) ?? latin1).slice(0, 100).toWellFormed()
  return new HoldfastError('unknown_field', { fields: [{ path, message: 'is not known here' }] })
}

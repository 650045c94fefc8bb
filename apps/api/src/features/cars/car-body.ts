import { HoldfastError } from '@packages/shared/holdfast-error'
import { boundaryOf } from '../../upload-body/multipart/boundary.ts'
import { decodeUtf8 } from '../../upload-body/multipart/decode-utf8.ts'
import { MULTIPART_LIMITS, readMultipart } from '../../upload-body/multipart/read-multipart.ts'
import { nameFromFilename } from '../../values/file-name.ts'

export const CAR_TYPE = 'application/vnd.ipld.car'
export const FORM_TYPE = 'multipart/form-data'

export type CarBody = {
  bytes: AsyncIterable<Uint8Array>
  /** Of the part, once its bytes were read; null where nothing says one. */
  name: () => string | null
}

/** The CAR in a request: its whole body, or the part `file` of a form. @throws HoldfastError `unsupported_media_type` */
export const carBody = (contentType: string | undefined, body: AsyncIterable<Uint8Array>): CarBody => {
  const essence = contentType?.split(';')[0]?.trim().toLowerCase()
  if (essence === CAR_TYPE) return { bytes: body, name: () => null }
  let name: string | null = null
  const boundary = boundaryOf(contentType)
  const bytes = formFile(body, boundary, (filename) => {
    name = filename
  })
  return { bytes, name: () => name }
}

/** The bytes of the one part `file`; the form ends before they do, so that nothing is stored of one that goes on. */
async function* formFile(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  onName: (name: string | null) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let found = false
  for await (const part of readMultipart(body, boundary, { ...MULTIPART_LIMITS, files: 1, fields: 1 })) {
    if (part.name !== 'file' || found)
      throw new HoldfastError(part.name === 'file' ? 'invalid_multipart' : 'unknown_field', {
        fields: [
          { path: (decodeUtf8(part.name) ?? part.name).slice(0, 100).toWellFormed(), message: 'send one part "file"' },
        ],
      })
    found = true
    onName(part.filename === null ? null : nameFromFilename(decodeUtf8(part.filename)).replace(/(?<=.)\.car$/i, ''))
    yield* part.body
  }
  if (!found) throw new HoldfastError('missing_file')
}

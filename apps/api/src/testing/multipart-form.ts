export type FormPart = {
  name: string
  filename?: string
  type?: string
  body: string | Uint8Array
  /** Instead of the Content-Disposition that `name` and `filename` make. */
  disposition?: string
}

export const TEST_BOUNDARY = 'X-test-boundary-X'

export const FORM_HEADERS = { 'content-type': `multipart/form-data; boundary=${TEST_BOUNDARY}` }

/** A multipart body, byte for byte as the parts say; `end: false` leaves the closing boundary out. */
export const formBody = (parts: readonly FormPart[], options: { end?: boolean } = {}): Buffer => {
  const pieces: Uint8Array[] = []
  for (const { name, filename, type, body, disposition } of parts) {
    const head = disposition ?? `form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}`
    const contentType = type === undefined ? '' : `Content-Type: ${type}\r\n`
    pieces.push(Buffer.from(`--${TEST_BOUNDARY}\r\nContent-Disposition: ${head}\r\n${contentType}\r\n`))
    pieces.push(typeof body === 'string' ? Buffer.from(body) : body, Buffer.from('\r\n'))
  }
  if (options.end !== false) pieces.push(Buffer.from(`--${TEST_BOUNDARY}--\r\n`))
  return Buffer.concat(pieces)
}

/** The one part that an upload needs. */
export const filePart = (body: string | Uint8Array, filename = 'a.txt', type?: string): FormPart => ({
  name: 'file',
  filename,
  body,
  ...(type === undefined ? {} : { type }),
})

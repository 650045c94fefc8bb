const BOUNDARY = 'holdfast-test-boundary'

export type Part = {
  name: string
  filename?: string
  contentType?: string
  headers?: string
  body: string | Uint8Array
}

export const MULTIPART: readonly [string, string] = ['Content-Type', `multipart/form-data; boundary=${BOUNDARY}`]

/** A multipart body as RFC 7578 has it; `closed: false` leaves the last boundary away. */
export const multipartBody = (parts: readonly Part[], { closed = true } = {}): Buffer => {
  const pieces: Buffer[] = []
  for (const { name, filename, contentType, headers = '', body } of parts) {
    const file = filename === undefined ? '' : `; filename="${filename}"`
    const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
    pieces.push(
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${type}${headers}\r\n`),
      Buffer.from(body),
      Buffer.from('\r\n'),
    )
  }
  if (closed) pieces.push(Buffer.from(`--${BOUNDARY}--\r\n`))
  return Buffer.concat(pieces)
}

/** One file part with these bytes. */
export const fileBody = (bytes: string | Uint8Array, filename = 'file.txt'): Buffer =>
  multipartBody([{ name: 'file', filename, contentType: 'text/plain', body: bytes }])

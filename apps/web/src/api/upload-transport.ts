export type UploadProgress = (sentBytes: number, totalBytes: number) => void

const headersOf = (xhr: XMLHttpRequest): Headers => {
  const headers = new Headers()
  for (const line of xhr
    .getAllResponseHeaders()
    .trim()
    .split(/[\r\n]+/)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return headers
}

/**
 * A `fetch` for one multipart request that tells how far the sending is, which fetch itself cannot do yet.
 * The form goes to XMLHttpRequest as it is, so the browser streams the file from disk; the body of `request` is left alone.
 */
export const uploadTransport =
  (form: FormData, onProgress: UploadProgress) =>
  (request: Request): Promise<Response> =>
    new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest()
      const abort = () => xhr.abort()
      const done = () => request.signal.removeEventListener('abort', abort)
      xhr.open(request.method, request.url)
      request.headers.forEach((value, name) => {
        if (name !== 'content-type') xhr.setRequestHeader(name, value)
      })
      xhr.upload.addEventListener('progress', (event) => onProgress(event.loaded, event.total))
      xhr.addEventListener('load', () => {
        done()
        resolve(new Response(xhr.responseText, { status: xhr.status, headers: headersOf(xhr) }))
      })
      xhr.addEventListener('error', () => {
        done()
        reject(new TypeError('The connection was lost'))
      })
      xhr.addEventListener('abort', () => {
        done()
        reject(new DOMException('The upload was cancelled', 'AbortError'))
      })
      if (request.signal.aborted) return reject(new DOMException('The upload was cancelled', 'AbortError'))
      request.signal.addEventListener('abort', abort)
      xhr.send(form)
    })

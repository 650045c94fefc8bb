import { ApiProblem } from './problem'

export type UploadProgress = (sentBytes: number, totalBytes: number) => void

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
        const type = xhr.getResponseHeader('content-type') ?? 'application/octet-stream'
        resolve(new Response(xhr.responseText, { status: xhr.status, headers: { 'content-type': type } }))
      })
      xhr.addEventListener('error', () => {
        done()
        reject(new ApiProblem(0, undefined))
      })
      xhr.addEventListener('abort', () => {
        done()
        reject(new DOMException('The upload was cancelled', 'AbortError'))
      })
      if (request.signal.aborted) return reject(new DOMException('The upload was cancelled', 'AbortError'))
      request.signal.addEventListener('abort', abort)
      xhr.send(form)
    })

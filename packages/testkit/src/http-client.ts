/** An answer other than the wished-for; `body` is what it said. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
  readonly status: number
  readonly body: string

  constructor(request: string, status: number, body: string) {
    super(`${request} answered ${status}: ${body.slice(0, 500)}`)
    this.status = status
    this.body = body
  }
}

/** Sends JSON and reads JSON; anything but 2xx throws UnexpectedAnswer. */
export const callJson = async <T>(
  url: string,
  options: { method?: string; token?: string; body?: unknown } = {},
): Promise<T> => {
  const { method = options.body === undefined ? 'GET' : 'POST', token, body } = options
  const answer = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new UnexpectedAnswer(`${method} ${url}`, answer.status, text)
  return JSON.parse(text) as T
}

export type UploadedFile = {
  file: { id: string; cid: string; name: string; size: number; contentType: string; createdAt: string }
  pin: { requestid: string; status: string }
}

/** Uploads bytes as one file. */
export const uploadFile = async (
  apiUrl: string,
  key: string,
  content: string | Uint8Array<ArrayBuffer> | Blob,
  name = 'file.bin',
): Promise<UploadedFile> => {
  const form = new FormData()
  form.set('file', content instanceof Blob ? content : new Blob([content]), name)
  const url = `${apiUrl}/api/v1/files/upload`
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: form })
  const text = await answer.text()
  if (!answer.ok) throw new UnexpectedAnswer(`POST ${url}`, answer.status, text)
  return JSON.parse(text) as UploadedFile
}

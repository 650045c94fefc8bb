/** An answer that is no success. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, text: string) {
    super(`${status}: ${text.slice(0, 300)}`)
    this.status = status
  }
}

/** Where the API is, and as whom it is asked. */
export type Caller = { apiUrl: string; key: string }

/** @param path such as `/psa/pins`. @throws Refused for an answer that is no success, or what ended the connection */
export const callApi = async <T>(
  { apiUrl, key }: Caller,
  method: string,
  path: string,
  { body, signal }: { body?: object; signal?: AbortSignal } = {},
): Promise<T> => {
  const answer = await fetch(`${apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Refused(answer.status, text)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

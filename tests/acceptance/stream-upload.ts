import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { UploadedFile } from '@packages/api-client/upload-file'

const BOUNDARY = 'holdfast-streamed-boundary'

/** An answer other than 201. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused'
  readonly status: number

  constructor(status: number, body: string) {
    super(`the upload answered ${status}: ${body.slice(0, 500)}`)
    this.status = status
  }
}

export type StreamUpload = {
  apiUrl: string
  key: string
  name: string
  size: number
  source: AsyncIterable<Uint8Array>
  signal?: AbortSignal
  /** The organization's default otherwise. */
  visibility?: 'private'
}

/**
 * Uploads a stream whose size is known, without holding it; what fetch's FormData does only for files on a disk.
 * @throws UploadRefused for an answer other than 201, or what the connection's end was
 */
export const streamUpload = async ({
  apiUrl,
  key,
  name,
  size,
  source,
  signal,
  visibility,
}: StreamUpload): Promise<UploadedFile> => {
  const head = Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  )
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
  const query = visibility === undefined ? '' : `?visibility=${visibility}`
  const sending = request(`${apiUrl}/api/v1/files/upload${query}`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': head.length + size + tail.length,
    },
    ...(signal === undefined ? {} : { signal }),
  })
  const answered = new Promise<{ status: number; body: string }>((resolve, reject) => {
    sending.once('error', reject)
    sending.once('response', async (response) => {
      try {
        const body = Buffer.concat(await response.toArray()).toString()
        resolve({ status: response.statusCode ?? 0, body })
      } catch (error) {
        reject(error)
      }
    })
  })
  const body = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    yield head
    yield* source
    yield tail
  }
  // An early refusal ends the sending; its answer is what counts then.
  const sent = pipeline(Readable.from(body(), { objectMode: false }), sending).catch((error: unknown) => error)
  const { status, body: text } = await answered
  await sent
  if (status !== 201) throw new UploadRefused(status, text)
  return JSON.parse(text) as UploadedFile
}

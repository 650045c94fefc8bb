import { randomBytes } from 'node:crypto'
import type { ClientRequest } from 'node:http'
import type { CallClock } from './call-clock.ts'

/** What parts a body's files: drawn anew for each, so that no uploaded byte can be it. */
export type MultipartBody = {
  type: string
  write(request: ClientRequest, clock: Pick<CallClock, 'touch'>): Promise<void>
}

/** A body of `multipart/form-data` with the files, as CARs. It is written as fast as the other side takes it, and ends quietly when that answers and takes no more. */
export const multipartBody = (files: readonly AsyncIterable<Uint8Array>[]): MultipartBody => {
  const boundary = randomBytes(16).toString('hex')
  const head = (index: number): string =>
    `${index === 0 ? '' : '\r\n'}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${index}.car"\r\ncontent-type: application/vnd.ipld.car\r\n\r\n`
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    async write(request, clock) {
      for (const [index, file] of files.entries()) {
        await writeTo(request, head(index), clock)
        for await (const piece of file) {
          if (request.destroyed) return
          await writeTo(request, piece, clock)
        }
      }
      request.end(`\r\n--${boundary}--\r\n`)
    },
  }
}

const writeTo = async (
  request: ClientRequest,
  bytes: string | Uint8Array,
  clock: Pick<CallClock, 'touch'>,
): Promise<void> => {
  clock.touch()
  if (request.destroyed || request.write(bytes)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  request.once('drain', resolve)
  request.once('close', resolve)
  await promise
  request.off('drain', resolve)
  request.off('close', resolve)
}

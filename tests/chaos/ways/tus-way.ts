import { generatedBytes } from '../../acceptance/generated-bytes.ts'
import { UploadRefused } from '../../acceptance/stream-upload.ts'
import type { LedgerFile } from '../ledger.ts'
import type { Acknowledged, Sending, UploadWay } from './upload-way.ts'

const PIECES = 4
const LEAST_PIECE = 64 * 1024

const contentOf = async ({ size, contentSeed }: LedgerFile): Promise<Buffer<ArrayBuffer>> =>
  Buffer.concat(await Array.fromAsync(generatedBytes(size, contentSeed)))

const ask = async (path: string, method: string, { apiUrl, key, signal }: Sending, more: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${key}`, 'tus-resumable': '1.0.0', ...(more.headers as object) }
  const answer = await fetch(`${apiUrl}${path}`, { method, signal, ...more, headers })
  const text = await answer.text()
  if (!answer.ok) throw new UploadRefused(answer.status, `${method} ${path}: ${text}`)
  return answer.headers
}

const acknowledged = (headers: Headers): Acknowledged | undefined => {
  const [id, cid] = [headers.get('holdfast-file'), headers.get('holdfast-cid')]
  return id === null || cid === null ? undefined : { id, cid }
}

/** Sends what is missing from `offset` on, in some pieces. */
const sendFrom = async (path: string, offset: number, file: LedgerFile, sending: Sending): Promise<Acknowledged> => {
  const content = await contentOf(file)
  const piece = Math.max(LEAST_PIECE, Math.ceil(file.size / PIECES))
  for (let at = offset; ; ) {
    const headers = await ask(path, 'PATCH', sending, {
      headers: { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(at) },
      body: content.subarray(at, at + piece),
    })
    const done = acknowledged(headers)
    if (done !== undefined) return done
    const next = Number(headers.get('upload-offset'))
    if (!(next > at)) throw new UploadRefused(204, `the offset stays at ${at}`)
    at = next
  }
}

const goOn = async (file: LedgerFile, sending: Sending): Promise<Acknowledged> => {
  const path = file.resumeAt ?? ''
  const known = await ask(path, 'HEAD', sending)
  return acknowledged(known) ?? sendFrom(path, Number(known.get('upload-offset')), file, sending)
}

/** tus 1.0 in pieces; an upload that was cut off is gone on with after the restart. */
export const tusWay: UploadWay = {
  name: 'tus',
  shape: 'file',
  weight: 2,
  async send(file, sending) {
    const created = await ask('/api/v1/uploads', 'POST', sending, {
      headers: {
        'upload-length': String(file.size),
        'upload-metadata': `filename ${Buffer.from(file.name).toString('base64')}`,
      },
    })
    const done = acknowledged(created)
    if (done !== undefined) return done
    file.resumeAt = new URL(created.get('location') ?? '', sending.apiUrl).pathname
    return sendFrom(file.resumeAt, 0, file, sending)
  },
  async resume(file, sending) {
    try {
      return await goOn(file, sending)
    } catch (error) {
      // Bytes of the request that was hung up on may come later than the question: one asks once more, as clients of tus do.
      if (error instanceof UploadRefused && error.status === 409) return goOn(file, sending)
      throw error
    }
  },
}

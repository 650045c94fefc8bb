import { generatedBytes } from '../../acceptance/generated-bytes.ts'
import { streamUpload } from '../../acceptance/stream-upload.ts'
import type { UploadWay } from './upload-way.ts'

/** `POST /api/v1/files/upload?visibility=private` with one file, streamed. */
export const secretWay: UploadWay = {
  name: 'secret',
  shape: 'file',
  weight: 1,
  async send({ name, size, contentSeed }, { apiUrl, key, signal }) {
    const source = generatedBytes(size, contentSeed)
    const { file } = await streamUpload({ apiUrl, key, name, size, source, signal, visibility: 'private' })
    return { id: file.id, cid: file.cid }
  },
}

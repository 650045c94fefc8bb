import { generatedBytes } from '../../acceptance/generated-bytes.ts'
import { streamUpload } from '../../acceptance/stream-upload.ts'
import type { UploadWay } from './upload-way.ts'

/** `POST /api/v1/files/upload` with one file, streamed. */
export const formWay: UploadWay = {
  name: 'form',
  shape: 'file',
  weight: 6,
  async send({ name, size, contentSeed }, { apiUrl, key, signal }) {
    const source = generatedBytes(size, contentSeed)
    const { file } = await streamUpload({ apiUrl, key, name, size, source, signal })
    return { id: file.id, cid: file.cid }
  },
}

import { Buffer } from 'node:buffer'
import { generatedBytes } from '../../acceptance/generated-bytes.ts'
import { UploadRefused } from '../../acceptance/stream-upload.ts'
import { folderEntries } from '../content.ts'
import type { UploadWay } from './upload-way.ts'

/** `POST /api/v1/files/upload` with paths: a folder of some files in two directories. */
export const folderWay: UploadWay = {
  name: 'folder',
  shape: 'folder',
  weight: 2,
  async send(folder, { apiUrl, key, random, signal }) {
    const form = new FormData()
    const entries = folderEntries(folder)
    // In any order.
    while (entries.length > 0) {
      const [entry] = entries.splice(random.between(0, entries.length - 1), 1)
      if (entry === undefined) break
      const content = Buffer.concat(await Array.fromAsync(generatedBytes(entry.size, entry.contentSeed)))
      form.append('file', new Blob([content]), `${folder.name}/${entry.path}`)
    }
    const headers = { authorization: `Bearer ${key}` }
    const answer = await fetch(`${apiUrl}/api/v1/files/upload`, { method: 'POST', headers, body: form, signal })
    const text = await answer.text()
    if (answer.status !== 201) throw new UploadRefused(answer.status, text)
    const { file } = JSON.parse(text) as { file: { id: string; cid: string } }
    return { id: file.id, cid: file.cid }
  },
}

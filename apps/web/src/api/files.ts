import { client, unwrap } from './client'
import { type UploadProgress, uploadTransport } from './upload-transport'

const PAGE_SIZE = 50

/** One page of the organization's files, newest first; `cursor` comes from the page before. */
export const listFiles = (cursor: string | undefined, signal: AbortSignal) =>
  unwrap(
    client.GET('/api/v1/files', { params: { query: { limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) } }, signal }),
  )

export type FilePage = Awaited<ReturnType<typeof listFiles>>
export type ListedFile = FilePage['files'][number]

/** Deletes one file row by its id; other rows of the same CID stay. */
export const deleteFile = (id: string) =>
  unwrap(client.DELETE('/api/v1/files/{hash}', { params: { path: { hash: id } } }))

/** Streams one file up; `onProgress` is told how much was sent. */
export const uploadFile = (file: File, onProgress: UploadProgress, signal: AbortSignal) => {
  const form = new FormData()
  form.set('file', file, file.name)
  return unwrap(
    client.POST('/api/v1/files/upload', {
      body: { file: '' },
      bodySerializer: () => form,
      fetch: uploadTransport(form, onProgress),
      signal,
    }),
  )
}

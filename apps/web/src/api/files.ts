import { createClient, dataOf } from '@packages/api-client/create-client'
import { uploadForm } from '@packages/api-client/upload-file'
import { folderForm } from '@packages/api-client/upload-folder'
import type { UploadWork } from '../files/upload-work'
import type { Visibility } from './read-me'
import { client } from './client'
import { type UploadProgress, uploadTransport } from './upload-transport'

const PAGE_SIZE = 50

/** One page of the organization's files, newest first; `cursor` comes from the page before. */
export const listFiles = (cursor: string | undefined, signal: AbortSignal) =>
  dataOf(
    client().GET('/api/v1/files', { params: { query: { limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) } }, signal }),
  )

export type FilePage = Awaited<ReturnType<typeof listFiles>>
export type ListedFile = FilePage['files'][number]

/** Deletes one file row by its id; other rows of the same CID stay. */
export const deleteFile = (id: string) =>
  dataOf(client().DELETE('/api/v1/files/{hash}', { params: { path: { hash: id } } }))

const OPEN_SECONDS = 300

/** Where the gateway shows a private file, for a few minutes: it reads no cookies. */
export const openingLink = async (fileId: string): Promise<string> => {
  const link = client().POST('/api/v1/files/{hash}/links', {
    params: { path: { hash: fileId } },
    body: { expiresInSeconds: OPEN_SECONDS, name: 'dashboard' },
  })
  return (await dataOf(link)).url
}

/** Streams a file or a folder up; `onProgress` is told how much was sent. */
export const upload = (
  { work, visibility }: { work: UploadWork; visibility: Visibility },
  onProgress: UploadProgress,
  signal: AbortSignal,
) => {
  if (work.kind === 'file') {
    const { file } = work
    return createClient({ fetch: uploadTransport(uploadForm({ file }), onProgress) }).uploadFile({
      file,
      visibility,
      signal,
    })
  }
  const { files, directories } = work
  const form = folderForm({ files, directories })
  // The form above is what is sent; the client need not make another one.
  return createClient({ fetch: uploadTransport(form, onProgress) }).uploadFolder({ files: [], visibility, signal })
}

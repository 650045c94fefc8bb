import type { Client } from 'openapi-fetch'
import { ApiProblem } from './api-problem.ts'
import type { operations, paths } from './schema.ts'

export type UploadInput = {
  /** Sent piece by piece from where it lies: a File of an `<input>`, or `await fs.openAsBlob(path)` in Node. */
  file: Blob
  /** By default the File's own name, otherwise `file`. */
  name?: string
  /** Kept with the file; a JSON object. */
  metadata?: Record<string, unknown>
  profile?: 'unixfs-v1-2025' | 'unixfs-v0-2015'
  /** Who may read it; as the organization says by default. `public` is final: what was public once may have been copied. */
  visibility?: 'public' | 'private'
  /** Makes it safe to send the same upload again. */
  idempotencyKey?: string
  signal?: AbortSignal
}

export type UploadedFile = operations['uploadFile']['responses'][201]['content']['application/json']

const nameOf = ({ file, name }: UploadInput): string =>
  name ?? ('name' in file && typeof file.name === 'string' ? file.name : 'file')

/** The multipart form of an upload. The file comes last: the server knows the rest before it streams. */
export const uploadForm = (input: UploadInput): FormData => {
  const form = new FormData()
  if (input.name !== undefined) form.set('name', input.name)
  if (input.metadata !== undefined) form.set('metadata', JSON.stringify(input.metadata))
  if (input.profile !== undefined) form.set('profile', input.profile)
  form.set('file', input.file, nameOf(input))
  return form
}

/** What of an upload is said beside its form. */
export const uploadParams = ({ idempotencyKey, visibility }: Pick<UploadInput, 'idempotencyKey' | 'visibility'>) => ({
  ...(idempotencyKey === undefined ? {} : { header: { 'Idempotency-Key': idempotencyKey } }),
  ...(visibility === undefined ? {} : { query: { visibility } }),
})

/** @throws ApiProblem */
export const uploadFile = async (client: Client<paths>, input: UploadInput): Promise<UploadedFile> => {
  const { signal } = input
  const { data, response } = await client.POST('/api/v1/files/upload', {
    params: uploadParams(input),
    body: { file: input.file },
    bodySerializer: () => uploadForm(input),
    ...(signal === undefined ? {} : { signal }),
  })
  if (data === undefined) throw new ApiProblem(response, undefined)
  return data
}

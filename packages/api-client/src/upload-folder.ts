import type { Client } from 'openapi-fetch'
import { ApiProblem } from './api-problem.ts'
import type { paths } from './schema.ts'
import { type UploadedFile, type UploadInput, uploadParams } from './upload-file.ts'

export type FolderInput = Omit<UploadInput, 'file'> & {
  /** Paths are relative and separated by `/`, such as `photos/2024/a.jpg`; a browser's `webkitRelativePath` is one. */
  files: Iterable<{ path: string; file: Blob }>
  /** Paths of directories that may be empty. */
  directories?: Iterable<string>
  /** Puts a directory around the folder. */
  wrap?: boolean
}

const DIRECTORY_TYPE = 'application/x-directory'

/** The multipart form of a folder: the paths are the filenames. */
export const folderForm = (input: FolderInput): FormData => {
  const form = new FormData()
  if (input.name !== undefined) form.set('name', input.name)
  if (input.metadata !== undefined) form.set('metadata', JSON.stringify(input.metadata))
  if (input.profile !== undefined) form.set('profile', input.profile)
  if (input.wrap !== undefined) form.set('wrap', String(input.wrap))
  const directory = new Blob([], { type: DIRECTORY_TYPE })
  for (const path of input.directories ?? []) form.append('file', directory, path)
  for (const { path, file } of input.files) form.append('file', file, path)
  return form
}

/** @throws ApiProblem */
export const uploadFolder = async (client: Client<paths>, input: FolderInput): Promise<UploadedFile> => {
  const { signal } = input
  const { data, response } = await client.POST('/api/v1/files/upload', {
    params: uploadParams(input),
    body: { file: new Blob() },
    bodySerializer: () => folderForm(input),
    ...(signal === undefined ? {} : { signal }),
  })
  if (data === undefined) throw new ApiProblem(response, undefined)
  return data
}

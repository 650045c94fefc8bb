import { dataOf } from '@packages/api-client/create-client'
import { client } from './client'

/** One file of the organization by its id; undefined when there is none. */
export const readFile = async (id: string, signal: AbortSignal) =>
  (await dataOf(client().GET('/api/v1/files/{hash}', { params: { path: { hash: id } }, signal }))).files[0]

/** The links of a file that work, the newest 100. */
export const listLinks = async (fileId: string, signal: AbortSignal) => {
  const params = { path: { hash: fileId }, query: { limit: 100 } }
  return (await dataOf(client().GET('/api/v1/files/{hash}/links', { params, signal }))).links
}

export type ListedLink = Awaited<ReturnType<typeof listLinks>>[number]

export type NewLink = { name: string; expiresInSeconds: number; password?: string; maxDownloads?: number }

/** The link's address, which is told here and never again. @throws ApiProblem `quota_exceeded` */
export const createLink = async (fileId: string, body: NewLink): Promise<string> =>
  (await dataOf(client().POST('/api/v1/files/{hash}/links', { params: { path: { hash: fileId } }, body }))).url

export const revokeLink = async ({ fileId, linkId }: { fileId: string; linkId: string }): Promise<void> => {
  await client().DELETE('/api/v1/files/{hash}/links/{linkId}', { params: { path: { hash: fileId, linkId } } })
}

/** For good. @throws ApiProblem `quota_exceeded`, `insufficient_storage` */
export const makePublic = (fileId: string) =>
  dataOf(
    client().PUT('/api/v1/files/{hash}/visibility', {
      params: { path: { hash: fileId } },
      body: { visibility: 'public' },
    }),
  )

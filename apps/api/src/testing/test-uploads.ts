import type { AddressInfo } from 'node:net'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { MemoryBlocks } from '@packages/content/unixfs/memory-blocks'
import { buildTestContentApi, type TestApi, type TestUser } from './test-api.ts'
import type { TestContent } from './test-content.ts'

export const UPLOADS = '/api/v1/uploads'
export const OFFSET_TYPE = 'application/offset+octet-stream'

type Headers = Record<string, string>

/** Upload-Metadata of these values. */
export const uploadMetadata = (values: Headers): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')

/** The CID that the default profile gives. */
export const cidOf = async (bytes: Uint8Array): Promise<string> => {
  const source = (async function* () {
    if (bytes.length > 0) yield bytes
  })()
  const { root } = await importFile(source, { sink: new MemoryBlocks(), profile: importProfiles['unixfs-v1-2025'] })
  return root.toString()
}

/** Status and code of a problem. */
export const problemOfReply = async (reply: Response): Promise<[number, string]> => [
  reply.status,
  ((await reply.json()) as { code: string }).code,
]

/** The API on a socket, and a client that speaks tus by hand, without Tus-Resumable. */
export const startTestUploads = async () => {
  const api: TestApi & { content: TestContent } = await buildTestContentApi()
  const user: TestUser = await api.setUp()
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`

  const send = (method: string, path: string, headers: Headers = {}, body?: string | Uint8Array<ArrayBuffer>) =>
    fetch(new URL(path, origin), {
      method,
      headers: { ...user.headers, ...headers },
      ...(body === undefined ? {} : { body }),
    })
  return {
    api,
    user,
    origin,
    send,
    create: async (headers: Headers, body?: string | Uint8Array<ArrayBuffer>) => {
      const reply = await send('POST', UPLOADS, headers, body)
      return { reply, url: reply.headers.get('location') ?? '' }
    },
    patch: (url: string, offset: number, body: string | Uint8Array<ArrayBuffer>, headers: Headers = {}) =>
      send('PATCH', url, { 'content-type': OFFSET_TYPE, 'upload-offset': String(offset), ...headers }, body),
    filesNamed: async (name: string) =>
      (await api.call('GET', `/api/v1/files?name=${encodeURIComponent(name)}`, { as: user.headers })).json().files,
    stop: () => api.stop(),
  }
}

export type TestUploads = Awaited<ReturnType<typeof startTestUploads>>

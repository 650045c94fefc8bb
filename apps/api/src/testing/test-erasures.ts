import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { openMailOrNull } from '@packages/runtime/sealed-mail'
import { ErasureWorker } from '@services/ipfs-manager/erasure/erasure-worker'
import type { ApiDeps } from '../app.ts'
import { filePart, FORM_HEADERS, formBody } from './multipart-form.ts'
import { buildTestContentApi, type TestUser } from './test-api.ts'

/** The API with a content store, and the worker that erases; it runs when it is told to. */
export const startTestErasures = async (options: Partial<ApiDeps> = {}) => {
  const api = await buildTestContentApi({ mailConfigured: true, ...options })
  const { store, manager, directory, deps } = api.content
  const worker = new ErasureWorker({
    db: api.db,
    store,
    releases: manager.releases,
    logger: silentLogger,
    openMail: (payload) => openMailOrNull(api.masterKey, payload),
    removeStaged: async (ids) => {
      for (const id of ids) await deps.staging.remove(id)
    },
    bytesPerSecond: 1e9,
  })

  const upload = async (user: TestUser, bytes: string, name: string, headers: object = {}): Promise<string> => {
    const reply = await api.app.inject({
      method: 'POST',
      url: '/api/v1/files/upload',
      headers: { ...user.headers, ...FORM_HEADERS, ...headers },
      payload: formBody([filePart(bytes, name)]),
    })
    if (reply.statusCode !== 201) throw new Error(reply.body)
    return reply.json().file.cid
  }

  /** All that the store has on the disk. */
  const segmentBytes = async (): Promise<Buffer> => {
    const folder = join(directory, 'segments')
    return Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))))
  }

  const receipt = async (token: string) =>
    (await api.call('POST', '/api/v1/erasures/receipt', { body: { token } })).json()

  const openMail = (payload: { id: string; sealed: string }) => openMailOrNull(api.masterKey, payload)

  return { ...api, openMail, worker, upload, segmentBytes, receipt, stop: () => worker.stop().then(() => api.stop()) }
}

export type TestErasures = Awaited<ReturnType<typeof startTestErasures>>

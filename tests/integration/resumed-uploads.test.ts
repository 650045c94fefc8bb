import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { MemoryBlocks } from '@packages/content/unixfs/memory-blocks'
import { callJson } from '@packages/testkit/http-client'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { Upload, type UploadOptions } from 'tus-js-client'
import { afterAll, beforeAll, expect, it } from 'vitest'

const ADMIN = { ADMIN_EMAIL: 'ada@example.org', ADMIN_PASSWORD: 'long enough' }
const SIZE = 24_000_000

let dataDir: string
let platform: SpawnedPlatform
let key: string

/** On the same port again, so that a client finds it. */
const start = (port = '0'): Promise<SpawnedPlatform> =>
  spawnPlatform({
    dataDir,
    environment: { ...ADMIN, API_PORT: port },
    command: [process.execPath, 'apps/platform/src/main.ts', '--without-dashboard'],
  })

const restart = async (): Promise<void> => {
  const { port } = new URL(platform.apiUrl)
  await platform.kill()
  platform = await start(port)
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hf-resumed-'))
  platform = await start()
  const login = { email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD }
  const session = await callJson<{ accessToken: string }>(`${platform.apiUrl}/api/v1/auth/login`, { body: login })
  const body = { name: 'tus' }
  key = (await callJson<{ key: string }>(`${platform.apiUrl}/api/v1/api-keys`, { token: session.accessToken, body }))
    .key
})
afterAll(async () => {
  await platform.kill()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
})

const cidOf = async (bytes: Uint8Array): Promise<string> => {
  const source = (async function* () {
    yield bytes
  })()
  const { root } = await importFile(source, { sink: new MemoryBlocks(), profile: importProfiles['unixfs-v1-2025'] })
  return root.toString()
}

const filesNamed = async (name: string): Promise<{ cid: string; size: number }[]> =>
  (
    await callJson<{ files: { cid: string; size: number }[] }>(`${platform.apiUrl}/api/v1/files?name=${name}`, {
      token: key,
    })
  ).files

/** Kills the server once, as soon as a third of the bytes has been sent. */
const uploadThroughKill = async (
  bytes: Buffer,
  options: Partial<UploadOptions>,
): Promise<{ killedAt: number | undefined }> => {
  let killedAt: number | undefined
  let restarting = Promise.resolve()
  await new Promise<void>((resolve, reject) => {
    new Upload(bytes, {
      endpoint: `${platform.apiUrl}/api/v1/uploads`,
      headers: { authorization: `Bearer ${key}` },
      retryDelays: [100, 500, 1_000, 2_000, 4_000, 8_000, 8_000],
      onProgress: (sent) => {
        if (killedAt !== undefined || sent < SIZE / 3) return
        killedAt = sent
        restarting = restart()
      },
      onSuccess: () => resolve(),
      onError: reject,
      ...options,
    }).start()
  })
  await restarting
  return { killedAt }
}

it.each([
  ['in one request', {}],
  ['in pieces', { chunkSize: 3_000_000 }],
  ['in parallel pieces', { parallelUploads: 3, chunkSize: 2_000_000 }],
])('tus-js-client goes on after kill -9 of the server, %s', async (name, options) => {
  const bytes = randomBytes(SIZE)
  const { killedAt } = await uploadThroughKill(bytes, { ...options, metadata: { name } })
  expect(killedAt).toBeGreaterThan(0)
  expect(await filesNamed(name)).toMatchObject([{ size: SIZE, cid: await cidOf(bytes) }])
})

const send = (method: string, path: string, headers: Record<string, string>, body?: Uint8Array<ArrayBuffer>) =>
  fetch(new URL(path, platform.apiUrl), {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { body }),
  })

it('makes one file whenever the server is killed while the last bytes come', async () => {
  const bytes = Buffer.from(randomBytes(6_000_000))
  const cid = await cidOf(bytes)
  for (const [round, afterMs] of [0, 10, 25, 45, 80].entries()) {
    const name = `finish-${round}`
    const metadata = `name ${Buffer.from(name).toString('base64')}`
    // A client that sends no Tus-Resumable.
    const made = await send('POST', '/api/v1/uploads', { 'upload-length': '6000000', 'upload-metadata': metadata })
    const path = made.headers.get('location') ?? ''
    const patch = (offset: number) =>
      send(
        'PATCH',
        path,
        { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
        bytes.subarray(offset),
      )
    const first = patch(0).catch(() => undefined)
    await sleep(afterMs)
    await restart()
    await first
    let head = await send('HEAD', path, {})
    expect(head.status).toBe(200)
    const offset = Number(head.headers.get('upload-offset'))
    if (offset < bytes.length) expect((await patch(offset)).status).toBe(204)
    head = await send('HEAD', path, {})
    expect([head.headers.get('upload-offset'), head.headers.get('holdfast-cid')]).toEqual(['6000000', cid])
    expect(await filesNamed(name)).toMatchObject([{ cid }])
  }
})

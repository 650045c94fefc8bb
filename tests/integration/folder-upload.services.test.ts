import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openKuboRepository } from '@packages/content/unixfs/vectors/kubo-add'
import { callJson } from '@packages/testkit/http-client'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, it } from 'vitest'
import { type UploadedFolder, uploadFolder } from '../../docs/guides/upload-folder.ts'

const FILES = 10_000
const KILLS = 10
const ADMIN = { ADMIN_EMAIL: 'ada@example.org', ADMIN_PASSWORD: 'long enough' }

/** 10,000 files in a tree: most tiny, some of no bytes, a few of some megabytes. @returns the bytes of all */
const makeFolder = async (top: string): Promise<number> => {
  let bytes = 0
  for (let directory = 0; directory < 100; directory++) {
    const parent = join(top, `part ${directory % 10}`, `dir-${directory}`)
    await mkdir(parent, { recursive: true })
    const sizes = Array.from({ length: FILES / 100 }, (_, index) => {
      if (index === 0) return 0
      return index === 1 && directory % 10 === 0 ? 3_000_000 : 1 + ((directory * 131 + index * 977) % 4_000)
    })
    await Promise.all(sizes.map((size, index) => writeFile(join(parent, `fil\u00e9 ${index}.bin`), randomBytes(size))))
    bytes += sizes.reduce((sum, size) => sum + size, 0)
  }
  await mkdir(join(top, 'empty', 'directory'), { recursive: true })
  return bytes
}

const apiKey = async (apiUrl: string): Promise<string> => {
  const body = { email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD }
  const { accessToken: token } = await callJson<{ accessToken: string }>(`${apiUrl}/api/v1/auth/login`, { body })
  return (await callJson<{ key: string }>(`${apiUrl}/api/v1/api-keys`, { token, body: { name: 'folder' } })).key
}

it(`uploads ${FILES} files though the server is killed ${KILLS} times, sends little twice, and makes Kubo's CID`, async () => {
  const work = await mkdtemp(join(tmpdir(), 'hf-folder-'))
  const kubo = await openKuboRepository('unixfs-v1-2025')
  let platform: SpawnedPlatform | undefined
  try {
    const top = join(work, 'photos')
    const bytes = await makeFolder(top)
    const start = (): Promise<SpawnedPlatform> =>
      spawnPlatform({
        dataDir: join(work, 'data'),
        environment: { ...ADMIN },
        command: [process.execPath, 'apps/platform/src/main.ts', '--without-dashboard'],
      })
    platform = await start()
    const key = await apiKey(platform.apiUrl)
    let folder: string | undefined
    let sent = 0
    let toKillAt = 0
    let done: UploadedFolder | undefined
    let kills = 0
    const began = performance.now()
    while (done === undefined) {
      const { apiUrl } = platform
      const uploading = uploadFolder({
        apiUrl,
        key,
        directory: top,
        pieceBytes: 128 * 1024,
        ...(folder === undefined ? {} : { folder }),
        onFolder: (id) => {
          folder = id
        },
        onSend: (count) => {
          sent += count
        },
      })
      let failure: unknown
      uploading.catch((error: unknown) => {
        failure = error
      })
      toKillAt += bytes / (KILLS + 1)
      if (kills < KILLS) {
        const isDue = (): boolean => failure !== undefined || sent >= toKillAt
        while (!isDue()) await sleep(2)
        if (failure !== undefined) throw failure
        kills++
        await platform.kill()
        await expect(uploading).rejects.toThrow()
        platform = await start()
      } else done = await uploading
    }
    const seconds = (performance.now() - began) / 1000
    console.log(`${kills} kills, ${(sent / bytes).toFixed(4)} of the bytes sent, ${seconds.toFixed(1)} s in all`)
    expect(sent).toBeLessThan(1.05 * bytes)
    expect(done.file.size).toBe(bytes)
    expect(done.file.cid).toBe(await kubo.addPath(top, ['--only-hash']))
    const again = await uploadFolder({ apiUrl: platform.apiUrl, key, directory: top, folder: folder ?? '' })
    expect(again.file).toEqual(done.file)
  } finally {
    await platform?.kill()
    await kubo.remove()
    await rm(work, { recursive: true, force: true, maxRetries: 5 })
  }
}, 600_000)

import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, test } from 'vitest'
import { fileBody, MULTIPART } from './multipart-body.ts'
import { Session, setUp } from './session.ts'
import { temporaryFolder } from './temporary-folder.ts'

const run = promisify(execFile)
const MIB = 1024 * 1024
const ACCEPTED_AGAIN_MS = 60_000

/** A small file system in memory, unmounted with the scope. Only root may mount. */
const smallDisk = async (folder: string, bytes: number): Promise<AsyncDisposable & { path: string }> => {
  const path = join(folder, 'disk')
  await mkdir(path)
  await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
  return { path, [Symbol.asyncDispose]: async () => void (await run('umount', ['--lazy', path])) }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test.skipIf(process.getuid?.() !== 0)(
  'below the low-water mark uploads are refused clearly and reads go on; with space they are taken again',
  async () => {
    await using folder = await temporaryFolder()
    await using disk = await smallDisk(folder.path, 768 * MIB)
    await using platform = await spawnPlatform({
      dataDir: join(disk.path, 'data'),
      environment: { MIN_FREE_BYTES: '128MiB' },
    })
    const ada = await setUp(platform)
    const session = new Session(platform, ada.key)
    const kept = randomBytes(3 * MIB)
    const { file } = await session.upload(new Blob([kept]), { name: 'kept.bin' })
    const spare = await session.upload('spare', { name: 'spare.txt' })

    const upload = (bytes: Uint8Array): Promise<Response> =>
      fetch(`${platform.apiUrl}/api/v1/files/upload`, {
        method: 'POST',
        headers: Object.fromEntries([MULTIPART, ['authorization', `Bearer ${ada.key}`]]),
        body: new Uint8Array(fileBody(bytes)),
      })
    const readBack = async (): Promise<void> => {
      const answer = await fetch(`${platform.gatewayUrl}/ipfs/${file.cid}`)
      expect([answer.status, sha256(await answer.bytes())]).toEqual([200, sha256(kept)])
      expect((await session.listAll()).map(({ cid }) => cid)).toContain(file.cid)
    }
    const refusal = {
      status: 507,
      code: 'insufficient_storage',
      title: 'There is no space left to store this',
      detail: expect.stringMatching(/disk.*Nothing of this upload was kept.*accepted again/),
    }

    // Larger than what may be used: refused by its length, before it comes.
    const { bavail, bsize } = await statfs(disk.path)
    const much = await upload(Buffer.alloc(bavail * bsize - 100 * MIB))
    expect(await much.json()).toMatchObject(refusal)

    // Somebody else fills the disk up to the mark.
    const filler = join(disk.path, 'filler')
    const free = await statfs(disk.path)
    await writeFile(filler, Buffer.alloc(free.bavail * free.bsize - 100 * MIB))
    await sleep(1_500)
    for (let tries = 0; tries < 3; tries++) {
      const answer = await upload(randomBytes(10))
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await answer.json()).toMatchObject(refusal)
      await readBack()
    }
    const dryRun = await fetch(`${platform.apiUrl}/api/v1/cid`, {
      method: 'POST',
      headers: Object.fromEntries([MULTIPART, ['authorization', `Bearer ${ada.key}`]]),
      body: new Uint8Array(fileBody('nothing is stored')),
    })
    expect(dryRun.status).toBe(200)
    // To delete is what helps: it must work.
    expect(await session.delete(spare.file.id)).toBeLessThan(300)

    await rm(filler)
    const since = performance.now()
    let answer = await upload(randomBytes(10))
    while (answer.status === 507 && performance.now() - since < ACCEPTED_AGAIN_MS) {
      await sleep(250)
      answer = await upload(randomBytes(10))
    }
    expect(answer.status).toBe(201)
    await readBack()
  },
)

import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { callJson } from '@packages/testkit/http-client'
import { processTree } from '@packages/testkit/process-tree'
import { SpawnFailed, type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { untilGone } from '@packages/testkit/until-gone'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ADMIN = { email: 'ada@example.org', password: 'long enough' }
const environment = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password }
const command = [process.execPath, 'apps/platform/src/main.ts', '--without-dashboard'] as const

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-process-'))
})
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

const start = (more: Record<string, string> = {}, dataDir = join(folder, 'data')): Promise<SpawnedPlatform> =>
  spawnPlatform({ dataDir, environment: { ...environment, ...more }, command })

/** How a start that must fail ended. */
const failedStart = async (more: Record<string, string>, dataDir?: string) => {
  const outcome: unknown = await start(more, dataDir).catch((error: unknown) => error)
  if (outcome instanceof SpawnFailed && outcome.exit !== null) return outcome.exit
  throw new Error('it started', { cause: outcome })
}

const apiKey = async ({ apiUrl }: SpawnedPlatform): Promise<string> => {
  const { accessToken } = await callJson<{ accessToken: string }>(`${apiUrl}/api/v1/auth/login`, { body: ADMIN })
  return (await callJson<{ key: string }>(`${apiUrl}/api/v1/api-keys`, { token: accessToken, body: { name: 'test' } }))
    .key
}

/** An upload of which only the beginning was sent; `finish` sends the rest and tells the answer's status. */
const openUpload = (apiUrl: string, key: string): { finish(): Promise<number> } => {
  const client = request(`${apiUrl}/api/v1/files/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=x' },
  })
  const status = once(client, 'response').then(([answer]) => answer.resume().statusCode as number)
  status.catch(() => {})
  client.write('--x\r\ncontent-disposition: form-data; name="file"; filename="slow.txt"\r\n\r\nthe beginning')
  return {
    finish: () => {
      client.end(' and the end\r\n--x--\r\n')
      return status
    },
  }
}

describe('the platform as its users run it', () => {
  test('an upload that is under way when Ctrl-C reaches the whole group is finished and kept', async () => {
    const platform = await start()
    const key = await apiKey(platform)
    const upload = openUpload(platform.apiUrl, key)
    await sleep(300)
    process.kill(-platform.pid, 'SIGINT')
    await sleep(700)
    expect(await upload.finish()).toBe(201)
    const { code, output } = await platform.exited
    expect(code, output).toBe(0)
    expect(output).not.toMatch(/"level":[56]0/)

    await using second = await start()
    const { files } = await callJson<{ files: { name: string }[] }>(`${second.apiUrl}/api/v1/files`, { token: key })
    expect(files.map(({ name }) => name)).toContain('slow.txt')
  })

  test('whoever does not finish does not keep it from stopping within 10 s', async () => {
    const platform = await start()
    openUpload(platform.apiUrl, await apiKey(platform))
    const { code, ms, output } = await platform.stop()
    expect(code, output).toBe(0)
    expect(ms).toBeLessThan(10_000)
  })

  test('a second signal ends it at once, and nothing of it stays', async () => {
    const platform = await start()
    openUpload(platform.apiUrl, await apiKey(platform))
    const tree = await processTree(platform.pid)
    await sleep(200)
    process.kill(platform.pid, 'SIGINT')
    await sleep(800)
    const { code, ms } = await platform.stop('SIGINT')
    expect(code).toBe(130)
    expect(ms).toBeLessThan(1_000)
    await untilGone(tree)
  })

  test('without its database server it ends with 1', async () => {
    const platform = await start()
    const pidFile = await readFile(join(platform.dataDir, 'postgres/cluster/postmaster.pid'), 'utf8')
    process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL')
    const { code, output } = await platform.exited
    expect(code, output).toBe(1)
    expect(output).toContain('the embedded PostgreSQL ended by itself')
  })
})

const lines = (output: string): string[] => output.trim().split('\n')

describe('one clear line and a non-zero exit', () => {
  test('for a command on a data folder that is in use', async () => {
    await using platform = await start()
    const line = `DATA_DIR is in use by process ${platform.pid}: ${platform.dataDir}`
    const verify = spawnPlatform({
      dataDir: platform.dataDir,
      command: [process.execPath, 'apps/platform/src/commands/store-verify.ts'],
    })
    await expect(verify).rejects.toMatchObject({ exit: { code: 1, output: `${line}\n` } })
  })

  test('for a database that does not answer', async () => {
    const { code, output } = await failedStart({ DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:9/x' })
    expect(code).toBe(1)
    expect(lines(output)).toHaveLength(1)
    expect(output).toMatch(/^The database does not answer: /)
    expect(output).not.toContain('hunter2')
  })
})

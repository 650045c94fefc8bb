import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { repositoryFolder } from '@apps/platform/repository-folder'
import { callJson, uploadFile } from '@packages/testkit/http-client'
import { isRunning, processTree } from '@packages/testkit/process-tree'
import { SpawnFailed, type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
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

const allGone = async (pids: readonly number[]): Promise<void> => {
  while ((await Promise.all(pids.map(isRunning))).some(Boolean)) await sleep(10)
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
  test('starts, stops on SIGTERM with 0, and has its data at the next start, ready within 5 s', async () => {
    const first = await start()
    const key = await apiKey(first)
    const { file } = await uploadFile(first.apiUrl, key, 'kept')
    const tree = await processTree(first.pid)
    expect(tree.length).toBeGreaterThan(3)
    const { code, ms } = await first.stop()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(10_000)
    await allGone(tree)

    await using second = await start()
    expect(second.readyAfterMs).toBeLessThan(5_000)
    expect(await (await fetch(`${second.gatewayUrl}/ipfs/${file.cid}`)).text()).toBe('kept')
    expect(second.setupToken).toBeNull()
  })

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
    await allGone(tree)
  })

  test('kill -9 of the main process leaves no other, and the next start needs no hand', async () => {
    const platform = await start()
    const tree = await processTree(platform.pid)
    await platform.killMain()
    await allGone(tree)
    await using next = await start()
    expect((await fetch(`${next.apiUrl}/health/ready`)).status).toBe(200)
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
  test('for settings that cannot be used, all of them: 78', async () => {
    const { code, output } = await failedStart({ API_PORT: 'x', IPFS_BACKEND: 'kubo', REDIS_URL: 'redis://a' })
    expect(code).toBe(78)
    expect(lines(output)).toEqual([
      'API_PORT must be a port: a number from 0 to 65535',
      'REDIS_URL is not supported yet: unset it, rate limits are kept in memory',
      'IPFS_BACKEND must be "embedded": the backends kubo and cluster are not supported yet',
    ])
  })

  test.each(['API_PORT', 'GATEWAY_PORT'])('for a taken %s', async (setting) => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, output } = await failedStart({ [setting]: String(port) }, join(folder, 'other'))
    server.close()
    expect(code).toBe(1)
    expect(lines(output)).toEqual([`${setting} ${port} is taken: another program listens on 127.0.0.1:${port}`])
  })

  test('for a data folder that cannot be made', async () => {
    await writeFile(join(folder, 'file'), '')
    const { code, output } = await failedStart({}, join(folder, 'file', 'data'))
    expect(code).toBe(1)
    expect(lines(output)).toEqual([`DATA_DIR cannot be written: ${join(folder, 'file', 'data')} (ENOTDIR)`])
  })

  test('for a data folder that is in use, also by a command', async () => {
    await using platform = await start()
    const { code, output } = await failedStart({})
    expect(code).toBe(1)
    const line = `DATA_DIR is in use by process ${platform.pid}: ${platform.dataDir}`
    expect(lines(output)).toEqual([line])
    const verify = spawnPlatform({
      dataDir: platform.dataDir,
      command: [process.execPath, join(repositoryFolder, 'apps/platform/src/commands/store-verify.ts')],
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

import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, processTree } from '@packages/testkit/process-tree'
import { spawnPlatform, SpawnFailed } from '@packages/testkit/spawn-platform'
import { expect, test } from 'vitest'
import { generatedBytes } from './generated-bytes.ts'
import { Session, setUp } from './session.ts'
import { streamUpload } from './stream-upload.ts'
import { temporaryFolder } from './temporary-folder.ts'

const allGone = async (pids: number[], withinMs: number): Promise<number[]> => {
  for (const end = Date.now() + withinMs; ; await sleep(100)) {
    const left: number[] = []
    for (const pid of pids) if (await isRunning(pid)) left.push(pid)
    if (left.length === 0 || Date.now() > end) return left
  }
}

/** A start that has to fail: what it printed and its exit code. */
const failedStart = async (
  dataDir: string,
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> => {
  try {
    const platform = await spawnPlatform({ dataDir, environment, readyMs: 30_000 })
    await platform.kill()
  } catch (error) {
    if (error instanceof SpawnFailed && error.exit !== null) return error.exit
    throw error
  }
  throw new Error('the platform has started')
}

/** Takes half a minute for 64 MiB. */
const slow = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of generatedBytes(64 * 1024 * 1024, 1)) {
    yield piece
    await sleep(500)
  }
}

test('Ctrl-C in the middle of an upload stops everything within 10 s; the second start takes less than 5 s and has all data', async () => {
  await using folder = await temporaryFolder()
  const first = await spawnPlatform({ dataDir: folder.path })
  const ada = await setUp(first)
  const kept = await new Session(first, ada.key).upload('kept over a restart\n', { name: 'kept.txt' })
  const cutOff = streamUpload({
    apiUrl: first.apiUrl,
    key: ada.key,
    name: 'cut-off.bin',
    size: 64 * 1024 * 1024,
    source: slow(),
  }).then(
    () => 'acknowledged',
    () => 'cut off',
  )
  await sleep(1_500)
  const pids = await processTree(first.pid)
  expect(pids.length).toBeGreaterThan(2)
  // A terminal sends SIGINT to every process of the foreground group at once.
  const asked = Date.now()
  process.kill(-first.pid, 'SIGINT')
  const exit = await first.exited
  expect(Date.now() - asked).toBeLessThan(10_000)
  expect(exit.code).toBe(0)
  expect(await allGone(pids, 500)).toEqual([])
  expect(await cutOff).toBe('cut off')

  await using second = await spawnPlatform({ dataDir: folder.path })
  expect(second.readyAfterMs).toBeLessThan(5_000)
  expect(second.setupToken).toBeNull()
  const files = await new Session(second, ada.key).listAll()
  expect(files.map(({ name, cid }) => [name, cid])).toEqual([['kept.txt', kept.file.cid]])
  expect(await (await fetch(`${second.gatewayUrl}/ipfs/${kept.file.cid}`)).text()).toBe('kept over a restart\n')
})

test('when the main process is killed with -9, nothing that it started stays behind, and the next start works', async () => {
  await using folder = await temporaryFolder()
  const first = await spawnPlatform({ dataDir: folder.path })
  const ada = await setUp(first)
  const pids = await processTree(first.pid)
  await first.killMain()
  expect(await allGone(pids, 10_000)).toEqual([])
  await using second = await spawnPlatform({ dataDir: folder.path })
  expect(await new Session(second, ada.key).listAll()).toEqual([])
})

test('ADMIN_EMAIL and ADMIN_PASSWORD make the administrator without the link', async () => {
  const environment = { ADMIN_EMAIL: 'ada@example.org', ADMIN_PASSWORD: 'a long password of hers' }
  await using platform = await spawnPlatform({ environment })
  expect(platform.setupToken).toBeNull()
  const login = await fetch(`${platform.apiUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: environment.ADMIN_EMAIL, password: environment.ADMIN_PASSWORD }),
  })
  expect(login.status).toBe(200)
})

test('ten set-ups that race make one administrator', async () => {
  await using platform = await spawnPlatform({ environment: { RATE_LIMIT_LOGIN: '0' } })
  const statuses = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const answer = await fetch(`${platform.apiUrl}/api/v1/setup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          token: platform.setupToken,
          email: `admin${n}@example.org`,
          name: `Admin ${n}`,
          password: 'a long password of hers',
        }),
      })
      return answer.status
    }),
  )
  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  expect(statuses.filter((status) => status === 403 || status === 401)).toHaveLength(9)
})

test('a taken port ends with one clear line', async () => {
  await using folder = await temporaryFolder()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    for (const name of ['API_PORT', 'GATEWAY_PORT']) {
      const { code, output } = await failedStart(folder.path, { [name]: String(port) })
      expect(code).toBeGreaterThan(0)
      expect(
        output
          .trim()
          .split('\n')
          .filter((line) => line.includes(String(port))),
      ).toHaveLength(1)
      expect(output).toContain(name)
      expect(output).not.toMatch(/\n\s+at /)
    }
  } finally {
    server.close()
  }
})

test('a data folder that a running platform has is refused with one clear line', async () => {
  await using platform = await spawnPlatform()
  const { code, output } = await failedStart(platform.dataDir, {})
  expect(code).toBeGreaterThan(0)
  expect(output).toMatch(/in use/)
  expect(output).not.toMatch(/\n\s+at /)
  expect((await fetch(`${platform.apiUrl}/health/live`)).status).toBe(200)
})

test('a data folder that cannot be written is refused with one clear line', async () => {
  await using folder = await temporaryFolder()
  // Root may write everywhere: there a file stands where a folder would have to be.
  const unwritable = join(folder.path, 'unwritable', 'data')
  if (process.getuid?.() === 0) await writeFile(join(folder.path, 'unwritable'), 'a file')
  else await mkdir(join(folder.path, 'unwritable'), { mode: 0o500 })
  const { code, output } = await failedStart(unwritable, {})
  expect(code).toBeGreaterThan(0)
  expect(output).toContain(unwritable)
  expect(output).not.toMatch(/\n\s+at /)
})

test('bad settings are all told at once, exit code 78', async () => {
  await using folder = await temporaryFolder()
  const environment = { API_PORT: 'many', LOG_LEVEL: 'loud', REDIS_URL: 'redis://127.0.0.1:1', IPFS_BACKEND: 'kubo' }
  const { code, output } = await failedStart(folder.path, environment)
  expect(code).toBe(78)
  for (const name of Object.keys(environment)) expect(output).toContain(name)
})

test('npm start works as the README says', async () => {
  await using platform = await spawnPlatform({ command: ['npm', 'start'] })
  expect((await fetch(`${platform.apiUrl}/health/ready`)).status).toBe(200)
  expect((await fetch(`${platform.apiUrl}/docs`)).status).toBe(200)
  const page = await fetch(platform.apiUrl)
  expect(await page.text()).toContain('<title>Holdfast</title>')
  expect(page.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe-inline/)
  const health = await new Promise<string>((resolve, reject) =>
    execFile('curl', ['-fsS', `${platform.apiUrl}/health/cache`], (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    ),
  )
  expect(JSON.parse(health)).toMatchObject({ status: expect.stringMatching(/^(ok|not_configured)$/) })
})

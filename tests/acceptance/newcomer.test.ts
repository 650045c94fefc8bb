import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, dataOf } from '@packages/api-client/create-client'
import { isRunning, processTree } from '@packages/testkit/process-tree'
import { spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, test } from 'vitest'
import { generatedBytes } from './generated-bytes.ts'
import { Session, setUp } from './session.ts'
import { streamUpload } from './stream-upload.ts'
import { temporaryFolder } from './temporary-folder.ts'

const MIB = 1024 * 1024

/** Takes half a minute for 64 MiB. */
const slowBytes = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of generatedBytes(64 * MIB, 1)) {
    yield piece
    await sleep(500)
  }
}

test('npm start serves page, docs and health; Ctrl-C in the middle of an upload ends all within 10 s; the second start takes less than 5 s', async () => {
  await using folder = await temporaryFolder()
  const start = () => spawnPlatform({ dataDir: folder.path, command: ['npm', 'start'] })
  const first = await start()
  const page = await fetch(first.apiUrl)
  expect(await page.text()).toContain('<title>Holdfast</title>')
  expect(page.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/)
  expect((await fetch(`${first.apiUrl}/docs`)).status).toBe(200)
  for (const probe of ['live', 'ready', 'ipfs', 'db', 'cache', 'cluster']) {
    const answer = await fetch(`${first.apiUrl}/health/${probe}`)
    expect([probe, answer.status]).toEqual([probe, 200])
    expect(await answer.json()).toMatchObject({ status: expect.stringMatching(/^(ok|not_configured)$/) })
  }

  const { key } = await setUp(first)
  const kept = await new Session(first, key).upload('kept over a restart\n', { name: 'kept.txt' })
  const cutOff = streamUpload({
    apiUrl: first.apiUrl,
    key,
    name: 'cut-off.bin',
    size: 64 * MIB,
    source: slowBytes(),
  }).then(
    () => 'acknowledged',
    () => 'cut off',
  )
  await sleep(1_500)
  const pids = await processTree(first.pid)
  expect(pids.length).toBeGreaterThan(3)
  // A terminal sends SIGINT to every process of the foreground group at once.
  const asked = Date.now()
  process.kill(-first.pid, 'SIGINT')
  await first.exited
  expect(Date.now() - asked).toBeLessThan(10_000)
  await sleep(500)
  expect((await Promise.all(pids.map(isRunning))).filter(Boolean)).toEqual([])
  expect(await cutOff).toBe('cut off')

  await using second = await start()
  expect(second.readyAfterMs).toBeLessThan(5_000)
  expect(second.setupToken).toBeNull()
  const files = await new Session(second, key).listAll()
  expect(files.map(({ name, cid }) => [name, cid])).toEqual([['kept.txt', kept.file.cid]])
  expect(await (await fetch(`${second.gatewayUrl}/ipfs/${kept.file.cid}`)).text()).toBe('kept over a restart\n')
})

test('ten set-ups that race make one administrator', async () => {
  await using platform = await spawnPlatform()
  const client = createClient({ baseUrl: platform.apiUrl })
  const setUpAs = (n: number): Promise<string> => {
    const email = `admin${n}@example.org`
    const body = { token: platform.setupToken ?? '', email, name: `Admin ${n}`, password: 'a long password of hers' }
    return dataOf(client.POST('/api/v1/setup', { body })).then(
      () => 'made',
      (error: { code: string }) => error.code,
    )
  }
  const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => setUpAs(n)))
  expect(outcomes.sort()).toEqual(['made', ...Array.from({ length: 9 }, () => 'setup_closed')])
})

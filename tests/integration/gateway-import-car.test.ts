import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startTestDatabase } from '@packages/db/test-database'
import { startPlatform } from '@packages/testkit/start-platform'
import { expect, onTestFinished, test } from 'vitest'

const COMMAND = join(import.meta.dirname, '../../apps/platform/src/commands/gateway-import-car.ts')
const FIXTURES = join(import.meta.dirname, '../../apps/gateway/fixtures/conformance/fixtures.car')
const FILE = '/ipfs/bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy/ascii.txt'

const read = async (url: string): Promise<number> => {
  const reply = await fetch(url, { headers: { 'cache-control': 'no-store' } })
  await reply.arrayBuffer()
  return reply.status
}

test('the operator’s command has the gateway serve a CAR without a pin, whether the platform runs or not', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-import-'))
  const database = await startTestDatabase({ poolSize: 1 })
  const environment = { DATABASE_URL: database.url }
  onTestFinished(async () => {
    await database.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
  const run = async (file: string, more: Record<string, string> = {}): Promise<{ code: number; out: string }> => {
    const child = spawn(process.execPath, [COMMAND, file], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, IPFS_NETWORK: 'none', ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = once(child, 'exit')
    const out = `${await text(child.stdout)}${await text(child.stderr)}`
    const [code] = await exited
    return { code: Number(code), out }
  }

  const platform = await startPlatform({ dataDir, environment })
  const onIt = (path: string) => `${platform.gatewayUrl}${path}`
  expect(await read(onIt(FILE))).toBe(404)
  expect(await run(FIXTURES)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+ blocks, \d+ bytes, are served now\.\n$/),
  })
  expect(await read(onIt(FILE))).toBe(200)
  const noCar = join(dataDir, 'no.car')
  await writeFile(noCar, 'this is no CAR'.repeat(200))
  expect(await run(noCar)).toMatchObject({ code: 1, out: expect.stringMatching(/^This is not a valid CAR/) })
  expect(await readdir(join(dataDir, 'gateway-imports'))).toEqual([])
  const pins = await platform.db.kysely.selectFrom('pins').select('id').execute()
  expect(pins).toEqual([])
  await platform.stop()

  // A platform's own bound holds for the command too; what was there goes.
  expect(await run(FIXTURES, { GATEWAY_CACHE_BYTES: '1KiB' })).toMatchObject({ code: 1 })
  expect(await run(FIXTURES)).toMatchObject({ code: 0, out: expect.stringMatching(/blocks/) })
  await using again = await startPlatform({ dataDir, environment: { ...environment, GATEWAY_CACHE_BYTES: '1KiB' } })
  await expect.poll(() => read(`${again.gatewayUrl}${FILE}`), { timeout: 5_000 }).toBe(404)
})

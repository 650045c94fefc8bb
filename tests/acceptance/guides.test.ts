import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, test } from 'vitest'
import { setUp } from './session.ts'
import { temporaryFolder } from './temporary-folder.ts'

const run = promisify(execFile)

/** The blocks of a guide that are marked `bash`, in their order, as they stand. */
const readBlocks = async (guide: string): Promise<string[]> => {
  const text = await readFile(new URL(`../../docs/guides/${guide}.md`, import.meta.url), 'utf8')
  return [...text.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
}

test('the guide "Folders" runs as it stands there', async () => {
  await using platform = await spawnPlatform()
  await using folder = await temporaryFolder()
  const { key } = await setUp(platform)
  const blocks = await readBlocks('folders')
  const { stdout } = await run(
    'bash',
    ['--norc', '-euo', 'pipefail', '-c', blocks.join('\necho "-- next block --"\n')],
    {
      cwd: folder.path,
      env: { PATH: process.env.PATH, HOME: folder.path, API: platform.apiUrl, GATEWAY: platform.gatewayUrl, KEY: key },
    },
  )
  const [, , upload, gateway, again, empty, reckoned, inferred] = stdout.split('-- next block --\n')
  expect(JSON.parse(upload ?? '')).toMatchObject({ file: { kind: 'directory', name: 'site' }, entries: 5 })
  expect(gateway).toContain('A name with a space\n<h1>Hello</h1>')
  expect(gateway).toMatch(/href="\/ipfs\/\w+\/img\/dot\.svg"/)
  expect(again).toContain('the same folder, the same CID')
  expect(JSON.parse(empty ?? '')).toMatchObject({ file: { kind: 'directory' }, entries: 2 })
  expect(JSON.parse(reckoned ?? '')).toMatchObject({ kind: 'file', name: 'index.html' })
  expect(JSON.parse(inferred ?? '')).toMatchObject({ kind: 'directory', verified: true })
})

test('the guide "Groups" runs as it stands there', async () => {
  await using platform = await spawnPlatform()
  await using folder = await temporaryFolder()
  const { key } = await setUp(platform)
  const blocks = await readBlocks('groups')
  const { stdout } = await run(
    'bash',
    ['--norc', '-euo', 'pipefail', '-c', blocks.join('\necho; echo "-- next block --"\n')],
    { cwd: folder.path, env: { PATH: process.env.PATH, HOME: folder.path, API: platform.apiUrl, KEY: key } },
  )
  const [, , moved, lists, policy, end] = stdout.split('-- next block --\n').map((part) => part.trim())
  expect(moved).toBe('{"moved":1}{"moved":1}')
  expect(lists).toMatch(/^\{"pins":\[\{"requestid".*\{"files":\[.*"name":"hello.txt"/)
  expect(policy?.match(/"replication":\{"min":1,"max":2,"zones":\[\]\}/g)).toHaveLength(2)
  expect(end).toBe('')
})

test('the guides "Pins" and "What changes" run as they stand there', async () => {
  await using platform = await spawnPlatform({ environment: { IPFS_NETWORK: 'none' } })
  await using folder = await temporaryFolder()
  const { key } = await setUp(platform)
  const outputOf = async (guide: string): Promise<string[]> => {
    const script = (await readBlocks(guide)).join('\necho; echo "-- next block --"\n')
    const env = { PATH: process.env.PATH, HOME: folder.path, API: platform.apiUrl, KEY: key }
    const { stdout } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: folder.path, env })
    return stdout.split('-- next block --\n').map((part) => part.trim())
  }
  const [, status, page, end, gone] = await outputOf('pins')
  expect(status?.match(/"pins":\[\{"requestid"/g)).toHaveLength(2)
  expect(JSON.parse(page ?? '')).toMatchObject({ pins: [{ name: 'hello', expiresAt: null }] })
  expect(end).toBe('{"changed":1}{"changed":1}')
  expect(gone).toBe('{"retried":1}{"deleted":1}')
  const [stream, events] = await outputOf('events')
  expect(stream).toMatch(/^retry: 2000\nid: \d+-\d+$/)
  expect(JSON.parse(events ?? '')).toMatchObject({ events: [], reset: false })
})

test('the guide "Limits" runs as it stands there', async () => {
  const admin = { ADMIN_EMAIL: 'operator@example.org', ADMIN_PASSWORD: 'long enough to sign in' }
  await using platform = await spawnPlatform({ environment: admin })
  const blocks = await readBlocks('limits')
  const { stdout } = await run(
    'bash',
    ['--norc', '-euo', 'pipefail', '-c', blocks.join('\necho; echo "-- next block --"\n')],
    {
      env: { PATH: process.env.PATH, API: platform.apiUrl, EMAIL: admin.ADMIN_EMAIL, PASSWORD: admin.ADMIN_PASSWORD },
    },
  )
  const [, made, assigned, usage, rates] = stdout.split('-- next block --\n')
  expect(JSON.parse(made ?? '')).toMatchObject({ name: 'small', files: 1_000, organizations: 0 })
  expect(JSON.parse(assigned ?? '')).toMatchObject({ plan: 'small', storageLimit: null })
  expect(JSON.parse(usage ?? '')).toMatchObject({ plan: 'small', files: { used: 0, limit: 1_000 } })
  expect(rates).toMatch(/ratelimit-policy: "credential";q=3000000;w=60, "user";q=6000000;w=60/)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startTestDatabase } from '@packages/db/test-database'
import { startPlatform } from '@packages/testkit/start-platform'
import { expect, onTestFinished, test } from 'vitest'

const COMMAND = join(import.meta.dirname, '../../apps/platform/src/commands/keys-rotate-master.ts')

test('the operator’s command replaces the master key beside a running platform, which goes on', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-rotate-'))
  const database = await startTestDatabase({ poolSize: 1 })
  const environment = { DATABASE_URL: database.url }
  onTestFinished(async () => {
    await database.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
  const run = async (...parts: string[]): Promise<{ code: number; out: string }> => {
    const child = spawn(process.execPath, [COMMAND, ...parts], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, IPFS_NETWORK: 'none', ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const exited = once(child, 'exit')
    const out = await text(child.stdout)
    const [code] = await exited
    return { code: Number(code), out }
  }
  const platform = await startPlatform({ dataDir, environment })
  const key = await platform.apiKey()
  const headers = { authorization: `Bearer ${key}` }
  const form = new FormData()
  form.set('file', new Blob(['kept in private']), 'private.txt')
  const made = await fetch(`${platform.apiUrl}/api/v1/files/upload?visibility=private`, {
    method: 'POST',
    headers,
    body: form,
  })
  const { file } = (await made.json()) as { file: { id: string } }
  const read = async (): Promise<string> => {
    const reply = await fetch(`${platform.apiUrl}/api/v1/files/${file.id}/car`, { headers })
    return Buffer.from(await reply.arrayBuffer()).toString('latin1')
  }

  const keyPath = join(dataDir, 'secrets', 'master.key')
  const before = await readFile(keyPath, 'utf8')
  const rotated = await run()
  expect(rotated).toEqual({
    code: 0,
    out: 'Version 2 of the master key; 1 tenants’ keys were wrapped anew.\nThe key before opens nothing any more here. Backups of before need it: keep it with them.\n',
  })
  expect(await read()).toContain('kept in private')
  const verified = await run('--verify')
  expect(verified.out).toMatch(
    /^Version 2 of \S+, held: wraps 1 tenants’ keys\.\n1 tenants’ keys and 1 keys of private roots open; 0 do not\.\n$/,
  )
  expect(verified.code).toBe(0)
  for (const { out } of [rotated, verified])
    for (const secret of [before.trim(), (await readFile(keyPath, 'utf8')).trim()]) expect(out).not.toContain(secret)
  await platform.stop()
}, 120_000)

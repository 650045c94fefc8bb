import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startPlatform } from '@packages/testkit/start-platform'
import { expect, onTestFinished, test } from 'vitest'

const COMMANDS = join(import.meta.dirname, '../../apps/platform/src/commands')

const run = async (command: string, dataDir: string): Promise<{ code: number; out: string }> => {
  const child = spawn(process.execPath, [join(COMMANDS, `${command}.ts`)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, IPFS_NETWORK: 'none' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const out = await text(child.stdout)
  const [code] = await exited
  return { code: Number(code), out }
}

test('what a platform wrote verifies after its stop, goes out as JSON lines, and a forged head is told', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-audit-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const platform = await startPlatform({ dataDir, database: 'embedded' })
  await platform.upload(await platform.apiKey(), 'audited', 'secret-name.txt')
  await platform.stop()

  const verified = await run('audit-verify', dataDir)
  expect(verified.out).toMatch(/^[1-9]\d* rows verified, the last is (\d+); signed up to \1; 0 not sealed yet\.\n$/)
  expect(verified.code).toBe(0)

  const { out, code } = await run('audit-export', dataDir)
  expect(code).toBe(0)
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { action: string })
  expect(rows.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['platform.set-up', 'session.created', 'api-key.created', 'file.uploaded']),
  )
  expect(out).not.toContain('secret-name')

  const heads = join(dataDir, 'audit', 'heads.jsonl')
  await writeFile(heads, (await readFile(heads, 'utf8')).replaceAll(/"seq":\d+/g, '"seq":1'))
  const forged = await run('audit-verify', dataDir)
  expect(forged.out).toContain('BAD: line 1')
  expect(forged.code).toBe(1)
}, 60_000)

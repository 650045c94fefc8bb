import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, test } from 'vitest'
import { setUp } from './session.ts'

const guide = new URL('../../docs/guides/car.md', import.meta.url)

test('the guide to CARs runs as it stands there', async () => {
  const blocks = [...(await readFile(guide, 'utf8')).matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(
    ([, block = '']) => block,
  )
  expect(blocks).toHaveLength(3)
  await using platform = await spawnPlatform()
  const { key } = await setUp(platform)
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-guide-'))
  try {
    const script = ['--norc', '-euo', 'pipefail', '-c', blocks.join('\necho "-- next block --"\n')]
    const env = { PATH: process.env.PATH, HOME: folder, API: platform.apiUrl, KEY: key }
    const { stdout } = await promisify(execFile)('bash', script, { cwd: folder, env })
    const [out, into, missing] = stdout.split('-- next block --\n')
    expect(out).toContain('are written in its header')
    expect(into).toMatch(/^\{"deleted":1\}\n\{"complete":true,"files":\[/)
    expect(missing).toBe('"code":"incomplete_dag"\n"count":1\n"complete":true\n')
  } finally {
    await rm(folder, { recursive: true })
  }
})

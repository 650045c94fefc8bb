import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { callJson } from '@packages/testkit/http-client'
import { spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, test } from 'vitest'
import { setUp } from './session.ts'
import { temporaryFolder } from './temporary-folder.ts'

const guides = new URL('../../docs/guides/', import.meta.url)

test('the guide "Resumable uploads" runs as it stands there', async () => {
  await using platform = await spawnPlatform()
  await using folder = await temporaryFolder()
  const { key } = await setUp(platform)
  const text = await readFile(new URL('resumable-uploads.md', guides), 'utf8')
  const blocks = [...text.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  const script = ['--norc', '-euo', 'pipefail', '-c', blocks.join('\necho "-- next block --"\n')]
  const env = {
    PATH: process.env.PATH,
    HOME: folder.path,
    API: platform.apiUrl,
    KEY: key,
    NODE: process.execPath,
    GUIDES: fileURLToPath(guides),
  }
  const { stdout } = await promisify(execFile)('bash', script, { cwd: folder.path, env })
  const [, begun, sent, state, made] = stdout.split('-- next block --\n')
  expect(begun).toMatch(/\/api\/v1\/uploads\/[0-9a-f]{8}\.[0-9a-f-]{36}\n$/)
  expect(sent).toMatch(/^it stands at 1000000\nholdfast-file: .+\r?\nholdfast-cid: bafy/i)
  expect(JSON.parse(state ?? '')).toMatchObject({ state: 'finished', offset: 3_000_000, name: 'big.bin' })
  const { files } = await callJson<{ files: object[] }>(`${platform.apiUrl}/api/v1/files`, { token: key })
  expect(files).toMatchObject([
    { kind: 'directory', name: 'photos', size: 100_006, cid: made?.trim() },
    { kind: 'file', name: 'big.bin', metadata: { from: 'a guide' } },
  ])
})

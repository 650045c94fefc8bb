import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, test } from 'vitest'

const readme = new URL('../../README.md', import.meta.url)

/** The blocks marked `bash`, in their order, as they stand. */
const readBlocks = async (): Promise<string[]> => {
  const text = await readFile(readme, 'utf8')
  return [...text.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
}

/** Runs a script in bash as somebody would type it, the link on standard input; stops at the first command that fails. */
const runBash = (
  script: string,
  options: { cwd: string; input: string; environment: Record<string, string> },
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const child = execFile(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', script],
      { cwd: options.cwd, env: { PATH: process.env.PATH, HOME: options.cwd, ...options.environment } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    )
    child.stdin?.end(options.input)
  })

test('the README’s main job runs as it stands there', async () => {
  await using platform = await spawnPlatform()
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-readme-'))
  const blocks = await readBlocks()
  expect(blocks.length).toBeGreaterThanOrEqual(5)
  try {
    const { code, stdout, stderr } = await runBash(blocks.join('\necho "-- next block --"\n'), {
      cwd: folder,
      input: `${platform.apiUrl}/setup#token=${platform.setupToken}\n`,
      environment: { API: platform.apiUrl, GATEWAY: platform.gatewayUrl },
    })
    expect(code, `${stdout}\n${stderr}`).toBe(0)
    const [, account, upload, gateway, gone] = stdout.split('-- next block --\n')
    expect(account).toContain('ada@example.org')
    const cid = upload?.split('\n')[0] ?? ''
    expect(cid).toMatch(/^baf[a-z2-7]{56}$/)
    expect(upload).toMatch(/"status":"pinned"/)
    expect(upload).toMatch(/"name":"hello.txt"/)
    expect(gateway).toMatch(/^the same bytes\nthe same bytes by name\n/)
    expect(gateway).toMatch(/^HTTP\/1\.1 200 OK\r?$/m)
    expect(gateway).toMatch(/^Content-Length: 35\r?$/im)
    expect(gateway).toMatch(/^Hello$/m)
    expect(gone?.trim().split('\n').slice(-2)).toEqual(['404', '404'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The rules of `.dependency-cruiser.cjs` that security hangs on, tried on files that break them. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)

type Report = { summary: { violations: { rule: { name: string } }[] } }

let checkout: string

// A checkout of nothing but the rules: other tests read the sources of the real one while this one plants files.
beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'holdfast-rules-'))
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    await cp(join(root, name), join(checkout, name))
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'))
})
afterAll(() => rm(checkout, { recursive: true, force: true }))

const cruise = async (path: string): Promise<Report['summary']> => {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const { stdout } = await run(process.execPath, [program, '--config', '.dependency-cruiser.cjs', '-T', 'json', path], {
    cwd: checkout,
  }).catch((error: { stdout: string }) => error)
  return (JSON.parse(stdout) as Report).summary
}

/** Rules that a file of this text breaks in this folder. */
const brokenBy = async (folder: string, text: string): Promise<string[]> => {
  const planted = join(folder, 'planted.ts')
  await mkdir(join(checkout, folder), { recursive: true })
  await writeFile(join(checkout, planted), text)
  return (await cruise(planted)).violations.map(({ rule }) => rule.name)
}

describe('better-auth', () => {
  it.each([
    ['apps/api/src/features/files', "import { betterAuth } from 'better-auth'\nexport const made = betterAuth\n"],
    ['apps/api/src/plugins/authenticate', "export const load = () => import('better-auth/plugins/organization')\n"],
    ['apps/gateway/src', "import type { Auth } from 'better-auth'\nexport type Mine = Auth\n"],
    ['packages/runtime/src', "export { hashPassword } from 'better-auth/crypto'\n"],
  ])('imported in %s is refused', async (folder, text) => {
    expect(await brokenBy(folder, text)).toContain('better-auth-in-one-feature')
  })

  it('is imported in its own feature', async () => {
    const text = "import { betterAuth } from 'better-auth'\nexport const made = betterAuth\n"
    expect(await brokenBy('apps/api/src/features/auth', text)).not.toContain('better-auth-in-one-feature')
  })
})

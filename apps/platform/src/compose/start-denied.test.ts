import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '@packages/runtime/config'
import { expect, it } from 'vitest'
import { denylistFilesOf } from './start-denied.ts'

const filesOf = (dataDir: string, denylists: string[]) =>
  denylistFilesOf({ dataDir, denylists, denylistSubscriptions: { urls: [], everyMs: 1_000 } })

it('says which denylists cannot be read, all of them at once, as a setting that is wrong', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'denylists-'))
  try {
    const [there, missing] = [join(folder, 'own.deny'), join(folder, 'missing.deny')]
    await writeFile(there, '')
    expect(await filesOf(folder, [there])).toEqual([there])
    const error = await filesOf(folder, [missing, there, folder]).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).exitCode).toBe(78)
    expect((error as ConfigError).lines).toEqual([
      `DENYLISTS cannot be read: ${missing} (ENOENT)`,
      `DENYLISTS cannot be read: ${folder} (EISDIR)`,
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})

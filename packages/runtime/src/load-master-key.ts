import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { MasterKey } from './master-key.ts'
import { StartError } from './start-error.ts'

const readKey = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    return Buffer.from((await readFile(path, 'utf8')).trim(), 'hex')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes the key beside its place, syncs it, and moves it there: it is whole or absent. Needs the data folder's lock. */
const makeKey = async (directory: string, path: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const draft = join(directory, `.master-key.${randomBytes(6).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  const folder = await open(directory, 'r')
  await folder.sync().finally(() => folder.close())
}

/**
 * The master key from the settings, or else from `secrets/master.key` in the data folder, where it is made at first.
 * @throws StartError when the file holds no key.
 */
export const loadMasterKey = async (options: { dataDir: string; secretKey: Uint8Array | null }): Promise<MasterKey> => {
  if (options.secretKey !== null) return new MasterKey(options.secretKey)
  const directory = join(options.dataDir, 'secrets')
  const path = join(directory, 'master.key')
  if ((await readKey(path)) === undefined) await makeKey(directory, path)
  const bytes = await readKey(path)
  if (bytes?.length !== 32) throw new StartError(`The master key cannot be read: ${path} must hold 64 hex digits`)
  return new MasterKey(bytes)
}

import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../start-error.ts'
import { parseKeyList } from './key-list.ts'
import type { MasterKeySource } from './master-key-source.ts'

/** Writes beside the place, syncs, and moves it there: the file is the old one or the new one, whole. */
const replace = async (directory: string, path: string, text: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const draft = join(directory, `.master-key.${randomBytes(6).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  const folder = await open(directory, 'r')
  await folder.sync().finally(() => folder.close())
}

/** The keys in `secrets/master.key` of the data folder, one a line. */
export const keyFile = (dataDir: string): MasterKeySource => {
  const directory = join(dataDir, 'secrets')
  const path = join(directory, 'master.key')
  return {
    place: path,
    read: async () => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (text === undefined) return []
      const keys = parseKeyList(text)
      if (keys === undefined) throw new StartError(`The master key cannot be read: ${path} must hold 64 hex digits`)
      return keys
    },
    write: (keys) => replace(directory, path, keys.map((key) => `${Buffer.from(key).toString('hex')}\n`).join('')),
  }
}

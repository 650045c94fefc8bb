import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../start-error.ts'
import { parseKeyList } from './key-list.ts'
import type { MasterKeySource } from './master-key-source.ts'

const textOf = (keys: readonly Uint8Array[]): string =>
  keys.map((key) => `${Buffer.from(key).toString('hex')}\n`).join('')

/**
 * Writes beside the place, syncs, and moves it there: the file is the old one or the new one, whole. One writer at a time; a draft
 * that a killed one left holds keys, and goes with the next.
 */
const replace = async (directory: string, path: string, text: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const draft = join(directory, '.master-key.draft')
  await rm(draft, { force: true })
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

/** @returns none where there is no such file */
const readKeys = async (path: string): Promise<readonly Uint8Array[]> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return []
  const keys = parseKeyList(text)
  if (keys === undefined) throw new StartError(`The master key cannot be read: ${path} must hold 64 hex digits`)
  return keys
}

/** A file of the operator's, read anew each time: what is put there is known without a restart. */
export const operatorsKeyFile = (path: string): MasterKeySource => ({ place: path, read: () => readKeys(path) })

/** The keys in `secrets/master.key` of the data folder, one a line. */
export const keyFile = (dataDir: string): MasterKeySource => {
  const directory = join(dataDir, 'secrets')
  const path = join(directory, 'master.key')
  return {
    place: path,
    read: () => readKeys(path),
    write: (keys) => replace(directory, path, textOf(keys)),
    keep: (version, key) => replace(directory, `${path}.${version}`, textOf([key])),
  }
}

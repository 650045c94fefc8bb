import { access, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EXIT_FAILURE, StartError } from './start-error.ts'

const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6

/** The data folder cannot be used: it cannot be made or written, or a running process has it. */
export class DataFolderError extends StartError {
  override readonly name = 'DataFolderError'

  constructor(line: string, cause?: unknown) {
    super(line, { exitCode: EXIT_FAILURE, cause })
  }
}

/** A running process has it. */
export class DataFolderInUse extends DataFolderError {}

export type DataFolderLock = { readonly directory: string; release(): Promise<void> }

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'

// Step by step: Node's recursive mkdir never ends where the kernel says ENOENT for a folder whose parent is there (/proc).
const makeFolders = async (directory: string): Promise<void> => {
  try {
    await mkdir(directory, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    const parent = dirname(directory)
    if (codeOf(error) !== 'ENOENT' || (await isThere(parent))) throw error
    await makeFolders(parent)
    await makeFolders(directory)
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Makes the folder (0700) when it is not there, and checks that it can be written. */
export const prepareDataFolder = async (directory: string): Promise<void> => {
  try {
    await makeFolders(resolve(directory))
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new DataFolderError(`DATA_DIR cannot be written: ${directory} (${codeOf(error)})`, error)
  }
}

const holderOf = async (pidFile: string): Promise<string> => {
  const text = await readFile(pidFile, 'utf8').catch(() => '')
  return /^\d+$/.test(text.trim()) ? `process ${text.trim()}` : 'another process'
}

/**
 * Takes the folder for this process, or tells who has it. The lock is the kernel's own on an open file, taken through
 * SQLite because Node has no call for it: it goes with its holder however that dies, two starters cannot both get it,
 * and a second taker in the same process is refused as well. The pid beside it is only for the message.
 * @throws DataFolderError
 */
export const lockDataFolder = async (directory: string): Promise<DataFolderLock> => {
  await prepareDataFolder(directory)
  const pidFile = join(directory, 'platform.pid')
  let handle: DatabaseSync | undefined
  try {
    handle = new DatabaseSync(join(directory, 'platform.lock'), { timeout: 0 })
    handle.exec('PRAGMA journal_mode=MEMORY; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    handle?.close()
    const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
    if (code === SQLITE_BUSY || code === SQLITE_LOCKED)
      throw new DataFolderInUse(`DATA_DIR is in use by ${await holderOf(pidFile)}: ${directory}`, error)
    throw new DataFolderError(
      `DATA_DIR cannot be locked: ${directory} (${error instanceof Error ? error.message : 'unknown reason'})`,
      error,
    )
  }
  const held = handle
  await writeFile(pidFile, `${process.pid}\n`, { mode: 0o600 })
  return {
    directory,
    release: async () => {
      await rm(pidFile, { force: true })
      held.close()
    },
  }
}

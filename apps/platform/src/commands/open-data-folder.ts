import { access } from 'node:fs/promises'
import { BlockStore } from '@packages/content/block-store/block-store'
import { lockDataFolder } from '@packages/runtime/data-folder-lock'
import { StartError } from '@packages/runtime/start-error'
import { storeDirectoryOf } from '../compose/start-store.ts'
import type { CommandTools } from './run-command.ts'

/** Keeps a platform off the data folder while the command runs. @throws DataFolderError when one is running on it */
export const holdDataFolder = async ({ config, stack }: CommandTools): Promise<void> => {
  await stack.acquire(
    'data folder',
    () => lockDataFolder(config.dataDir),
    (lock) => lock.release(),
  )
}

/** The folder of the block store, which must be there: a mistyped DATA_DIR must not look like an empty store. */
export const existingStoreDirectory = async ({ config }: CommandTools): Promise<string> => {
  const directory = storeDirectoryOf(config.dataDir)
  try {
    await access(directory)
  } catch (cause) {
    throw new StartError(`DATA_DIR has no content store: ${config.dataDir}`, { cause })
  }
  return directory
}

/** Opens the data folder's block store as its one writer; recovers it first, as a start does. */
export const openStore = async (tools: CommandTools): Promise<BlockStore> => {
  const directory = await existingStoreDirectory(tools)
  await holdDataFolder(tools)
  const { logger, stack } = tools
  return stack.acquire(
    'block store',
    () => BlockStore.open({ directory, logger }),
    (store) => store.close(),
  )
}

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissingFile } from './store-error.ts'

/** False when there is no index. @throws Error when LMDB would fall over it. */
export const checkIndexFile = async (path: string): Promise<boolean> => {
  try {
    const handle = await open(join(path, 'data.mdb'), 'r')
    await handle.close()
    return true
  } catch (error) {
    if (isMissingFile(error)) return false
    throw error
  }
}

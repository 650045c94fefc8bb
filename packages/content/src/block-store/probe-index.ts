import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { StoreIndex } from './store-index.ts'

/**
 * True when every entry of an index can be read. Done by a process of its own: LMDB does not survive a page that is none.
 */
export const canReadIndex = async (path: string): Promise<boolean> => {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), path], { stdio: 'ignore' })
  const [code]: unknown[] = await once(child, 'exit')
  return code === 0
}

if (import.meta.main && process.argv[2] !== undefined) {
  const index = new StoreIndex(process.argv[2])
  index.readAll()
  await index.close()
}

import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Nothing that was written is in memory afterwards, except what the servers keep themselves. @throws Error unless root runs it */
export const dropPageCache = async (): Promise<void> => {
  await promisify(execFile)('sync')
  await writeFile('/proc/sys/vm/drop_caches', '3')
}

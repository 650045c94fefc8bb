import { randomUUIDv7 } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { importFolderOf, type ImportOutcome } from './import-folder.ts'

const LOOK_EVERY_MS = 50

/**
 * Gives a CAR to the platform that runs on the data folder, and waits for what comes of it.
 * @returns null when nobody took it within `waitMs`; it is taken at the next start then
 */
export const handOverCar = async (
  file: string,
  { dataDir, waitMs }: { dataDir: string; waitMs: number },
): Promise<ImportOutcome | null> => {
  const folder = importFolderOf(dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, randomUUIDv7())
  try {
    await copyFile(file, `${path}.part`, constants.COPYFILE_FICLONE)
    await rename(`${path}.part`, `${path}.car`)
  } catch (error) {
    await rm(`${path}.part`, { force: true })
    throw error
  }
  for (const end = performance.now() + waitMs; performance.now() < end; ) {
    await sleep(LOOK_EVERY_MS)
    const told = await readFile(`${path}.json`, 'utf8').catch(() => undefined)
    if (told === undefined) continue
    await rm(`${path}.json`, { force: true })
    return JSON.parse(told) as ImportOutcome
  }
  return null
}

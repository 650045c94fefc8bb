import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning, processTree } from '@packages/testkit/process-tree'

const PREFIX = 'holdfast-chaos-'

/** A folder that says whose it is, so that the next run can tell a leftover from another run's. */
export const makeWorkFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
  await writeFile(join(folder, 'owner'), String(process.pid))
  return folder
}

export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5 })

/** Platforms outlive a run that was killed with -9: their environment tells the folder. */
const platformsOn = async (folder: string): Promise<number[]> => {
  const found: number[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '')
    if (environment.includes(`\0DATA_DIR=${folder}/`) || environment.startsWith(`DATA_DIR=${folder}/`))
      found.push(Number(entry))
  }
  return found
}

/** Ends and removes what runs that were killed have left. @returns a line for each */
export const removeLeftovers = async (): Promise<string[]> => {
  const told: string[] = []
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const folder = join(tmpdir(), name)
    const owner = Number(await readFile(join(folder, 'owner'), 'utf8').catch(() => 'NaN'))
    // Without an owner it is being made right now, or is of an older kind: not ours to judge.
    if (!Number.isSafeInteger(owner) || (await isRunning(owner))) continue
    const platforms = await platformsOn(folder)
    for (const pid of platforms) for (const each of await processTree(pid)) tryKill(each)
    await removeFolder(folder)
    told.push(`a run that was killed had left ${folder} and ${platforms.length} processes; they are gone`)
  }
  return told
}

const tryKill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** A folder of one run in it. */
export const makeRunFolder = async (parent: string, name: string): Promise<string> => {
  const folder = join(parent, name)
  await mkdir(folder)
  return folder
}

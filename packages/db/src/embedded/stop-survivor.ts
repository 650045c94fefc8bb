import { execFile } from 'node:child_process'
import { readFile, readdir, readlink, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { TEMPORARY_PREFIX } from './socket-directory.ts'

const run = promisify(execFile)

/**
 * Ends what a killed parent left running on this cluster: the postmaster first (fast, then immediate), then server
 * processes that lost theirs. The caller holds the data folder's lock, so nobody else's server can be meant.
 * A postmaster.pid that names a process of another kind (numbers start anew in a container) is removed.
 */
export const stopSurvivor = async (path: string, logger: MinimalLogger): Promise<void> => {
  const cluster = await realpath(path).catch(() => null)
  if (cluster === null) return
  const pidFile = join(cluster, 'postmaster.pid')
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n')
  const postmaster = Number(lines[0])
  if (postmaster > 0 && (await isServerOf(cluster, postmaster))) {
    logger.warn({ pid: postmaster }, 'stopping the database server that an earlier run left behind')
    for (const [signal, patience] of [
      ['SIGINT', 10_000],
      ['SIGQUIT', 5_000],
    ] as const) {
      signalQuietly(postmaster, signal)
      if (await gone(() => isServerOf(cluster, postmaster), patience)) break
    }
  }
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    const rest = await serversOf(cluster)
    for (const pid of rest) signalQuietly(pid, signal)
    if (rest.length > 0) await gone(async () => (await serversOf(cluster)).length > 0, 5_000)
  }
  if ((await serversOf(cluster)).length > 0)
    throw new EmbeddedPostgresError(`A database server on ${cluster} cannot be stopped (pid ${postmaster}).`)
  await rm(pidFile, { force: true })
  const socketDirectory = lines[4] ?? ''
  if (dirname(socketDirectory) === tmpdir() && basename(socketDirectory).startsWith(TEMPORARY_PREFIX))
    await rm(socketDirectory, { recursive: true, force: true })
}

/** Waits until `alive` is false; false when it still is after `patience` milliseconds. */
const gone = async (alive: () => Promise<boolean>, patience: number): Promise<boolean> => {
  const deadline = performance.now() + patience
  while (performance.now() < deadline) {
    if (!(await alive())) return true
    await sleep(20)
  }
  return !(await alive())
}

const signalQuietly = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Every server process works inside its cluster's folder. */
const isServerOf = async (cluster: string, pid: number): Promise<boolean> => {
  if (process.platform === 'linux') {
    const [cwd, comm] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => ''),
      readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
    ])
    return comm.trim() === 'postgres' && cwd === cluster
  }
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return stdout.includes('postgres') && stdout.includes(cluster)
}

const serversOf = async (cluster: string): Promise<number[]> => {
  if (process.platform !== 'linux') return []
  const found: number[] = []
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry)
    if (pid > 0 && (await isServerOf(cluster, pid))) found.push(pid)
  }
  return found
}

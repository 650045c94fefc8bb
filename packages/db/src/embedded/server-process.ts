import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { Launch } from './unprivileged.ts'

export type ServerProcess = { pid: number; exited: Promise<void>; stop(deadlineMs: number): Promise<void> }

const START_DEADLINE_MS = 60_000

/**
 * Starts the postmaster and resolves once it takes connections (recovery after a crash is part of that). It has a
 * process group of its own, so that Ctrl-C reaches it only through `stop`, after the platform has drained; where
 * setpriv exists the kernel ends it when this process dies.
 */
export const startServerProcess = async (options: {
  cluster: string
  binaries: PostgresBinaries
  launch: Launch
  settings: Record<string, string>
  environment?: Record<string, string>
  logger: MinimalLogger
}): Promise<ServerProcess> => {
  const { cluster, binaries, launch, logger, environment } = options
  const settings = Object.entries(options.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command = '', ...args] = [
    ...launch.prefix,
    ...launch.deathSignal,
    binaries.postgres,
    '-D',
    cluster,
    ...settings,
  ]
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, ...binaries.env, ...environment },
    cwd: cluster,
    ...(launch.uid === undefined ? {} : { uid: launch.uid, gid: launch.gid }),
  })
  let ended = false
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  }).then(() => {
    ended = true
  })
  const lastFatal = forwardLog(child, logger)
  // Nothing waits for a forgotten server: its parent may end, and it ends with its parent.
  child.unref()
  const deadline = performance.now() + START_DEADLINE_MS
  while (!(await isReady(cluster, child.pid))) {
    if (ended || performance.now() > deadline) {
      child.kill('SIGQUIT')
      // Its last words may come after its end.
      await Promise.race([lastFatal.read, sleep(1_000)])
      throw new EmbeddedPostgresError(
        `PostgreSQL does not start on ${cluster}: ${lastFatal.line() ?? 'no reason given'}`,
      )
    }
    await Promise.race([exited, sleep(10)])
  }
  return { pid: child.pid ?? 0, exited, stop: (deadlineMs) => stopServer(child, exited, deadlineMs) }
}

/** The eighth line of postmaster.pid tells the state, as pg_ctl reads it. */
const isReady = async (cluster: string, pid: number | undefined): Promise<boolean> => {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

/** Fast shutdown, then immediate, then none. */
const stopServer = async (child: ChildProcess, exited: Promise<void>, deadlineMs: number): Promise<void> => {
  for (const [signal, patience] of [
    ['SIGINT', deadlineMs],
    ['SIGQUIT', 2_000],
    ['SIGKILL', 2_000],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const patient = new AbortController()
    await Promise.race([exited, sleep(patience, undefined, { signal: patient.signal }).catch(() => {})])
    patient.abort()
  }
}

/** Hands the server's log to ours; remembers the last fatal line, and what comes before the log is set up. */
const forwardLog = (
  child: ChildProcess,
  logger: MinimalLogger,
): { line(): string | undefined; read: Promise<unknown> } => {
  let fatal: string | undefined
  const read = once(child, 'close').catch(() => {})
  if (!child.stderr) return { line: () => fatal, read }
  createInterface({ input: child.stderr }).on('line', (line) => {
    const [, severity = '', text = line] = /^([A-Z]+):\s{1,4}(.*)$/.exec(line) ?? []
    if (severity === 'FATAL' || severity === 'PANIC') {
      fatal = text
      logger.error({ postgres: severity }, text)
    } else if (severity === 'WARNING') logger.warn({ postgres: severity }, text)
    else logger.debug({ postgres: severity }, text)
    if (severity === '') fatal ??= line
  })
  if ('unref' in child.stderr && typeof child.stderr.unref === 'function') child.stderr.unref()
  return { line: () => fatal, read }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, processTree } from './process-tree.ts'

const STOP_MS = 15_000

export type ServerOptions = {
  command: readonly [string, ...string[]]
  cwd: string
  env: Record<string, string | undefined>
  /** Where both its streams go: a file, made anew, so that reading them costs nobody anything. */
  logFile: string
  /** It is ready when its log holds this. */
  readyText: string
  readyMs: number
}

export type ServerProcess = { pid: number; log(): Promise<string>; stop(): Promise<void> }

const running = new Set<ChildProcess>()
// However this program ends, no server of it stays behind.
process.on('exit', () => {
  for (const { pid } of running) if (pid !== undefined) killQuietly(-pid, 'SIGKILL')
})

/** Starts a server in a process group of its own and waits until it is ready. @throws Error with its log when it is not */
export const startServer = async (options: ServerOptions): Promise<ServerProcess> => {
  const [program, ...args] = options.command
  const fd = openSync(options.logFile, 'w')
  const { cwd, env } = options
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', fd, fd] })
  closeSync(fd)
  running.add(child)
  const log = (): Promise<string> => readFile(options.logFile, 'utf8')
  child.once('exit', () => running.delete(child))
  await once(child, 'spawn')
  const server = { pid: child.pid as number, log, stop: () => stop(child) }
  const limit = performance.now() + options.readyMs
  while (!(await log()).includes(options.readyText)) {
    if (child.exitCode === null && child.signalCode === null && performance.now() < limit) await sleep(50)
    else {
      await server.stop()
      throw new Error(`${program} was not ready:\n${(await log()).slice(-4000)}`)
    }
  }
  return server
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const pids = await processTree(child.pid).catch(() => [])
  child.kill('SIGTERM')
  await Promise.race([once(child, 'exit'), sleep(STOP_MS, undefined, { ref: false })])
  for (const pid of pids) if (await isRunning(pid)) killQuietly(pid, 'SIGKILL')
}

const killQuietly = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

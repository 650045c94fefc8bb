import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { READY_LINE } from '@apps/platform/banner'
import { repositoryFolder } from '@apps/platform/repository-folder'
import { processTree } from './process-tree.ts'
import { untilGone } from './until-gone.ts'

const OUTPUT_KEPT = 4 * 1024 * 1024

export type SpawnOptions = {
  /** Kept after `stop`; a temporary folder, removed on dispose, when not given. */
  dataDir?: string
  /** Settings over those of a platform on free ports that dials nowhere. Nothing is taken from this process's own. */
  environment?: Record<string, string>
  /** How long it may take until it is ready, in ms. */
  readyMs?: number
  /** The program and its arguments, in the checkout; `main.ts` on this Node by default. */
  command?: readonly [string, ...string[]]
}

export type Exit = { code: number | null; signal: NodeJS.Signals | null; output: string }

/** The real process tree of a platform, seen from outside. */
export type SpawnedPlatform = {
  apiUrl: string
  gatewayUrl: string
  /** From the one-time link; null when the platform is set up. */
  setupToken: string | null
  dataDir: string
  pid: number
  /** Milliseconds from the start of the process to its ready line. */
  readyAfterMs: number
  /** Everything printed so far, both streams. */
  output(): string
  exited: Promise<Exit>
  /** SIGTERM, and the exit that follows. */
  stop(signal?: NodeJS.Signals): Promise<Exit & { ms: number }>
  /** SIGKILL to the process and everything that it started, at once; resolves when all are gone. */
  kill(): Promise<void>
  /** SIGKILL to the process alone: what it started has to notice. */
  killMain(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A start that did not become ready. */
export class SpawnFailed extends Error {
  override readonly name = 'SpawnFailed'
  readonly exit: Exit | null

  constructor(message: string, exit: Exit | null) {
    super(message)
    this.exit = exit
  }
}

const kill = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Kills a whole tree: it is frozen first, so that nothing can start something new between look and kill. */
const killTree = async (root: number): Promise<void> => {
  kill(root, 'SIGSTOP')
  const pids = await processTree(root)
  for (const pid of pids) kill(pid, 'SIGKILL')
  await untilGone(pids)
}

const watch = (child: ChildProcess): { output(): string; exited: Promise<Exit>; ready: Promise<void> } => {
  let output = ''
  const ready = Promise.withResolvers<void>()
  const exited = Promise.withResolvers<Exit>()
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_KEPT)
    if (output.includes(READY_LINE)) ready.resolve()
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  child.once('error', exited.reject)
  child.once('exit', (code, signal) => exited.resolve({ code, signal, output }))
  return { output: () => output, exited: exited.promise, ready: ready.promise }
}

/** Runs a platform as a user would, and resolves when it says that it is ready. @throws SpawnFailed */
export const spawnPlatform = async (options: SpawnOptions = {}): Promise<SpawnedPlatform> => {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'holdfast-')))
  const [program, ...args] = options.command ?? [process.execPath, 'apps/platform/src/main.ts']
  const since = performance.now()
  const child = spawn(program, args, {
    cwd: repositoryFolder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: dataDir,
      API_PORT: '0',
      GATEWAY_PORT: '0',
      METRICS_PORT: '0',
      // A second of loading that few tests want.
      SWARM_PORT: 'off',
      IPFS_NETWORK: 'none',
      ...options.environment,
    },
  })
  const { output, exited, ready } = watch(child)
  const limit = AbortSignal.timeout(options.readyMs ?? 180_000)
  const late = new Promise<'late'>((resolve) => limit.addEventListener('abort', () => resolve('late')))
  const outcome = await Promise.race([ready, exited, late])
  const pid = child.pid ?? 0
  if (outcome === 'late') {
    await killTree(pid)
    throw new SpawnFailed(`the platform was not ready in time:\n${output()}`, null)
  }
  if (outcome !== undefined)
    throw new SpawnFailed(`the platform left with ${outcome.code ?? outcome.signal}:\n${output()}`, outcome)
  const readyAfterMs = performance.now() - since
  // The banner is one write, but a pipe may hand it over in parts.
  await sleep(20)

  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit & { ms: number }> => {
    const asked = performance.now()
    if (child.exitCode === null && child.signalCode === null) kill(pid, signal)
    return { ...(await exited), ms: performance.now() - asked }
  }
  const killAll = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await killTree(pid)
    await exited
  }
  return {
    apiUrl: /API and dashboard\s+(http\S+)/.exec(output())?.[1] ?? '',
    gatewayUrl: /Gateway\s+(http\S+)/.exec(output())?.[1] ?? '',
    setupToken: /\/setup#token=(\S+)/.exec(output())?.[1] ?? null,
    dataDir,
    pid,
    readyAfterMs,
    output,
    exited,
    stop,
    kill: killAll,
    killMain: async () => {
      kill(pid, 'SIGKILL')
      await exited
    },
    [Symbol.asyncDispose]: async () => {
      await killAll()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

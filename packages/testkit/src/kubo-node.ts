import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { configureKubo, type KuboConfig } from './kubo-config.ts'
import { isRunning, isStopped } from './process-tree.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { untilGone } from './until-gone.ts'

const run = promisify(execFile)
/** It stands still as soon as each of its threads has left the kernel. */
const STOPPED_MS = 60_000

export type KuboNodeOptions = {
  /** Made for it, and left to the caller. Default: a temporary folder, which goes with the node. */
  directory?: string
  /** `offline`: speaks to nobody. `none`: to whom it is connected. `dht`: finds others by a DHT on loopback, and announces roots. */
  routing?: 'offline' | 'none' | 'dht'
  /** Asked of callers of the RPC. */
  token?: string
  /** 64 hex digits: a network of its own. */
  swarmKey?: string
  profile?: string
  /** The last word about its settings. */
  configure?: (config: KuboConfig) => void
}

/** Where a node is, as others need it. */
export type KuboAddress = {
  api: string
  gateway: string
  token: string | null
  peerId: string
  /** On loopback, ending in /p2p/. */
  swarm: string
  /** Its blocks, settings and pins. */
  repository: string
}

/** A real Kubo (from the PATH) on loopback alone: no bootstrap, no public routing, nothing told to anybody. Syncs its blocks to the disk. */
export type KuboNode = KuboAddress & {
  directory: string
  readonly pid: number
  /** Runs `ipfs` against the daemon, or against the repository while none runs. */
  ipfs(...words: string[]): Promise<string>
  start(): Promise<void>
  stop(): Promise<void>
  /** SIGKILL; the addresses stay, for a next `start`. */
  kill(): Promise<void>
  /** SIGSTOP: its connections stay and nothing answers, until `resume`. Resolves when it stands still. */
  pause(): Promise<void>
  resume(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** The version of the `ipfs` on the PATH; null when there is none. */
export const kuboVersion = async (): Promise<string | null> => {
  try {
    return (await run('ipfs', ['version', '--number'])).stdout.trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** @throws Error when there is no `ipfs` on the PATH, or the node does not start */
export const startKuboNode = async (options: KuboNodeOptions = {}): Promise<KuboNode> => {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'hf-kubo-')))
  await mkdir(directory, { recursive: true })
  const repository = join(directory, 'repo')
  const env = { PATH: process.env.PATH, HOME: directory, IPFS_PATH: repository, IPFS_TELEMETRY: 'off' }
  const ipfs = async (...words: string[]): Promise<string> =>
    (await run('ipfs', words, { env, maxBuffer: 2 ** 26 })).stdout.trim()
  await ipfs('init', ...(options.profile === undefined ? [] : ['--profile', options.profile]))
  const ports = await freePorts(3)
  if (options.swarmKey !== undefined)
    await writeFile(join(repository, 'swarm.key'), `/key/swarm/psk/1.0.0/\n/base16/\n${options.swarmKey}\n`, {
      mode: 0o600,
    })
  const { routing = 'none', token = null } = options
  const peerId = await configureKubo(join(repository, 'config'), { ...options, routing, token, ports })
  let server: ServerProcess | undefined
  const start = async (): Promise<void> => {
    server = await startServer({
      command: ['ipfs', 'daemon', '--migrate=false', ...(routing === 'offline' ? ['--offline'] : [])],
      cwd: directory,
      env: options.swarmKey === undefined ? env : { ...env, LIBP2P_FORCE_PNET: '1' },
      logFile: join(directory, 'log'),
      readyText: 'Daemon is ready',
      readyMs: 60_000,
    })
  }
  const signal = (name: NodeJS.Signals): void => {
    if (server !== undefined) process.kill(server.pid, name)
  }
  await start()
  const [apiPort, gatewayPort, swarmPort] = ports
  const auth = token === null ? [] : ['--api-auth', `bearer:${token}`]
  return {
    directory,
    repository,
    api: `http://127.0.0.1:${apiPort}`,
    gateway: `http://127.0.0.1:${gatewayPort}`,
    token,
    peerId,
    swarm: `/ip4/127.0.0.1/tcp/${swarmPort}/p2p/${peerId}`,
    get pid() {
      return server?.pid ?? 0
    },
    ipfs: (...words) => ipfs(...auth, ...words),
    start,
    stop: async () => server?.stop(),
    kill: async () => {
      if (server === undefined || !(await isRunning(server.pid))) return
      signal('SIGKILL')
      await untilGone([server.pid])
    },
    pause: async () => {
      signal('SIGSTOP')
      const { pid = 0 } = server ?? {}
      for (const end = performance.now() + STOPPED_MS; !(await isStopped(pid)); await sleep(5))
        if (performance.now() > end) throw new Error(`after ${STOPPED_MS} ms the node still runs`)
    },
    resume: () => signal('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      if (server !== undefined && (await isRunning(server.pid))) {
        signal('SIGCONT')
        await server.stop()
      }
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true })
    },
  }
}

const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  for (const server of servers) server.close()
  return ports
}

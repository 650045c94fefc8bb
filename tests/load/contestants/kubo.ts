import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Contestant } from './contestant.ts'
import { startServer } from './server-process.ts'

const run = promisify(execFile)
const BOUNDARY = 'bench-boundary'
const LINE_END = Buffer.from('\r\n')

const filePart = (filename: string): Buffer =>
  Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  )

/** The version of the `ipfs` on the PATH; null when there is none. */
export const kuboVersion = async (): Promise<string | null> => {
  try {
    return (await run('ipfs', ['version', '--number'])).stdout.trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/**
 * A Kubo daemon that talks to nobody: offline, no bootstrap, no routing. It syncs each block to the disk, as we do, and
 * imports by the profile that we use by default, so that the work is the same.
 */
export const startKubo = async (directory: string): Promise<Contestant> => {
  const home = path.join(directory, 'kubo')
  await mkdir(home)
  const env = { PATH: process.env.PATH, HOME: home, IPFS_PATH: path.join(home, 'repo') }
  await run('ipfs', ['init', '--profile', 'unixfs-v1-2025'], { env })
  const [apiPort, gatewayPort, swarmPort] = await freePorts(3)
  await configure(path.join(env.IPFS_PATH, 'config'), {
    API: `/ip4/127.0.0.1/tcp/${apiPort}`,
    Gateway: `/ip4/127.0.0.1/tcp/${gatewayPort}`,
    Swarm: [`/ip4/127.0.0.1/tcp/${swarmPort}`],
  })
  const server = await startServer({
    command: ['ipfs', 'daemon', '--offline', '--migrate=false'],
    cwd: home,
    env,
    logFile: path.join(home, 'log'),
    readyText: 'Daemon is ready',
    readyMs: 60_000,
  })
  const addRequest = {
    path: '/api/v0/add?quieter=true&progress=false&pin=true',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    before: filePart('bench.bin'),
    after: Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  }
  return {
    name: 'kubo',
    version: (await kuboVersion()) ?? '',
    pid: server.pid,
    api: new URL(`http://127.0.0.1:${apiPort}`),
    gateway: new URL(`http://127.0.0.1:${gatewayPort}`),
    addRequest,
    addFolderRequest: {
      ...addRequest,
      part: (name) => Buffer.concat([LINE_END, filePart(encodeURIComponent(name))]),
    },
    dryRunRequest: { ...addRequest, path: '/api/v0/add?quieter=true&progress=false&only-hash=true' },
    importCarRequest: { ...addRequest, path: '/api/v0/dag/import?pin-roots=true' },
    readCid: (status, body) => {
      // One line for each file, the root last; of a CAR one for each root, which tells whether it could be pinned.
      const cid = (/.*"Hash":"([^"]+)"/s.exec(body) ?? /"Cid":\{"\/":"([^"]+)"\},"PinErrorMsg":""/.exec(body))?.[1]
      if (status !== 200 || cid === undefined) throw new Error(`kubo answered ${status}: ${body.slice(0, 500)}`)
      return cid
    },
    stop: () => server.stop(),
  }
}

type Addresses = { API: string; Gateway: string; Swarm: string[] }

const configure = async (file: string, addresses: Addresses): Promise<void> => {
  const config = JSON.parse(await readFile(file, 'utf8'))
  Object.assign(config.Addresses, addresses)
  const flatfs = config.Datastore.Spec.mounts.find((mount: { path?: string }) => mount.path === 'flatfs')
  const mount = flatfs ?? config.Datastore.Spec.mounts[0]
  if (typeof mount?.sync !== 'boolean') throw new Error('this Kubo keeps its blocks elsewhere than this program knows')
  mount.sync = true
  Object.assign(config, {
    Bootstrap: [],
    AutoConf: { Enabled: false },
    AutoTLS: { Enabled: false },
    Discovery: { MDNS: { Enabled: false } },
    Routing: { Type: 'none', DelegatedRouters: [] },
    Ipns: { ...config.Ipns, DelegatedPublishers: [] },
    DNS: { Resolvers: {} },
    Provide: { ...config.Provide, Enabled: false },
    Gateway: { ...config.Gateway, NoFetch: true },
  })
  await writeFile(file, JSON.stringify(config, null, 2))
}

const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  for (const server of servers) server.close()
  return ports
}

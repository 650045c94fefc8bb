import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { StartError } from '@packages/runtime/start-error'
import { KuboClient } from '@services/ipfs-manager/kubo/kubo-client'
import { KuboError } from '@services/ipfs-manager/kubo/kubo-error'
import { KuboRpc } from '@services/ipfs-manager/kubo/kubo-rpc'
import { type Fleet, type FleetNode, nodeFolder, rpcUrl } from './fleet-file.ts'
import { kuboEnvironment, type Peer } from './node-repository.ts'

const run = promisify(execFile)

const READY_MS = 60_000
const SHUTDOWN_MS = 20_000
const POLL_MS = 100

export const logFile = (folder: string): string => join(folder, 'log')
const pidFile = (folder: string): string => join(folder, 'pid')

/** For one command: the caller stops its `rpc`. */
export const clientOf = ({ token }: Fleet, node: FleetNode): KuboClient =>
  new KuboClient(new KuboRpc({ url: rpcUrl(node), token }))

/**
 * Starts a node that goes on when this program ends, and waits until it answers as itself. @returns false when it ran already
 * @throws StartError with the end of its log
 */
export const startNode = async (dataDir: string, fleet: Fleet, node: FleetNode, peer: Peer): Promise<boolean> => {
  const folder = nodeFolder(dataDir, node)
  const client = clientOf(fleet, node)
  try {
    if (await answersAs(client, node, peer)) return false
    const log = openSync(logFile(folder), 'a', 0o600)
    const env = kuboEnvironment(folder)
    const child = spawn('ipfs', ['daemon', '--migrate=false'], {
      cwd: folder,
      env: fleet.swarmKey === null ? env : { ...env, LIBP2P_FORCE_PNET: '1' },
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    await once(child, 'spawn').catch((cause: unknown) => {
      throw new StartError('There is no `ipfs` on the PATH', { cause })
    })
    await writeFile(pidFile(folder), `${child.pid}\n`, { mode: 0o600 })
    for (const limit = performance.now() + READY_MS; !(await answersAs(client, node, peer)); await sleep(POLL_MS))
      if (child.exitCode !== null || child.signalCode !== null || performance.now() > limit)
        throw new StartError(`${node.name} did not start:\n${await endOfLog(folder, 15)}`)
    child.unref()
    return true
  } finally {
    client.rpc.stop()
  }
}

/** Asks the node to end, and waits for it. @returns false when it did not run @throws StartError when it does not end */
export const stopNode = async (dataDir: string, fleet: Fleet, node: FleetNode): Promise<boolean> => {
  const folder = nodeFolder(dataDir, node)
  const pid = await pidOf(folder)
  if (pid === null) return false
  const client = clientOf(fleet, node)
  try {
    for await (const _ of client.rpc.bytes('shutdown', { timeoutMs: 5_000 }));
  } catch (error) {
    if (!(error instanceof KuboError)) throw error
    // It does not listen (yet, or any more).
    process.kill(pid, 'SIGTERM')
  } finally {
    client.rpc.stop()
  }
  for (const limit = performance.now() + SHUTDOWN_MS; (await pidOf(folder)) !== null; await sleep(POLL_MS))
    if (performance.now() > limit) throw new StartError(`${node.name} does not end: look at process ${pid}`)
  await rm(pidFile(folder), { force: true })
  return true
}

/** The node's process; null when it does not run. A number alone is not believed: it may be another program's by now. */
export const pidOf = async (folder: string): Promise<number | null> => {
  const pid = Number(await readFile(pidFile(folder), 'utf8').catch(() => ''))
  return pid > 0 && (await isNodeIn(folder, pid)) ? pid : null
}

const isNodeIn = async (folder: string, pid: number): Promise<boolean> => {
  if (process.platform === 'linux') {
    const [place, name, own] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => ''),
      readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
      realpath(folder),
    ])
    return place === own && name.trim() === 'ipfs'
  }
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return stdout.includes('ipfs daemon')
}

/** @throws StartError when another node answers there */
const answersAs = async (client: KuboClient, { name, rpcPort }: FleetNode, { ID }: Peer): Promise<boolean> => {
  try {
    const { peerId } = await client.peer()
    if (peerId === ID) return true
  } catch (error) {
    if (!(error instanceof KuboError)) throw error
    if (error.kind !== 'denied') return false
  }
  throw new StartError(`Another Kubo node answers at ${name}’s RPC port ${rpcPort}`)
}

/** The last lines of a node's log. */
export const endOfLog = async (folder: string, lines: number): Promise<string> => {
  const text = await readFile(logFile(folder), 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

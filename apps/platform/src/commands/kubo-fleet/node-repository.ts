import { execFile } from 'node:child_process'
import { access, mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '@packages/runtime/start-error'
import { withRecommended } from '@services/ipfs-manager/kubo/recommended-settings'
import { type Fleet, type FleetNode, HOST, nodeFolder } from './fleet-file.ts'

const run = promisify(execFile)

type KuboSettings = {
  Identity: { PeerID: string }
  Addresses: { Swarm?: string[] } & Record<string, unknown>
  Datastore: object
  Peering?: { Peers?: Peer[] | null }
  [section: string]: unknown
}
export type Peer = { ID: string; Addrs: string[] }

/** Of the disk, for all nodes together: Kubo does not hold it, placement does. */
const DISK_SHARE = 0.8

export const repositoryOf = (folder: string): string => join(folder, 'repo')

/** What `ipfs` runs with: nothing of ours but where its repository is. */
export const kuboEnvironment = (folder: string, repository = repositoryOf(folder)): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: folder,
  IPFS_PATH: repository,
  IPFS_TELEMETRY: 'off',
})

/**
 * Makes a node's repository with the recommended settings, when it has none; one that is there keeps its settings. @returns as whom others know it
 * @throws StartError when there is no `ipfs`, or it cannot make one
 */
export const ensureRepository = async (dataDir: string, fleet: Fleet, node: FleetNode): Promise<Peer> => {
  const folder = nodeFolder(dataDir, node)
  const repository = repositoryOf(folder)
  const isThere = await access(join(repository, 'config')).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    // Beside, and moved when it is whole: what a crash leaves is no repository.
    const draft = `${repository}.new`
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true, mode: 0o700 })
    await ipfs(['init'], kuboEnvironment(folder, draft))
    if (fleet.swarmKey !== null)
      await writeFile(join(draft, 'swarm.key'), `/key/swarm/psk/1.0.0/\n/base16/\n${fleet.swarmKey}\n`, { mode: 0o600 })
    const { bsize, blocks } = await statfs(folder)
    const storage = Math.floor((bsize * blocks * DISK_SHARE) / fleet.nodes.length)
    await changeSettings(draft, (settings) => settingsOf(settings, fleet, node, storage))
    await rename(draft, repository)
  }
  const { Identity } = await readSettings(repository)
  return { ID: Identity.PeerID, Addrs: [`/ip4/${HOST}/tcp/${node.swarmPort}`] }
}

/** Whom a node keeps connections to. Read by Kubo when it starts. */
export const setPeers = async (dataDir: string, node: FleetNode, peers: readonly Peer[]): Promise<void> =>
  changeSettings(repositoryOf(nodeFolder(dataDir, node)), (settings) => ({
    ...settings,
    Peering: { ...settings.Peering, Peers: [...peers] },
  }))

const settingsOf = (settings: KuboSettings, fleet: Fleet, node: FleetNode, storage: number): KuboSettings => {
  const recommended = withRecommended(settings, fleet.network) as KuboSettings
  const { rpcPort, gatewayPort, swarmPort } = node
  const isOpen = fleet.network === 'public'
  return {
    ...recommended,
    Addresses: {
      ...recommended.Addresses,
      API: `/ip4/${HOST}/tcp/${rpcPort}`,
      Gateway: `/ip4/${HOST}/tcp/${gatewayPort}`,
      Swarm: isOpen
        ? (recommended.Addresses.Swarm ?? []).map((address) => address.replace('/4001', `/${swarmPort}`))
        : [`/ip4/${HOST}/tcp/${swarmPort}`],
    },
    Datastore: { ...recommended.Datastore, StorageMax: `${storage}B` },
    API: { Authorizations: { holdfast: { AuthSecret: `bearer:${fleet.token}`, AllowedPaths: ['/api/v0'] } } },
  }
}

const readSettings = async (repository: string): Promise<KuboSettings> =>
  JSON.parse(await readFile(join(repository, 'config'), 'utf8'))

const changeSettings = async (repository: string, change: (settings: KuboSettings) => KuboSettings): Promise<void> => {
  const file = join(repository, 'config')
  const changed = change(await readSettings(repository))
  await writeFile(`${file}.new`, JSON.stringify(changed, null, 2), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

const ipfs = async (words: readonly string[], env: NodeJS.ProcessEnv): Promise<void> => {
  await run('ipfs', [...words], { env }).catch((cause: NodeJS.ErrnoException & { stderr?: string }) => {
    throw new StartError(
      cause.code === 'ENOENT'
        ? 'There is no `ipfs` on the PATH: install Kubo (https://docs.ipfs.tech/install/command-line/)'
        : `ipfs ${words.join(' ')} failed: ${cause.stderr?.trim().split('\n').at(-1) ?? cause.message}`,
      { cause },
    )
  })
}

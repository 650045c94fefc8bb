import { readFile, writeFile } from 'node:fs/promises'

/** Kubo's own file of settings (https://github.com/ipfs/kubo/blob/master/docs/config.md). */
export type KuboConfig = {
  Identity: { PeerID: string }
  Addresses: Record<string, unknown>
  Datastore: { Spec: { mounts: { path?: string; sync?: boolean }[] } } & Record<string, unknown>
  [section: string]: unknown
}

export type ConfigureOptions = {
  routing: 'offline' | 'none' | 'dht'
  token: string | null
  /** Of RPC, gateway and swarm. */
  ports: readonly number[]
  configure?: (config: KuboConfig) => void
}

/** Rewrites the settings of a new repository: loopback alone, nobody to call at home, blocks synced to the disk. @returns its peer id */
export const configureKubo = async (file: string, options: ConfigureOptions): Promise<string> => {
  const config: KuboConfig = JSON.parse(await readFile(file, 'utf8'))
  const [api, gateway, swarm] = options.ports
  Object.assign(config.Addresses, {
    API: `/ip4/127.0.0.1/tcp/${api}`,
    Gateway: `/ip4/127.0.0.1/tcp/${gateway}`,
    Swarm: [`/ip4/127.0.0.1/tcp/${swarm}`],
  })
  syncBlocks(config)
  config.Datastore.HashOnRead = true
  const isFound = options.routing === 'dht'
  Object.assign(config, {
    Bootstrap: [],
    AutoConf: { Enabled: false },
    AutoTLS: { Enabled: false },
    Discovery: { MDNS: { Enabled: false } },
    Routing: { Type: isFound ? 'dhtserver' : 'none', DelegatedRouters: [], LoopbackAddressesOnLanDHT: isFound },
    Ipns: { ...section(config, 'Ipns'), DelegatedPublishers: [] },
    DNS: { Resolvers: {} },
    Provide: { ...section(config, 'Provide'), Enabled: isFound, Strategy: 'roots' },
    Gateway: { ...section(config, 'Gateway'), NoFetch: true },
    AutoNAT: { ServiceMode: 'disabled' },
    Swarm: {
      ...section(config, 'Swarm'),
      DisableNatPortMap: true,
      RelayClient: { Enabled: false },
      RelayService: { Enabled: false },
      Transports: { Network: { QUIC: false, WebTransport: false, Websocket: false, WebRTCDirect: false } },
    },
  })
  if (options.token !== null)
    config.API = { Authorizations: { test: { AuthSecret: `bearer:${options.token}`, AllowedPaths: ['/api/v0'] } } }
  options.configure?.(config)
  await writeFile(file, JSON.stringify(config, null, 2))
  return config.Identity.PeerID
}

const section = (config: KuboConfig, name: string): object => (config[name] ?? {}) as object

/** `datastore_spec` beside it holds no `sync`, and is not touched. */
const syncBlocks = (config: KuboConfig): void => {
  const { mounts } = config.Datastore.Spec
  const mount = mounts.find(({ path }) => path === 'flatfs') ?? mounts[0]
  if (typeof mount?.sync !== 'boolean') throw new Error('this Kubo keeps its blocks elsewhere than this program knows')
  mount.sync = true
}

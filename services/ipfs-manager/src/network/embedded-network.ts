import { isIPv4, isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Libp2p } from '@libp2p/interface'
import type { NetworkBlocks, NetworkSession } from '@packages/content/block-sources/network-blocks'
import type { BlockStore } from '@packages/content/block-store/block-store'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import type { CID } from 'multiformats/cid'
import { BackendError, type EnsureOptions, type WantedRoot } from '../pin-backend.ts'
import { peerIdentity } from '../peer-identity.ts'
import type { Bitswap } from './bitswap/bitswap.ts'
import type { ServedBlocks } from './bitswap/peer-channel.ts'
import type { DhtRouting } from './dht-routing.ts'
import { type Finding, unknownFinding } from './finding.ts'

export type NetworkSettings = {
  /** `none`: listens on `host` alone and dials nobody. */
  network: 'public' | 'none'
  host: string
  port: number
  bootstrap: readonly string[]
  announce: readonly string[]
  dialsPrivate: boolean
}

/** How the platform stands in the IPFS network. */
export type NetworkReport = {
  state: 'starting' | 'up' | 'failed' | 'stopped'
  /** What an operator should know of it: why it failed, or that nobody is connected. */
  reason: string | null
  peerId: string | null
  /** Where it can be dialled, each ending in /p2p/. */
  addresses: readonly string[]
  peers: number
  sentBytes: number
}

export type EmbeddedNetworkDeps = {
  settings: NetworkSettings
  /** What peers are served. */
  blocks: ServedBlocks
  /** Where what is fetched goes. */
  store: Pick<BlockStore, 'beginUpload' | 'holds' | 'reader' | 'release' | 'settle' | 'roots'>
  masterKey: Pick<MasterKey, 'derive'>
  logger: MinimalLogger
}

/** Between two looks whether anybody is connected. */
const BOOTSTRAP_MS = 30_000
const DIAL_MS = 10_000
/** Fewer peers than this, and the named ones are dialled again. */
const ENOUGH_PEERS = 4
/** Addresses change when an interface or a port mapping comes or goes: that may be told so much later. */
const NAMED_FOR_MS = 1_000

const hostAddress = (host: string): string => {
  const plain = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1')
  if (isIPv4(plain)) return `/ip4/${plain}`
  if (isIPv6(plain)) return `/ip6/${plain}`
  throw new Error('HOST is a name; the IPFS node listens on addresses alone')
}

/** The settings' HOST where no strangers are expected; else every interface, as peers come from outside. */
const listenAddresses = ({ network, host, port, dialsPrivate }: NetworkSettings): string[] => {
  const isAmongOwn = network === 'none' || dialsPrivate
  return (isAmongOwn ? [hostAddress(host)] : ['/ip4/0.0.0.0', '/ip6/::']).map((address) => `${address}/tcp/${port}`)
}

/**
 * The platform's own node in the IPFS network: serves what `blocks` has. `start` returns at once; libp2p is loaded and everything else happens beside,
 * so that a platform without a network is ready as fast. What fails here fails nothing else: it is told by `report`.
 */
export class EmbeddedNetwork implements Service, NetworkBlocks {
  readonly name = 'ipfs network'
  /** Peers alone are: nothing of the own store comes by them. */
  readonly asksOwnNodes = false
  readonly stopTimeoutMs = 2_500
  readonly #deps: EmbeddedNetworkDeps
  readonly #closing = new AbortController()
  #state: NetworkReport['state'] = 'starting'
  #reason: string | null = null
  #node: { libp2p: Libp2p; bitswap: Bitswap } | undefined
  #named: { at: number; addresses: readonly string[] } = { at: Number.NEGATIVE_INFINITY, addresses: [] }
  #beginning: Promise<void> = Promise.resolve()
  #bootstrapping: Promise<void> = Promise.resolve()

  constructor(deps: EmbeddedNetworkDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    this.#beginning = sleep(0, undefined, { signal: this.#closing.signal })
      .then(() => this.#begin())
      .catch((err: unknown) => this.#failed(err))
  }

  /** Resolves when it listens or has failed. */
  async settled(): Promise<NetworkReport> {
    await this.#beginning
    return this.report()
  }

  report(): NetworkReport {
    const peers = this.#node === undefined ? 0 : this.#node.libp2p.getPeers().length
    const isAlone = this.#state === 'up' && peers === 0 && this.#deps.settings.network !== 'none'
    return {
      state: this.#state,
      reason: this.#reason ?? (isAlone ? 'no peers' : null),
      peerId: this.#node?.libp2p.peerId.toString() ?? null,
      addresses: this.#addresses(),
      peers,
      sentBytes: this.#node?.bitswap.sentBytes ?? 0,
    }
  }

  /** libp2p takes 0.2 ms to name them, and each answer of the Pinning Service API does. */
  #addresses(): readonly string[] {
    if (this.#node === undefined) return []
    const now = performance.now()
    if (now - this.#named.at > NAMED_FOR_MS)
      this.#named = { at: now, addresses: this.#node.libp2p.getMultiaddrs().map(String) }
    return this.#named.addresses
  }

  /**
   * Brings a root and all below it into the store; see `fetchFromNetwork`.
   * @throws BackendError; `no_providers` while it is not up
   */
  async fetch(root: WantedRoot, origins: readonly string[], options: EnsureOptions): Promise<void> {
    if (this.#node === undefined || this.#state !== 'up')
      throw new BackendError('no_providers', 'This platform is not connected to the IPFS network.')
    const { settings, store } = this.#deps
    const { fetchFromNetwork } = await import('./fetch-from-network.ts')
    const isAlone = settings.network === 'none'
    await fetchFromNetwork(
      { ...this.#node, store, dialsPrivate: settings.dialsPrivate, isAlone },
      root,
      origins,
      options,
    )
  }

  /** Asks for blocks one by one, as somebody reads them; see `openSession`. Null while it is not up. */
  async open(root: CID): Promise<NetworkSession | null> {
    if (this.#node === undefined || this.#state !== 'up') return null
    const { settings } = this.#deps
    const { openSession } = await import('./open-session.ts')
    return openSession(
      { ...this.#node, dialsPrivate: settings.dialsPrivate, isAlone: settings.network === 'none' },
      root,
    )
  }

  /** The DHTs; null while it is not up, and where nobody is dialled. */
  async routing(): Promise<DhtRouting | null> {
    const { network, dialsPrivate } = this.#deps.settings
    if (this.#node === undefined || this.#state !== 'up' || network === 'none') return null
    const { DhtRouting } = await import('./dht-routing.ts')
    return new DhtRouting(this.#node.libp2p, { dialsPrivate })
  }

  /** Whether others find it; see `DhtRouting.find`. Null where there is nobody to ask. */
  find(cid: CID, signal: AbortSignal): Promise<Finding> | null {
    if (this.#deps.settings.network === 'none') return null
    return this.routing().then((routing) => routing?.find(cid, signal) ?? unknownFinding('The node is not up.'))
  }

  async stop(): Promise<void> {
    this.#closing.abort()
    await this.#beginning
    this.#state = 'stopped'
    await this.#node?.bitswap.stop()
    await this.#node?.libp2p.stop()
    await this.#bootstrapping
    this.#node = undefined
  }

  async #begin(): Promise<void> {
    const { settings, blocks, masterKey, logger } = this.#deps
    const listen = listenAddresses(settings)
    // A second of loading: never before the platform is ready.
    const [{ startLibp2p }, { Bitswap }] = await Promise.all([
      import('./start-libp2p.ts'),
      import('./bitswap/bitswap.ts'),
    ])
    if (this.#closing.signal.aborted) return
    const libp2p = await startLibp2p({ ...settings, listen, seed: peerIdentity(masterKey).seed })
    const bitswap = new Bitswap({ libp2p, blocks })
    this.#node = { libp2p, bitswap }
    await bitswap.start()
    this.#state = 'up'
    logger.info({ addresses: this.report().addresses }, 'the IPFS node listens')
    if (settings.network !== 'none') this.#bootstrapping = this.#bootstrap(libp2p)
  }

  #failed(err: unknown): void {
    if (this.#closing.signal.aborted) return
    this.#state = 'failed'
    this.#reason = reasonOf(err, this.#deps.settings.port)
    this.#deps.logger.warn({ err }, `the IPFS node is not up: ${this.#reason}`)
  }

  /** Until it is stopped: the peers of the settings are dialled while there are few. */
  async #bootstrap(libp2p: Libp2p): Promise<void> {
    const { multiaddr } = await import('@multiformats/multiaddr')
    const { signal } = this.#closing
    while (!signal.aborted) {
      if (libp2p.getPeers().length < ENOUGH_PEERS)
        await Promise.allSettled(
          this.#deps.settings.bootstrap.map((address) =>
            libp2p.dial(multiaddr(address), { signal: AbortSignal.any([signal, AbortSignal.timeout(DIAL_MS)]) }),
          ),
        )
      await sleep(BOOTSTRAP_MS, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}

const reasonOf = (err: unknown, port: number): string => {
  const message = err instanceof Error ? err.message : String(err)
  return /EADDRINUSE|could not listen|failed to listen/i.test(message)
    ? `SWARM_PORT ${port} is taken: another program listens there`
    : message
}

import type { NamedSource } from '@packages/content/block-sources/chain'
import type { BlockSource } from '@packages/content/block-source'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { importCar } from '@packages/content/car/import-car'
import { copyList } from '@packages/content/private/copy-list'
import { canonicalCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { KeyedLock } from '../keyed-lock.ts'
import {
  BackendError,
  type EnsureOptions,
  type Ensured,
  type ListedPin,
  type NodeReport,
  type OwnBackend,
  type PinNetwork,
  type ReplicaWord,
  type RootSource,
  type WantedRoot,
} from '../pin-backend.ts'
import { verifyDag } from '../verify-dag.ts'
import { asBackendError, asListError, asSource, SourceFailure, withinLimits } from './embedded-errors.ts'

export type EmbeddedBackendDeps = {
  store: BlockStore
  /** This store's row in `nodes`. */
  nodeId: string
  network: PinNetwork
  /** Brings a root's blocks from the network, under its content id; without it the network has nothing. */
  fetchDag?: NetworkFetch
  /** How it stands in the network, when it takes part. */
  peers?: () => Pick<NodeReport, 'peerId' | 'addresses' | 'peers'>
  /** How far it is with telling the network what it has. */
  provide?: () => Promise<NodeReport['provide']>
}

/** @throws BackendError; the signal's reason. Nothing of a failed call is held. */
export type NetworkFetch = (
  root: WantedRoot,
  source: RootSource & { kind: 'network' },
  options: EnsureOptions,
) => Promise<void>

const LIST_PAGE = 1_000
const NO_NETWORK = 'The content is not held here, and this platform is in no network that could have it.'

/** The own block store as the one node of a backend. Roots belong to content ids here, so nothing of it is ever foreign. */
export class EmbeddedBackend implements OwnBackend {
  readonly kind = 'embedded'
  readonly #deps: EmbeddedBackendDeps
  readonly #locks = new KeyedLock()

  constructor(deps: EmbeddedBackendDeps) {
    this.#deps = deps
  }

  async ensure(nodeId: string, root: WantedRoot, source: RootSource, options: EnsureOptions): Promise<Ensured> {
    return this.#ensureBy(nodeId, root, options, () => this.#bring(root, source, options))
  }

  async ensureList(nodeId: string, root: WantedRoot, blocks: BlockSource, options: EnsureOptions): Promise<Ensured> {
    const { store } = this.#deps
    const { contentId, cid: list } = root
    return this.#ensureBy(nodeId, root, options, async () => {
      const deadline = AbortSignal.timeout(options.limits.maxMs)
      try {
        await copyList(blocks, { store, contentId, list, signal: AbortSignal.any([options.signal, deadline]) })
      } catch (error) {
        options.signal.throwIfAborted()
        if (deadline.aborted) throw new BackendError('limit_time', 'It took too long.', { cause: error })
        throw asListError(error)
      }
    })
  }

  async #ensureBy(
    nodeId: string,
    root: WantedRoot,
    options: EnsureOptions,
    bring: () => Promise<void>,
  ): Promise<Ensured> {
    this.#check(nodeId)
    // Two tries for one content would both begin its root.
    return this.#locks.run(root.contentId, options.signal, () => this.#ensure(root, bring, options))
  }

  async #ensure(root: WantedRoot, bring: () => Promise<void>, options: EnsureOptions): Promise<Ensured> {
    const { store } = this.#deps
    const { contentId } = root
    try {
      if (!store.hasRoot(contentId) && !(await this.#adopt(root))) await bring()
      const size = await store.measure({ realm: root.network, cid: root.cid, signal: options.signal })
      if (size === undefined || !store.hasRoot(contentId))
        throw new BackendError('node_error', 'The store does not hold what it was given.')
      return { isForeign: false, dagSize: size.bytes, blocks: size.blocks }
    } catch (error) {
      options.signal.throwIfAborted()
      if (error instanceof SourceFailure) throw error.cause
      throw asBackendError(error)
    } finally {
      // Its row is there already: what has no row is what the orphan check looks for.
      store.settle(contentId)
    }
  }

  /** Other content may hold the very same blocks. An identity CID holds its own. */
  async #adopt({ contentId, cid, network }: WantedRoot): Promise<boolean> {
    const { store } = this.#deps
    try {
      return await store.adoptRoot({ realm: network, contentId, cid })
    } catch (error) {
      // Somebody else has taken it for this very content meanwhile.
      if (error instanceof HoldfastError && error.code === 'conflict' && store.hasRoot(contentId)) return true
      throw error
    }
  }

  async #bring(root: WantedRoot, source: RootSource, options: EnsureOptions): Promise<void> {
    if (root.network === 'private')
      throw new BackendError('no_providers', 'A private content is only where it was uploaded.')
    if (source.kind === 'car') return this.#import(root, source, options)
    const { fetchDag } = this.#deps
    if (fetchDag === undefined) throw new BackendError('no_providers', NO_NETWORK)
    await fetchDag(root, source.kind === 'network' ? source : { kind: 'network', origins: [] }, options)
  }

  async #import(
    { contentId, cid }: WantedRoot,
    source: RootSource & { kind: 'car' },
    { limits, signal }: EnsureOptions,
  ): Promise<void> {
    const deadline = AbortSignal.timeout(limits.maxMs)
    const ended = AbortSignal.any([signal, deadline])
    try {
      const car = await importCar(withinLimits(asSource(source.open(ended)), { ...limits, signal: ended }), {
        store: this.#deps.store,
        newContentId: () => contentId,
        root: cid,
        incomplete: 'refuse',
        signal: ended,
      })
      const [brought] = car.state === 'whole' ? car.roots : []
      if (brought !== undefined && canonicalCid(brought.cid) === canonicalCid(cid)) return
      await this.#deps.store.release(contentId)
      throw new BackendError('corrupt_dag', 'The CAR is not that of the root.')
    } catch (error) {
      if (deadline.aborted && !signal.aborted)
        throw new BackendError('limit_time', 'It took too long.', { cause: error })
      throw error
    }
  }

  async push(
    nodeId: string,
    roots: readonly { root: WantedRoot; source: RootSource & { kind: 'car' } }[],
    signal: AbortSignal,
  ): Promise<(Ensured | BackendError)[]> {
    const words: (Ensured | BackendError)[] = []
    for (const { root, source } of roots)
      words.push(
        await this.ensure(nodeId, root, source, { limits: PUSH_LIMITS, signal }).catch((error: unknown) => {
          if (error instanceof BackendError) return error
          throw error
        }),
      )
    return words
  }

  /** Roots are by content id: another content of the same CID has its own, which stays. */
  async release(nodeId: string, { contentId }: WantedRoot): Promise<void> {
    this.#check(nodeId)
    try {
      await this.#deps.store.release(contentId)
    } catch (error) {
      throw new BackendError('node_error', 'The store could not give the content back.', { cause: error })
    }
  }

  async replicas(nodeId: string, roots: readonly WantedRoot[]): Promise<ReplicaWord[]> {
    this.#check(nodeId)
    return roots.map(({ contentId }) =>
      this.#deps.store.hasRoot(contentId)
        ? { contentId, state: 'pinned', isForeign: false }
        : { contentId, state: 'absent' },
    )
  }

  async verify(nodeId: string, root: WantedRoot, signal: AbortSignal): Promise<{ dagSize: number; blocks: number }> {
    this.#check(nodeId)
    const { store } = this.#deps
    if (!store.hasRoot(root.contentId)) throw new BackendError('incomplete_dag', 'The store does not hold it.')
    try {
      return await verifyDag(store.reader(root.network), root.cid, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw asBackendError(error)
    }
  }

  async *list(nodeId: string, signal: AbortSignal): AsyncGenerator<readonly ListedPin[]> {
    this.#check(nodeId)
    const { store } = this.#deps
    let page: ListedPin[] = []
    for await (const { cid, contentId } of store.roots()) {
      signal.throwIfAborted()
      page.push({ cid, label: `hf:${store.id}:${contentId}` })
      if (page.length < LIST_PAGE) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }

  async nodes(): Promise<NodeReport[]> {
    const { nodeId, network, provide } = this.#deps
    // Its network may still be starting, or have failed: what is held here is held.
    const { peerId, addresses, peers } = this.#deps.peers?.() ?? { peerId: null, addresses: [], peers: null }
    return [
      {
        nodeId,
        name: 'embedded',
        network,
        zone: '',
        state: 'up',
        reason: null,
        version: null,
        peerId,
        addresses,
        peers,
        capacityBytes: null,
        usedBytes: null,
        provide: (await provide?.()) ?? null,
      },
    ]
  }

  /** The store gives space back by itself (`compactStore`). */
  async collectGarbage(): Promise<null> {
    return null
  }

  blocks(network: PinNetwork): NamedSource {
    const reader = this.#deps.store.reader(network)
    return { name: 'embedded', get: (cid, options) => reader.get(cid, options) }
  }

  #check(nodeId: string): void {
    if (nodeId !== this.#deps.nodeId) throw new BackendError('node_down', 'There is no such node here.')
  }
}

const HOUR_MS = 60 * 60_000
const PUSH_LIMITS = {
  maxMs: HOUR_MS,
  stallMs: 60_000,
  maxBytes: Number.POSITIVE_INFINITY,
  maxBlocks: 4_000_000,
  maxDepth: 100_000,
}

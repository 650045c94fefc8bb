import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { parseCid } from '@packages/shared/cid'
import { KeyedLock } from '../keyed-lock.ts'
import { BackendError, type PinBackend, type PinNetwork, type RootSource, type WantedRoot } from '../pin-backend.ts'
import { networkFor, placeCopies, type PlacementNode } from '../replication/placement.ts'
import { readUsableNodes } from '../replication/usable-nodes.ts'
import type { RootLocks } from '../root-locks.ts'
import { NodePusher } from './node-pusher.ts'
import { carForNodes } from './node-root.ts'

export type NodeCopiesDeps = {
  db: Pick<Database, 'kysely'>
  backend: Pick<PinBackend, 'push' | 'nodes'>
  store: Pick<BlockStore, 'reader'>
  /** Of the manager: nobody releases on a node what an upload stands on that is not written yet. */
  locks: RootLocks
  logger: MinimalLogger
}

/** `cid`: as nodes pin it. `list`: of a private content, as the own store has it. `zones`: who has to have a copy is asked first. */
export type StoredRoot = { contentId: string; cid: string; list?: string; dagSize: number; zones?: readonly string[] }

type PushedRoot = { root: WantedRoot; source: RootSource & { kind: 'car' } }

const NODES_KEPT_MS = 2_000
const RETRY_AFTER_S = '5'

/** Copies on nodes of what the own store has taken in, before it is acknowledged. */
export class NodeCopies {
  readonly #deps: NodeCopiesDeps
  readonly #stop = new AbortController()
  readonly #pushers = new Map<string, NodePusher>()
  readonly #uploads = new KeyedLock()
  #nodes: { at: number; usable: Promise<PlacementNode[]> } | undefined

  constructor(deps: NodeCopiesDeps) {
    this.#deps = deps
  }

  /**
   * Pushes a root to `copies` nodes at the same time, to others where one fails, and runs `write` while nobody can take these copies away. Uploads of one CID
   * go one after the other.
   * @param write gets the nodes that have confirmed
   * @throws HoldfastError `unavailable` when not as many confirm; what `write` throws
   */
  async withCopies<T>(stored: StoredRoot, copies: number, write: (nodeIds: string[]) => Promise<T>): Promise<T> {
    const { contentId, cid, list, dagSize, zones = [] } = stored
    const realm: PinNetwork = list === undefined ? 'public' : 'private'
    const root: WantedRoot = { contentId, cid: parseCid(cid), network: realm, dagSize }
    const source = carForNodes(this.#deps, { cid: list ?? cid, realm })
    return this.#uploads.run(cid, this.#stop.signal, async () => {
      const { promise: written, resolve: letGo } = Promise.withResolvers<void>()
      try {
        return await write(await this.#confirmed({ root, source }, { copies, zones }, written))
      } finally {
        letGo()
      }
    })
  }

  /** Nodes that are there for private contents, whether they answer now or not; none of them is ever a public one. */
  async privateNodes(): Promise<number> {
    return (await this.#usable()).filter(({ network, intent }) => network === 'private' && intent === 'active').length
  }

  stop(): void {
    this.#stop.abort(new HoldfastError('unavailable', { detail: 'The platform stops.' }))
  }

  async #confirmed(
    { root, source }: PushedRoot,
    { copies, zones }: { copies: number; zones: readonly string[] },
    written: Promise<void>,
  ): Promise<string[]> {
    const candidates = rank(root, zones, await this.#usable())
    const confirmed: string[] = []
    const problems: BackendError[] = []
    const tryNext = async (): Promise<void> => {
      for (let nodeId = candidates.shift(); nodeId !== undefined; nodeId = candidates.shift())
        try {
          await this.#push({ root, source }, nodeId, written)
          confirmed.push(nodeId)
          return
        } catch (error) {
          if (!(error instanceof BackendError)) throw error
          problems.push(error)
          this.#deps.logger.warn({ err: error, nodeId, contentId: root.contentId }, 'a node did not take an upload')
        }
    }
    await Promise.all(Array.from({ length: copies }, tryNext))
    if (confirmed.length >= copies) return confirmed
    throw new HoldfastError('unavailable', {
      detail: `The upload reached ${confirmed.length} of the ${copies} nodes that have to confirm it. Nothing of it was kept; try again.`,
      headers: { 'retry-after': RETRY_AFTER_S },
      cause: problems[0],
    })
  }

  /** Resolves when the node has confirmed; it is nobody else's turn for this root on the node until the rows are written. */
  #push({ root, source }: PushedRoot, nodeId: string, written: Promise<void>): Promise<void> {
    const { backend, locks } = this.#deps
    const pusher = this.#pushers.get(nodeId) ?? new NodePusher(backend, nodeId, this.#stop.signal)
    this.#pushers.set(nodeId, pusher)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    locks
      .run(nodeId, root.cid, async () => {
        await pusher.push({ root, source })
        resolve()
        await written
      })
      .catch(reject)
    return promise
  }

  async #usable(): Promise<PlacementNode[]> {
    const now = performance.now()
    if (this.#nodes === undefined || now - this.#nodes.at > NODES_KEPT_MS)
      this.#nodes = { at: now, usable: readUsableNodes(this.#deps, this.#stop.signal) }
    return this.#nodes.usable
  }
}

/** All that can take it, the best first. */
const rank = (
  { contentId, dagSize, network: realm }: WantedRoot,
  zones: readonly string[],
  nodes: readonly PlacementNode[],
): string[] => {
  const network = networkFor(realm, nodes)
  const wish = { contentId, network, size: dagSize ?? 0, copies: nodes.length, zones, holders: [] }
  return placeCopies(wish, nodes).nodeIds
}

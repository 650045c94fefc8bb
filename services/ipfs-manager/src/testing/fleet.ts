import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { SourceChain } from '@packages/content/block-sources/chain'
import { exportCar } from '@packages/content/car/export-car'
import type { Database } from '@packages/db/open-database'
import { EmbeddedBackend, type NetworkFetch } from '../embedded/embedded-backend.ts'
import { BackendError, type NodeReport, type PinBackend, type PinNetwork, type WantedRoot } from '../pin-backend.ts'

type Member = { store: BlockStore; backend: EmbeddedBackend; network: PinNetwork; isUp: boolean }

/**
 * Several nodes, each a store of its own that speaks the port: as a pool of Kubo nodes is, without their processes. A node that is not up answers nothing. As with Kubo,
 * what is private is not known to a node: it has blocks under a root.
 */
export class Fleet {
  readonly members = new Map<string, Member>()
  readonly #directories: string[] = []
  /** All that nodes were asked of, in any way. */
  readonly asked: { nodeId: string; cid: string }[] = []
  #fetchInto: ((store: BlockStore) => NetworkFetch) | undefined

  /** The own store's node is one of them. */
  static async start(
    own: { nodeId: string; store: BlockStore },
    {
      db,
      nodes,
      privateNodes = 0,
      fetchInto,
    }: { db: Database; nodes: number; privateNodes?: number; fetchInto?: (store: BlockStore) => NetworkFetch },
  ): Promise<Fleet> {
    const fleet = new Fleet()
    fleet.#fetchInto = fetchInto
    fleet.#add(own.nodeId, own.store)
    for (let n = 1; n <= nodes + privateNodes; n++) {
      const network = n > nodes ? 'private' : 'public'
      const id = randomUUIDv7()
      await db.kysely
        .insertInto('nodes')
        .values({ id, name: `node-${n}`, kind: 'kubo', network })
        .execute()
      const directory = await mkdtemp(join(tmpdir(), 'hf-node-'))
      fleet.#directories.push(directory)
      fleet.#add(id, await BlockStore.open({ directory, noIndexSync: true }), network)
    }
    return fleet
  }

  #add(nodeId: string, store: BlockStore, network: PinNetwork = 'public'): void {
    const fetching = this.#fetchInto === undefined ? {} : { fetchDag: this.#fetchInto(store) }
    const backend = new EmbeddedBackend({ store, nodeId, network, ...fetching })
    this.members.set(nodeId, { store, backend, network, isUp: true })
  }

  #member(nodeId: string): Member {
    const member = this.members.get(nodeId)
    if (member === undefined || !member.isUp) throw new BackendError('node_down', 'The node does not answer.')
    return member
  }

  /** @throws Error for a private root on a public node, before anything is asked */
  #asked(nodeId: string, root: WantedRoot): WantedRoot {
    if (nodeId === [...this.members.keys()][0]) return root
    if (root.network === 'private' && this.#members(nodeId).network === 'public')
      throw new Error('a private root for a public node')
    this.asked.push({ nodeId, cid: `${root.cid}` })
    return { ...root, network: 'public' }
  }

  nodesOf(network: PinNetwork): string[] {
    return this.others.filter((id) => this.#members(id).network === network)
  }

  /** All of them but the own one. */
  get others(): string[] {
    return [...this.members.keys()].slice(1)
  }

  store(nodeId: string): BlockStore {
    return this.members.get(nodeId)?.store ?? this.#member(nodeId).store
  }

  turn(nodeId: string, isUp: boolean): void {
    this.#members(nodeId).isUp = isUp
  }

  #members(nodeId: string): Member {
    const member = this.members.get(nodeId)
    if (member === undefined) throw new Error('no such node')
    return member
  }

  readonly backend: PinBackend = {
    kind: 'kubo',
    ensure: async (nodeId, root, source, options) => {
      const holder = source.kind === 'nodes' ? source.holders.find((id) => this.members.get(id)?.isUp) : undefined
      const car =
        holder === undefined
          ? source
          : ({
              kind: 'car',
              open: (signal: AbortSignal) =>
                exportCar(this.#member(holder).store.reader('public'), root.cid, { signal }),
            } as const)
      return this.#member(nodeId).backend.ensure(nodeId, this.#asked(nodeId, root), car, options)
    },
    push: async (nodeId, roots, signal) => {
      const asked = roots.map(({ root, source }) => ({ root: this.#asked(nodeId, root), source }))
      return this.#member(nodeId).backend.push(nodeId, asked, signal)
    },
    release: async (nodeId, root) => this.#member(nodeId).backend.release(nodeId, this.#asked(nodeId, root)),
    replicas: async (nodeId, roots) =>
      this.members.get(nodeId)?.isUp === true
        ? this.#member(nodeId).backend.replicas(
            nodeId,
            roots.map((root) => this.#asked(nodeId, root)),
          )
        : roots.map(({ contentId }) => ({ contentId, state: 'unknown', reason: 'The node does not answer.' })),
    verify: async (nodeId, root, signal) =>
      this.#member(nodeId).backend.verify(nodeId, this.#asked(nodeId, root), signal),
    list: (nodeId, signal) => this.#member(nodeId).backend.list(nodeId, signal),
    nodes: async () => {
      const reports: NodeReport[] = []
      for (const { backend, isUp } of this.members.values())
        for (const report of await backend.nodes()) reports.push({ ...report, state: isUp ? 'up' : 'down' })
      return reports
    },
    collectGarbage: async () => null,
    blocks: (network) => {
      const chain = new SourceChain(
        this.nodesOf(network).map((nodeId) => ({
          name: nodeId,
          get: async (cid, options) => {
            this.asked.push({ nodeId, cid: `${cid}` })
            return this.#member(nodeId).store.reader('public').get(cid, options)
          },
        })),
      )
      return { name: network, get: (cid, options) => chain.get(cid, options) }
    },
  }

  async stop(): Promise<void> {
    for (const nodeId of this.others) await this.#members(nodeId).store.close()
    for (const directory of this.#directories) await rm(directory, { recursive: true, force: true })
  }
}

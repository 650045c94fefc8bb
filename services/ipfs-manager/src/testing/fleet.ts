import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { exportCar } from '@packages/content/car/export-car'
import type { Database } from '@packages/db/open-database'
import { EmbeddedBackend, type NetworkFetch } from '../embedded/embedded-backend.ts'
import { BackendError, type NodeReport, type PinBackend } from '../pin-backend.ts'

type Member = { store: BlockStore; backend: EmbeddedBackend; isUp: boolean }

/**
 * Several nodes, each a store of its own that speaks the port: as a pool of Kubo nodes is, without their processes. A node that is not up answers nothing.
 */
export class Fleet {
  readonly members = new Map<string, Member>()
  readonly #directories: string[] = []
  #fetchInto: ((store: BlockStore) => NetworkFetch) | undefined

  /** The own store's node is one of them. */
  static async start(
    own: { nodeId: string; store: BlockStore },
    { db, nodes, fetchInto }: { db: Database; nodes: number; fetchInto?: (store: BlockStore) => NetworkFetch },
  ): Promise<Fleet> {
    const fleet = new Fleet()
    fleet.#fetchInto = fetchInto
    fleet.#add(own.nodeId, own.store)
    for (let n = 1; n <= nodes; n++) {
      const id = randomUUIDv7()
      await db.kysely
        .insertInto('nodes')
        .values({ id, name: `node-${n}`, kind: 'kubo' })
        .execute()
      const directory = await mkdtemp(join(tmpdir(), 'hf-node-'))
      fleet.#directories.push(directory)
      fleet.#add(id, await BlockStore.open({ directory, noIndexSync: true }))
    }
    return fleet
  }

  #add(nodeId: string, store: BlockStore): void {
    const network = this.#fetchInto === undefined ? {} : { fetchDag: this.#fetchInto(store) }
    const backend = new EmbeddedBackend({ store, nodeId, network: 'public', ...network })
    this.members.set(nodeId, { store, backend, isUp: true })
  }

  #member(nodeId: string): Member {
    const member = this.members.get(nodeId)
    if (member === undefined || !member.isUp) throw new BackendError('node_down', 'The node does not answer.')
    return member
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
      return this.#member(nodeId).backend.ensure(nodeId, root, car, options)
    },
    push: async (nodeId, roots, signal) => this.#member(nodeId).backend.push(nodeId, roots, signal),
    release: async (nodeId, root) => this.#member(nodeId).backend.release(nodeId, root),
    replicas: async (nodeId, roots) =>
      this.members.get(nodeId)?.isUp === true
        ? this.#member(nodeId).backend.replicas(nodeId, roots)
        : roots.map(({ contentId }) => ({ contentId, state: 'unknown', reason: 'The node does not answer.' })),
    verify: async (nodeId, root, signal) => this.#member(nodeId).backend.verify(nodeId, root, signal),
    list: (nodeId, signal) => this.#member(nodeId).backend.list(nodeId, signal),
    nodes: async () => {
      const reports: NodeReport[] = []
      for (const { backend, isUp } of this.members.values())
        for (const report of await backend.nodes()) reports.push({ ...report, state: isUp ? 'up' : 'down' })
      return reports
    },
    collectGarbage: async () => null,
    blocks: (network) => this.#member(this.others[0] ?? '').backend.blocks(network),
  }

  async stop(): Promise<void> {
    for (const nodeId of this.others) await this.#members(nodeId).store.close()
    for (const directory of this.#directories) await rm(directory, { recursive: true, force: true })
  }
}

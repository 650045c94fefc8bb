import { SourceChain } from '@packages/content/block-sources/chain'
import { exportCar } from '@packages/content/car/export-car'
import { fromNodes } from '@packages/content/private/node-tree'
import type { OwnBackend, PinBackend } from '../pin-backend.ts'

export type JoinedBackends = {
  own: OwnBackend
  /** The one node of `own`. */
  ownNodeId: string
  /** Nodes that are left. */
  others: PinBackend
}

/**
 * The own store and nodes that the platform leaves, as one backend: what the nodes have comes into the own store block by block, each of them hashed on the way.
 */
export const joinedBackend = ({ own, ownNodeId, others }: JoinedBackends): PinBackend => {
  const of = (nodeId: string): PinBackend => (nodeId === ownNodeId ? own : others)
  return {
    kind: own.kind,
    ensure: (nodeId, root, source, options) => {
      if (nodeId !== ownNodeId || source.kind !== 'nodes') return of(nodeId).ensure(nodeId, root, source, options)
      // Nodes have it under another root; what the own store has is its list.
      if (root.network === 'private')
        return own.ensureList(nodeId, root, fromNodes(others.blocks('private', source.holders)), options)
      // A pool without public nodes has public content on its private ones.
      const networks = ['public', 'private'] as const
      const blocks = new SourceChain(networks.map((network) => others.blocks(network, source.holders)))
      const open = (signal: AbortSignal) => exportCar(blocks, root.cid, { signal })
      return own.ensure(nodeId, root, { kind: 'car', open }, options)
    },
    push: (nodeId, roots, signal) => of(nodeId).push(nodeId, roots, signal),
    release: (nodeId, root, options) => of(nodeId).release(nodeId, root, options),
    replicas: (nodeId, roots, signal) => of(nodeId).replicas(nodeId, roots, signal),
    verify: (nodeId, root, signal) => of(nodeId).verify(nodeId, root, signal),
    list: (nodeId, signal) => of(nodeId).list(nodeId, signal),
    collectGarbage: (nodeId, signal) => of(nodeId).collectGarbage(nodeId, signal),
    nodes: async (signal) => (await Promise.all([own.nodes(signal), others.nodes(signal)])).flat(),
    blocks: (network, holders) => {
      const chain = new SourceChain([own.blocks(network), others.blocks(network, holders)])
      return { name: 'own store, nodes that are left', get: (cid, options) => chain.get(cid, options) }
    },
  }
}

import type { EnsureOptions, PinBackend } from '../pin-backend.ts'
import type { NodeGate } from './node-gate.ts'

/**
 * A backend on whose nodes garbage is never collected while something is pushed there: everybody who pushes goes through here, so that nobody can forget it.
 * A fetch from the network may be broken off for it, what is sent from here not.
 */
export const gatedBackend = (backend: PinBackend, gate: NodeGate): PinBackend => ({
  kind: backend.kind,
  ensure: (nodeId, root, source, options) => {
    const { signal } = options
    let blocks = 0
    const onProgress: EnsureOptions['onProgress'] = (progress) => {
      blocks = progress.blocks
      options.onProgress?.(progress)
    }
    const hasBrought = source.kind === 'network' ? () => blocks > 0 : null
    return gate.pushing(nodeId, { signal, hasBrought }, (given) =>
      backend.ensure(nodeId, root, source, { ...options, onProgress, signal: given }),
    )
  },
  push: (nodeId, roots, signal) =>
    gate.pushing(nodeId, { signal, hasBrought: null }, () => backend.push(nodeId, roots, signal)),
  collectGarbage: (nodeId, signal) => gate.collecting(nodeId, signal, () => backend.collectGarbage(nodeId, signal)),
  release: (nodeId, root, options) => backend.release(nodeId, root, options),
  replicas: (nodeId, roots, signal) => backend.replicas(nodeId, roots, signal),
  verify: (nodeId, root, signal) => backend.verify(nodeId, root, signal),
  list: (nodeId, signal) => backend.list(nodeId, signal),
  nodes: (signal) => backend.nodes(signal),
  blocks: (network, holders) => backend.blocks(network, holders),
})

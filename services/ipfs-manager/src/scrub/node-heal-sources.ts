import type { NamedSource } from '@packages/content/block-sources/chain'
import { fromNodes } from '@packages/content/private/node-tree'
import type { PinBackend } from '../pin-backend.ts'

/**
 * Nodes as those who are asked for what is damaged here: `open` for blocks of public content, `vault` for ciphertexts by the CIDs of the own store. For each block those
 * that there are now: what an operator has added since the start is among them, and what was dropped is not.
 */
export const nodeHealSources = (backend: Pick<PinBackend, 'blocks'>): Record<'open' | 'vault', NamedSource> => ({
  open: { name: 'public nodes', get: (cid, options) => backend.blocks('public').get(cid, options) },
  vault: { name: 'private nodes', get: (cid, options) => fromNodes(backend.blocks('private')).get(cid, options) },
})

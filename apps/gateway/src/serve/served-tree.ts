import type { CID } from 'multiformats/cid'
import type { FarTrees } from '../content/far-tree.ts'
import type { HeldContent, ServedTree } from '../content/held-content.ts'
import { heldOrFarTree, isAway } from '../content/held-or-far-tree.ts'

export type ServedTreeDeps = {
  content: HeldContent
  /** What nodes have and the own store does not; null where there are no nodes. */
  far: Pick<FarTrees, 'open' | 'ciphertexts'> | null
  /** The network, for this request; null where it is not asked. */
  network: NetworkTree | null
}

export type NetworkTree = { open(cid: CID): ServedTree }

/**
 * Does `respond` with what is held here, and otherwise with what nodes have, or else the network: also when it goes, or turns out to be damaged, in the meantime. The access decision
 * comes before every cache.
 * @returns undefined when nothing of these may be read
 */
export const withServedTree = <T>(
  cid: CID,
  deps: ServedTreeDeps,
  respond: (tree: ServedTree) => Promise<T>,
): Promise<T | undefined> | undefined => {
  if (deps.far !== null || deps.network !== null) return withAnyTree(cid, deps, respond)
  return deps.content.holds(cid) ? respond(deps.content) : undefined
}

const withAnyTree = async <T>(
  cid: CID,
  { content, far, network }: ServedTreeDeps,
  respond: (tree: ServedTree) => Promise<T>,
): Promise<T | undefined> => {
  let opened: Promise<ServedTree | undefined> | undefined
  const openFar = (): Promise<ServedTree | undefined> => (opened ??= openElsewhere(cid, { far, network }))
  let problem: unknown
  try {
    if (content.holds(cid)) return await respond(heldOrFarTree(content, openFar))
  } catch (error) {
    if (!isAway(error)) throw error
    problem = error
  }
  const tree = await openFar()
  if (tree !== undefined) return respond(tree)
  // Parts of it may be here all the same: whoever brought them has brought no more.
  return problem === undefined ? undefined : respond(content)
}

const openElsewhere = async (
  cid: CID,
  { far, network }: Pick<ServedTreeDeps, 'far' | 'network'>,
): Promise<ServedTree | undefined> => (await far?.open(cid)) ?? network?.open(cid)

import { HoldfastError } from '@packages/shared/holdfast-error'

/**
 * Addresses of the nodes that are to fetch what is pinned, at most 20, each ending in /p2p/: clients connect to them, so that content comes straight
 * from its owner (ADR 0127). Only those at which somebody listens; empty where this platform has no public node.
 */
export type Delegates = () => Promise<readonly string[]>

/** The specification asks for one address at least, and one at which nobody listens would be a lie. @throws HoldfastError `no_public_node` */
export const delegatesOf = async ({ delegates }: { delegates: Delegates }): Promise<readonly string[]> => {
  const addresses = await delegates()
  if (addresses.length === 0) throw new HoldfastError('no_public_node')
  return addresses
}

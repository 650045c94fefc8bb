import { usageError } from '../command-line.ts'
import type { Fleet, FleetNode } from './fleet-file.ts'

/** The nodes of these names, in the fleet's order; all when none is named. @throws StartError for a name that no node has */
export const chooseNodes = ({ nodes }: Pick<Fleet, 'nodes'>, names: readonly string[]): FleetNode[] => {
  const unknown = names.find((one) => nodes.every(({ name }) => name !== one))
  if (unknown !== undefined)
    throw usageError(`There is no node ${unknown}, only ${nodes.map(({ name }) => name).join(', ')}`)
  return nodes.filter(({ name }) => names.length === 0 || names.includes(name))
}

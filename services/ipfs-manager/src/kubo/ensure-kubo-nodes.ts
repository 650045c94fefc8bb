import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import type { PinNetwork } from '../pin-backend.ts'
import type { KuboNodeSettings } from './kubo-node.ts'

export type GivenNode = Omit<KuboNodeSettings, 'nodeId'>

/** A node that was of one network cannot be of the other: what it holds is seen by whom it is connected to. */
export class NetworkChanged extends Error {
  override readonly name = 'NetworkChanged'
}

/**
 * The rows in `nodes` of the nodes that the settings name, by the address of their RPC; made when they are new. A node that is named no more keeps its
 * row: what is said about its copies does not go with a line of the settings.
 * @throws NetworkChanged
 */
export const ensureKuboNodes = async (
  { kysely }: Pick<Database, 'kysely'>,
  given: readonly GivenNode[],
): Promise<KuboNodeSettings[]> =>
  kysely.transaction().execute(async (tx) => {
    const nodes: KuboNodeSettings[] = []
    for (const node of given) {
      const { url, name, zone, network } = node
      const { id, network: was } = await tx
        .insertInto('nodes')
        .values({ id: randomUUIDv7(), name, kind: 'kubo', network, url, zone })
        .onConflict((conflict) => conflict.column('url').doUpdateSet({ name, zone }))
        .returning(['id', 'network'])
        .executeTakeFirstOrThrow()
      if ((was as PinNetwork) !== network)
        throw new NetworkChanged(`${name} was a ${was} node and is named as a ${network} one`)
      nodes.push({ ...node, nodeId: id })
    }
    return nodes
  })

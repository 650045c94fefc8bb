import type { Database } from '@packages/db/open-database'
import { openColumn, type SealedPlace } from '@packages/db/sealed-columns'
import type { MasterKey } from '@packages/runtime/master-key'
import { UnsealError } from '@packages/runtime/sealing-key'
import type { KuboNodeSettings } from './kubo-node.ts'

/** Where the credentials of a node that an operator has added are sealed. */
export const nodeTokenPlace = (nodeId: string): SealedPlace => ({
  column: 'nodes.token_sealed',
  row: nodeId,
  tenant: null,
})

/** Nodes that operators have added and not removed. One whose credentials do not open any more is left out: nobody can ask it. */
export const readAddedNodes = async (
  { kysely }: Pick<Database, 'kysely'>,
  masterKey: Pick<MasterKey, 'open'>,
): Promise<KuboNodeSettings[]> => {
  const rows = await kysely
    .selectFrom('nodes')
    .select(['id', 'name', 'url', 'zone', 'network', 'token_sealed'])
    .where('kind', '=', 'kubo')
    .where('is_added', '=', true)
    .where('intent', '<>', 'removed')
    .orderBy('name')
    .execute()
  return rows.flatMap(({ id: nodeId, name, url, zone, network, token_sealed: sealed }) => {
    const token = sealed === null ? null : opened(masterKey, nodeId, sealed)
    return url === null || token === undefined ? [] : [{ nodeId, name, url, token, zone, network }]
  })
}

const opened = (masterKey: Pick<MasterKey, 'open'>, nodeId: string, sealed: Buffer): string | undefined => {
  try {
    return openColumn(masterKey, nodeTokenPlace(nodeId), sealed).toString()
  } catch (error) {
    if (error instanceof UnsealError) return undefined
    throw error
  }
}

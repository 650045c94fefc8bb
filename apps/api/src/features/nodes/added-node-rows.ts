import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUniqueViolation } from '@packages/db/postgres-errors'
import type { NodeReport } from '@services/ipfs-manager/pin-backend'
import { type Kysely, sql } from 'kysely'
import type { NewNode } from './schemas.ts'

/**
 * The row of a node that was removed, by its address.
 * @throws HoldfastError `already_exists` when one of this address or name is there; `conflict` when it was of the other network
 */
export const nodeAt = async (
  db: Kysely<Tables>,
  { url, name, network }: Pick<NewNode, 'url' | 'name' | 'network'>,
): Promise<{ id: string } | undefined> => {
  const rows = await db
    .selectFrom('nodes')
    .select(['id', 'name', 'url', 'intent', 'network'])
    .where(({ eb, or }) => or([eb('url', '=', url), eb('name', '=', name)]))
    .execute()
  const there = rows.find((row) => row.intent !== 'removed' || row.url !== url)
  if (there !== undefined)
    throw new HoldfastError('already_exists', {
      detail: there.url === url ? `The node is here already, as ${there.name}.` : 'Another node has this name.',
    })
  const [row] = rows
  if (row !== undefined && row.network !== network)
    throw new HoldfastError('conflict', {
      detail: `It was a ${row.network} node: what it holds is seen by whom it is connected to.`,
    })
  return row
}

export type AddedNode = NewNode & { nodeId: string; token_sealed: Buffer | null; report: NodeReport }

/** As it has just answered: content is placed on it from the next look on. @throws HoldfastError `already_exists` */
export const insertNode = async (tx: Kysely<Tables>, node: AddedNode): Promise<void> => {
  const { nodeId: id, url, name, network, zone, labels, token_sealed, report } = node
  const columns = {
    name,
    zone,
    labels: JSON.stringify(labels),
    intent: 'active' as const,
    is_added: true,
    token_sealed,
    state: 'up' as const,
    state_reason: null,
    state_since: sql<Date>`now()`,
    seen_at: sql<Date>`now()`,
    peer_id: report.peerId,
    addresses: [...report.addresses],
    version: report.version,
    capacity_bytes: report.capacityBytes,
    used_bytes: report.usedBytes,
  }
  await tx
    .insertInto('nodes')
    .values({ id, kind: 'kubo', network, url, ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .execute()
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'nodes_name_key') || isUniqueViolation(error, 'nodes_url_key'))
        throw new HoldfastError('already_exists', { detail: 'Another node has this address or name.', cause: error })
      throw error
    })
}

/** A node is in this zone now: what has to have a copy there is looked at again at once. */
export const placeAnew = async (tx: Kysely<Tables>, zone: string): Promise<void> => {
  await sql`
    update contents set zones_after = null where state = 'held' and zones <> '{}' and zones @> array[${zone}::text]
  `.execute(tx)
}

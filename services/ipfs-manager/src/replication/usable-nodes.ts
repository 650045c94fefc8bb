import type { Database } from '@packages/db/open-database'
import type { PinBackend } from '../pin-backend.ts'
import type { PlacementNode } from './placement.ts'

/** Nodes as they are now, with what operators want of them: what the first copy of a content may go to. */
export const readUsableNodes = async (
  { db, backend }: { db: Pick<Database, 'kysely'>; backend: Pick<PinBackend, 'nodes'> },
  signal: AbortSignal,
): Promise<PlacementNode[]> => {
  const [rows, reports] = await Promise.all([
    db.kysely.selectFrom('nodes').select(['id', 'intent', 'role', 'zone']).execute(),
    backend.nodes(signal),
  ])
  return reports.flatMap(({ nodeId, network, state, capacityBytes, usedBytes }) => {
    const row = rows.find(({ id }) => id === nodeId)
    if (row === undefined || row.role !== 'store') return []
    return [{ id: nodeId, network, zone: row.zone, intent: row.intent, state, capacityBytes, usedBytes, queued: 0 }]
  })
}

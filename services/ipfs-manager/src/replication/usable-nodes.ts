import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import type { PinBackend } from '../pin-backend.ts'
import type { PlacementNode } from './placement.ts'

/** Nodes as they are now, with what operators want of them: what the first copy of a content may go to. */
export const readUsableNodes = async (
  { db, backend }: { db: Pick<Database, 'kysely'>; backend: Pick<PinBackend, 'nodes'> },
  signal: AbortSignal,
): Promise<PlacementNode[]> => {
  const [rows, reports] = await Promise.all([
    db.kysely
      .selectFrom('nodes')
      .select([
        'id',
        'intent',
        'role',
        'zone',
        sql<boolean>`coalesce(gc_until > clock_timestamp(), false)`.as('isCollecting'),
      ])
      .execute(),
    backend.nodes(signal),
  ])
  return reports.flatMap(({ nodeId, network, state, capacityBytes, usedBytes }) => {
    const row = rows.find(({ id }) => id === nodeId)
    if (row === undefined || row.role !== 'store') return []
    const { zone, intent, isCollecting } = row
    return [{ id: nodeId, network, zone, intent, isCollecting, state, capacityBytes, usedBytes, queued: 0 }]
  })
}

/** Nodes that have said that they are up, as it is written down: the own store among them where it is one of the backend's. */
export const readUpNodes = async ({ db }: { db: Pick<Database, 'kysely'> }): Promise<string[]> => {
  const rows = await db.kysely
    .selectFrom('nodes')
    .select('id')
    .where('state', '=', 'up')
    .where('intent', '<>', 'removed')
    .execute()
  return rows.map(({ id }) => id)
}

import type { Row, Tables } from '@packages/db/tables'
import type { Kysely } from 'kysely'

type CopyCounts = { pinned: number; waiting: number; releasing: number; unreachable: number }
export type NodeRow = Row<'nodes'> & { copies: CopyCounts }

const NONE: CopyCounts = { pinned: 0, waiting: 0, releasing: 0, unreachable: 0 }
const WAITING = ['assigned', 'pinning', 'lost', 'error'] as const

/** All nodes with what they hold. There are few: an operator names each. */
export const listNodeRows = async (db: Kysely<Tables>): Promise<NodeRow[]> => {
  const nodes = await db.selectFrom('nodes').selectAll().orderBy('name').execute()
  const counts = await db
    .selectFrom('replicas')
    .select((of) => [
      'node_id',
      of.fn.countAll<number>().filterWhere('status', '=', 'pinned').as('pinned'),
      of.fn.countAll<number>().filterWhere('status', 'in', WAITING).as('waiting'),
      of.fn.countAll<number>().filterWhere('status', '=', 'releasing').as('releasing'),
      of.fn.countAll<number>().filterWhere('status', '=', 'unreachable').as('unreachable'),
    ])
    .groupBy('node_id')
    .execute()
  const byNode = new Map(counts.map(({ node_id, ...copies }) => [node_id, copies]))
  return nodes.map((node) => ({ ...node, copies: byNode.get(node.id) ?? NONE }))
}

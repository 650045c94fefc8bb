import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import { recallCopies } from '../replication/recall-copies.ts'

type Deps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

/**
 * Nodes that the settings name as left (their rows are there) are emptied from now on: each copy goes when all of its blocks have been read from where it
 * goes to. What an operator drains already stays the operator's.
 */
export const leaveNodes = async ({ db }: Deps, nodeIds: readonly string[]): Promise<void> => {
  await db.kysely
    .updateTable('nodes')
    .set({ intent: 'draining', is_leaving: true })
    .where('id', 'in', [...nodeIds])
    .where('intent', '=', 'active')
    .execute()
}

/** Nodes that were left and are used again take copies again; what was to go from them stays when it is still there. */
export const takeNodesBack = async ({ db }: Deps, nodeIds: readonly string[]): Promise<void> => {
  await db.unitOfWork.run(async ({ tx }) => {
    const { rows } = await sql<{ id: string }>`
      update nodes set intent = 'active', is_leaving = false where is_leaving and id = any(${[...nodeIds]}::uuid[])
      returning id
    `.execute(tx)
    for (const { id } of rows) await recallCopies(tx, { nodeId: id })
  })
}

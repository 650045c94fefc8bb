import type { Database } from '@packages/db/open-database'

/**
 * Where a pool of nodes keeps what is pinned, nothing is placed on the own store: nobody says of it that it is up, as when it kept everything itself, and copies that
 * were on their way to it then are placed anew.
 */
export const forgetOwnPlace = async ({
  db,
  nodeId,
}: {
  db: Pick<Database, 'kysely'>
  nodeId: string
}): Promise<void> => {
  await db.kysely.updateTable('nodes').set({ state: 'unknown' }).where('id', '=', nodeId).execute()
  await db.kysely
    .deleteFrom('replicas')
    .where('node_id', '=', nodeId)
    .where('status', 'in', ['assigned', 'pinning', 'error'])
    .execute()
}

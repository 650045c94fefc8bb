import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'

/**
 * The row in `nodes` that stands for the own block store; replicas that it confirms point at it. Made at first start.
 * @param network which nodes' network it belongs to; content of `public` may be announced there
 */
export const ensureEmbeddedNode = async (
  { kysely }: Pick<Database, 'kysely'>,
  network: 'public' | 'private' = 'public',
): Promise<string> => {
  await kysely
    .insertInto('nodes')
    .values({ id: randomUUIDv7(), name: 'embedded', kind: 'embedded', network })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  const { id } = await kysely.selectFrom('nodes').select('id').where('name', '=', 'embedded').executeTakeFirstOrThrow()
  return id
}

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

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

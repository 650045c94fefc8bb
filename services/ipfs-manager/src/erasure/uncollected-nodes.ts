import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'

type Deps = { db: Pick<Database, 'kysely'> }

/** By the clock of the database, which is the one that releases are noted by. */
export const databaseTime = async ({ db }: Deps): Promise<string> => {
  const { rows } = await sql<{ now: string }>`select clock_timestamp()::text as now`.execute(db.kysely)
  return rows[0]?.now ?? ''
}

/**
 * Names of nodes on which blocks may still lie of what was released there until then: Kubo keeps them until its garbage is collected. A pass that begins later notes
 * what is released from its beginning on. Nodes that the platform does not work with any more are not waited for: nobody can ask them.
 */
export const uncollectedNodes = async ({ db }: Deps, until: string): Promise<string[]> => {
  const rows = await db.kysely
    .selectFrom('nodes')
    .select('name')
    .where('kind', '=', 'kubo')
    .where('intent', '<>', 'removed')
    .where('state', '<>', 'refused')
    // What is in the future was noted before the clock went back: nobody knows when.
    .where(sql<boolean>`released_since <= ${until}::timestamptz or released_since > clock_timestamp()`)
    .orderBy('name')
    .execute()
  return rows.map(({ name }) => name)
}

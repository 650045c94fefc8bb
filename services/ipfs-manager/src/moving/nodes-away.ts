import type { Database } from '@packages/db/open-database'
import { type RawBuilder, sql } from 'kysely'

/** Kubo nodes (`n`) among these that cannot be worked with, and why: a line each. */
export const nodesAway = async (
  { kysely }: Pick<Database, 'kysely'>,
  among: RawBuilder<unknown>,
): Promise<string[]> => {
  const { rows } = await sql<{ line: string }>`
    select n.name || ' is ' || n.state || coalesce(': ' || n.state_reason, '') as line
    from nodes n where n.kind = 'kubo' and n.state <> 'up' and ${among} order by n.name
  `.execute(kysely)
  return rows.map(({ line }) => line)
}

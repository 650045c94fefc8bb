import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'

export type ProvideFigures = { queued: number; lagSeconds: number }

/** Of all public nodes that are up, as they were last asked: roots that wait to be announced, and for how long the first one has. */
export const readProvideFigures = async ({ kysely }: Pick<Database, 'kysely'>): Promise<ProvideFigures> => {
  const { rows } = await sql<ProvideFigures>`
    select coalesce(sum(provide_queued), 0)::float8 as queued, coalesce(max(provide_lag_seconds), 0)::float8 as "lagSeconds"
    from nodes where network = 'public' and state = 'up' and intent <> 'removed'
  `.execute(kysely)
  return rows[0] ?? { queued: 0, lagSeconds: 0 }
}

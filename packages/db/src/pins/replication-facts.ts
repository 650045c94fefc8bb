import type { Replication } from '@packages/shared/replication'
import { sql } from 'kysely'

/** Of `organization_limits`, called `l`. */
export const REPLICATION_LIMITS = sql`l.default_min, l.default_max, l.default_zones, l.replication_max as copies_limit`

export type ReplicationLimits = {
  default_min: number
  default_max: number
  default_zones: string[]
  copies_limit: number | null
}

/** What holds for pins of an organization that do not say, and how many copies they may ask for. */
export const replicationOf = (row: ReplicationLimits): { replication: Replication; copiesLimit: number | null } => ({
  replication: { min: row.default_min, max: row.default_max, zones: row.default_zones },
  copiesLimit: row.copies_limit,
})

export type ContentWishes = { copies_min: number; copies_max: number; zones: string[] }

export const wishesOf = ({ copies_min: min, copies_max: max, zones }: ContentWishes): Replication => ({
  min,
  max,
  zones,
})

/** The same as a column each, for `recordset`: `zones` is JSON there. */
export const wishColumns = ({ min, max, zones }: Replication): object => ({ copies_min: min, copies_max: max, zones })

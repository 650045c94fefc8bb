import type { GeneratedTimestamp, Timestamp } from './columns.ts'

export type GroupsTable = {
  id: string
  organization_id: string
  name: string
  /** The three are null together: what holds is the organization's. */
  replication_min: number | null
  replication_max: number | null
  replication_zones: string[] | null
  /** Pins after this one may not have what holds in the group now; null: all have it. */
  settle_after: string | null
  deleted_at: Timestamp | null
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

import type { ColumnType, Generated } from 'kysely'
import type { GeneratedTimestamp } from './columns.ts'

export type UsageTable = {
  organization_id: string
  stored_bytes: Generated<number>
  roots: Generated<number>
  /** -Infinity before the first pin. */
  last_pin_at: ColumnType<Date | number, Date | string | undefined, Date | string>
  files: Generated<number>
}

export type UsageMonthsTable = {
  organization_id: string
  /** Its first day, `YYYY-MM-DD`. */
  month: string
  requests: Generated<number>
  bandwidth_bytes: Generated<number>
}

export type PlansTable = {
  name: string
  /** Null means no limit, here and below. */
  storage_bytes: number | null
  files: number | null
  max_file_bytes: number | null
  bandwidth_bytes_per_month: number | null
  requests_per_month: number | null
  replication_max: number | null
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

export type OrganizationLimitsView = {
  organization_id: string
  plan: string
  storage_bytes: number | null
  files: number | null
  max_file_bytes: number | null
  bandwidth_bytes_per_month: number | null
  requests_per_month: number | null
  replication_max: number | null
  default_min: number
  default_max: number
  default_zones: string[]
}

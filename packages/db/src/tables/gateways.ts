import type { Generated } from 'kysely'
import type { GeneratedTimestamp, Timestamp, Xid } from './columns.ts'

export type GatewaySessionsTable = {
  id: string
  acked_xid: Xid
  acked_id: number
  seen_at: GeneratedTimestamp
}

export type TakedownsTable = {
  id: string
  /** As the operator gave it. */
  cid: string
  /** `takedownKey` of it. */
  multihash: string
  /** 410 or 451. */
  status: number
  case_number: string
  reason: string
  created_by: string | null
  created_at: GeneratedTimestamp
  lifted_by: string | null
  lifted_at: Timestamp | null
}

export type GatewaysTable = {
  id: string
  organization_id: string
  name: string
  mode: Generated<'pinned'>
  token_required: boolean
  allowed_addresses: Generated<string[]>
  allowed_hosts: Generated<string[]>
  allowed_referrers: Generated<string[]>
  requests_per_minute: number | null
  bytes_per_minute: number | null
  index_path: string | null
  not_found_path: string | null
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

export type GatewayTokensTable = {
  id: string
  gateway_id: string
  name: string
  token_hash: Buffer
  created_at: GeneratedTimestamp
}

export type IpnsNamesTable = {
  name: string
  record: Buffer
  valid_until: Timestamp
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

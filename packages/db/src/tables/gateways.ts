import type { Generated } from 'kysely'
import type { GeneratedTimestamp, Identity, Timestamp, Xid } from './columns.ts'

export type GatewaySessionsTable = {
  id: string
  acked_xid: Xid
  acked_id: number
  seen_at: GeneratedTimestamp
}

export type CachePurgesTable = {
  /** Its name in the settings. */
  cache: string
  tag: string
  after_xid: Xid
  after_id: number
  /** 1 or 2. */
  round: Generated<number>
  version: Generated<number>
  attempts: Generated<number>
  problem: string | null
  /** Goes before those that are not. */
  urgent: Generated<boolean>
  due_at: GeneratedTimestamp
  created_at: GeneratedTimestamp
}

/** One row, where there are caches. */
export type CachePurgeCursorTable = {
  singleton: Generated<boolean>
  xid: Xid
  id: number
  caches: string[]
  read_at: GeneratedTimestamp
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

export type GatewayDomainsTable = {
  id: string
  gateway_id: string
  domain: string
  proof: string
  verified_at: Timestamp | null
  looked_at: Timestamp | null
  missed_at: Timestamp | null
  failing_since: Timestamp | null
  problem: 'no-record' | 'other-record' | 'look-up-failed' | 'held' | null
  due_at: GeneratedTimestamp
  watched_until: GeneratedTimestamp
  created_at: GeneratedTimestamp
}

export type IpnsNamesTable = {
  name: string
  record: Buffer
  valid_until: Timestamp
  created_at: GeneratedTimestamp
  /** When the record came into force. */
  updated_at: GeneratedTimestamp
  /** Null: its key is kept elsewhere. */
  key_id: string | null
  republish_after: GeneratedTimestamp
  republished_at: Timestamp | null
  /** 30, 7 or 1: the last warning of the record's end. */
  warned_days: number | null
}

export type IpnsKeysTable = {
  id: string
  organization_id: string
  user_id: string | null
  label: string
  name: string
  private_sealed: Buffer
  created_at: GeneratedTimestamp
}

export type IpnsPublicationsTable = {
  id: Identity
  name: string
  user_id: string | null
  way: 'key' | 'record'
  value: string
  /** Decimal; up to 64 bits. */
  sequence: string
  valid_until: Timestamp
  ttl_seconds: number | null
  created_at: GeneratedTimestamp
}

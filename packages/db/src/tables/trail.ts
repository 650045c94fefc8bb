import type { AuditCredential } from '@packages/runtime/audit-trail'
import type { ColumnType, Generated } from 'kysely'
import type { GeneratedJson, GeneratedTimestamp, GeneratedXid, Identity, Json, Timestamp } from './columns.ts'

export type EventsTable = {
  id: Identity
  xid: GeneratedXid
  kind: string
  organization_id: string | null
  actor_id: string | null
  subject: string
  payload: Json
  created_at: GeneratedTimestamp
}

/** Whose rows of the audit log are whose; gone with the user. */
export type AuditActorsTable = {
  user_id: string
  pseudonym: Generated<string>
  /** Seals where this user's rows came from. */
  client_key: Generated<Buffer>
}

/** Append-only: a trigger refuses all but inserts, one sealing, and retention. */
export type AuditLogTable = {
  id: Identity
  xid: GeneratedXid
  created_at: GeneratedTimestamp
  /** A pseudonym of `audit_actors`. */
  actor: string | null
  credential: AuditCredential
  organization_id: string | null
  action: string
  resource_kind: string
  resource_id: string | null
  result: 'allowed' | 'refused'
  code: string | null
  status: number | null
  repeats: Generated<number>
  request_id: string | null
  client: Buffer | null
  /** Both null until the sealing job has chained the row. */
  seq: number | null
  hash: Buffer | null
}

/** Once done it is the receipt: who it was is not in it any more. */
export type ErasuresTable = {
  id: string
  kind: 'user' | 'organization'
  requested_by: 'self' | 'owner' | 'operator'
  token_hash: Buffer
  user_id: string | null
  email: string | null
  organization_ids: Generated<string[]>
  step: Generated<'collect' | 'contents' | 'rows' | 'release' | 'compact' | 'forget' | 'done'>
  counts: GeneratedJson
  requested_at: GeneratedTimestamp
  finished_at: Timestamp | null
}

export type ErasureContentsTable = {
  erasure_id: string
  content_id: string
}

export type PolicyLogTable = {
  id: Identity
  xid: GeneratedXid
  kind: string
  payload: Json
  created_at: GeneratedTimestamp
}

export type IdempotencyKeysTable = {
  scope: string
  route: string
  key: string
  fingerprint: Buffer
  status: number
  /** Null on routes that answer secrets. */
  body: ColumnType<unknown, string | null, string | null>
  subject: string | null
  created_at: GeneratedTimestamp
}

import type { ReplicationWish } from '@packages/shared/replication'
import type { PinStatus, PsaStatus } from '@packages/shared/pin-state'
import type { ColumnType, Generated } from 'kysely'
import type { GeneratedJson, GeneratedTimestamp, Json, Timestamp } from './columns.ts'

export type ContentsTable = {
  id: string
  realm: string
  /** Canonical: v1, base32. */
  cid: string
  /** Bytes of all blocks; null while nothing is held. */
  dag_size: number | null
  blocks: number | null
  state: 'wanted' | 'held' | 'released'
  created_at: GeneratedTimestamp
  released_at: Timestamp | null
  /** Replicas that are `pinned` on nodes of the role `store`; changed only with a replica. */
  confirmed: Generated<number>
  /** What nodes pin, where that is not `cid`: private contents. */
  node_cid: string | null
  /** The largest wishes of its live pins. */
  copies_min: Generated<number>
  copies_max: Generated<number>
  zones: Generated<string[]>
  place_after: Timestamp | null
  /** The own store has let it go: nodes have it. */
  let_go_at: Timestamp | null
  /** On how many nodes it has to have been verified until it is moved to them; null while it is not being moved. */
  moving_copies: number | null
  zones_after: Timestamp | null
  /** Why there are fewer copies than wished for. */
  shortage: string | null
}

export type PinsTable = {
  /** The requestid, UUIDv7. */
  id: string
  organization_id: string
  user_id: string | null
  content_id: string
  /** As given by the caller. */
  cid: string
  name: string | null
  /** By `foldText`; null without a name, and of private pins. */
  name_folded: string | null
  /** Of a private content: the Pinning Service API does not know it. */
  is_private: Generated<boolean>
  meta: GeneratedJson
  origins: Generated<string[]>
  status: PinStatus
  info: GeneratedJson
  replication_min: Generated<number>
  replication_max: Generated<number>
  zones: Generated<string[]>
  /** What it asks for itself; null: nothing. The three above are what follows from it. */
  replication_wish: Json<ReplicationWish> | null
  group_id: string | null
  /** Unique and strictly rising within an organization, in microseconds. */
  created_at: Timestamp
  pinned_at: Timestamp | null
  expires_at: Timestamp | null
  /** Of a degraded pin: confirmed copies. */
  copies_left: Generated<number>
  /** The database reckons it, by the rule of `psaStatus`. */
  psa_status: ColumnType<PsaStatus, never, never>
}

export type FilesTable = {
  id: string
  organization_id: string
  user_id: string | null
  pin_id: string
  content_id: string
  cid: string
  original_name: string
  content_type: string
  size: number
  metadata: GeneratedJson
  visibility: Generated<'public' | 'private'>
  created_at: Timestamp
  kind: Generated<'file' | 'directory' | 'dag'>
  /** Of private files, whose `cid`, `original_name` and `metadata` are sealed. */
  cid_hash: Buffer | null
  name_hash: Buffer | null
  /** As its pin's. */
  group_id: string | null
}

export type FileLinksTable = {
  id: string
  organization_id: string
  file_id: string
  user_id: string | null
  name: string
  token_hash: Buffer
  password_hash: string | null
  max_downloads: number | null
  downloads: Generated<number>
  last_used_at: Timestamp | null
  created_at: GeneratedTimestamp
  expires_at: Timestamp
  revoked_at: Timestamp | null
}

export type FileLinkWindowsTable = {
  link_id: string
  /** A hash of link, content and address. */
  client: Buffer
  open_until: Timestamp
}

export type UploadsTable = {
  id: string
  store_id: string
  organization_id: string
  user_id: string | null
  folder_id: string | null
  path: string | null
  /** Null while it is deferred. */
  length: number | null
  part_kind: Generated<'whole' | 'partial' | 'final'>
  /** Ids of the pieces of a `final` one. */
  parts: string[] | null
  metadata: GeneratedJson
  state: Generated<'open' | 'received' | 'finished' | 'failed'>
  file_id: string | null
  cid: string | null
  failure: ColumnType<Record<string, unknown> | null, string | null, string | null>
  created_at: GeneratedTimestamp
  expires_at: Timestamp
}

export type UploadFoldersTable = {
  id: string
  store_id: string
  organization_id: string
  user_id: string | null
  name: string
  metadata: GeneratedJson
  parameters: GeneratedJson
  wrap: Generated<boolean>
  visibility: Generated<'public' | 'private'>
  /** That it goes into when it is complete, if it is there then. */
  group_id: string | null
  state: Generated<'open' | 'finished'>
  file_id: string | null
  cid: string | null
  created_at: GeneratedTimestamp
  expires_at: Timestamp
}

export type UploadFolderEntriesTable = {
  folder_id: string
  path: string
  kind: 'file' | 'directory'
  size: number | null
  upload_id: string | null
}

export type IncompleteImportsTable = {
  /** The content id of the list of its blocks. */
  id: string
  organization_id: string
  user_id: string | null
  name: string
  roots: string[]
  missing_count: number
  missing: string[]
  created_at: GeneratedTimestamp
}

export type DamagedBlocksTable = {
  store_id: string
  realm: string
  cid: string
  reason: 'hash_mismatch' | 'unreadable'
  found_at: GeneratedTimestamp
  tries: Generated<number>
  last_error: string | null
  next_try_at: GeneratedTimestamp
  healed_at: Timestamp | null
  healed_from: string | null
}

export type TombstonesTable = {
  content_id: string
  realm: string
  cid: string
  reason: 'unpinned' | 'duplicate' | 'orphan'
  created_at: GeneratedTimestamp
  released_at: Timestamp | null
}

export type QuarantineTable = {
  content_id: string
  store_id: string
  realm: string
  cid: string
  bytes: number
  found_at: GeneratedTimestamp
  /** bigint; measured while the collector ran, not by dates. */
  waited_ms: Generated<number>
  counted_at: GeneratedTimestamp
}

export type StoreInstancesTable = {
  id: string
  epoch: number
  node_id: string
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

import type { AuditCredential } from '@packages/runtime/audit-trail'
import type { PinStatus, PsaStatus } from '@packages/shared/pin-state'
import type { ReplicaStatus } from '@packages/shared/replica-state'
import type { ColumnType, Generated, Insertable, JSONColumnType, Selectable } from 'kysely'

/**
 * The tables as Kysely sees them; a test compares this file with the database's own catalogue.
 * bigint columns are numbers (a value beyond 2^53 fails the query), timestamps are Dates of millisecond precision:
 * where microseconds matter (`pins.created_at`) read them as text by `microseconds()` of `./microseconds.ts`.
 */

type Json = JSONColumnType<Record<string, unknown>>
type GeneratedJson = ColumnType<Record<string, unknown>, string | undefined, string>
type Timestamp = ColumnType<Date, Date | string, Date | string>
type GeneratedTimestamp = ColumnType<Date, Date | string | undefined, Date | string>
/** A 64-bit transaction number, as text. */
type Xid = ColumnType<string, string, string>
type GeneratedXid = ColumnType<string, never, never>
type Identity = ColumnType<number, never, never>

type UsersTable = {
  id: string
  name: string
  email: string
  email_verified: Generated<boolean>
  image: string | null
  platform_role: Generated<'user' | 'operator'>
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

type SessionsTable = {
  id: string
  user_id: string
  token: string
  expires_at: Timestamp
  ip_address: string | null
  user_agent: string | null
  active_organization_id: string | null
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
  /** Written once a minute, no more. */
  last_used_at: Timestamp | null
}

type AccountsTable = {
  id: string
  user_id: string
  account_id: string
  provider_id: string
  password: string | null
  access_token: string | null
  refresh_token: string | null
  id_token: string | null
  access_token_expires_at: Timestamp | null
  refresh_token_expires_at: Timestamp | null
  scope: string | null
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

type VerificationsTable = {
  id: string
  identifier: string
  value: string
  expires_at: Timestamp
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

type OrganizationsTable = {
  id: string
  name: string
  slug: string
  logo: string | null
  metadata: string | null
  plan: Generated<string>
  /** Bytes of distinct roots; null means no limit. */
  storage_limit: number | null
  state: Generated<'active' | 'read-only' | 'suspended'>
  state_reason: string | null
  created_at: GeneratedTimestamp
  /** Of uploads that do not say. */
  default_visibility: Generated<'public' | 'private'>
  /** Of pins that do not say; null, all three: the platform's. */
  replication_min: number | null
  replication_max: number | null
  replication_zones: string[] | null
}

type MembersTable = {
  id: string
  organization_id: string
  user_id: string
  role: string
  created_at: GeneratedTimestamp
}

type InvitationsTable = {
  id: string
  organization_id: string
  email: string
  role: string | null
  status: Generated<string>
  expires_at: Timestamp
  inviter_id: string
  created_at: GeneratedTimestamp
  token_hash: Buffer | null
  /** `mail`: the token proves the address. `link`: the inviter hands it on. */
  delivery: Generated<'mail' | 'link'>
}

type DeviceLoginsTable = {
  id: string
  device_code_hash: Buffer
  user_code_hash: Buffer
  client_name: string
  ip_address: string
  user_agent: string | null
  state: Generated<'pending' | 'approved' | 'denied'>
  user_id: string | null
  session_id: string | null
  interval_seconds: number
  last_polled_at: Timestamp | null
  created_at: GeneratedTimestamp
  expires_at: Timestamp
}

type OidcLoginsTable = {
  id: string
  state_hash: Buffer
  browser_hash: Buffer
  purpose: Generated<'sign-in' | 'link' | 'confirm'>
  session_id: string | null
  sealed: Buffer
  created_at: GeneratedTimestamp
  expires_at: Timestamp
}

type EmailTokensTable = {
  id: string
  purpose: 'register' | 'verify-email' | 'change-email' | 'reset-password'
  /** Null for a registration, and where there is no such account: then the token does nothing. */
  user_id: string | null
  email: string
  token_hash: Buffer
  name: string | null
  organization_name: string | null
  created_at: GeneratedTimestamp
  expires_at: Timestamp
}

type RequestCountsTable = {
  what: string
  key: Buffer
  window_start: Timestamp
  count: number
}

type PlatformSetupTable = {
  singleton: Generated<boolean>
  token_hash: Buffer | null
  token_expires_at: Timestamp | null
  completed_at: Timestamp | null
  administrator_id: string | null
}

type SigningKeysTable = {
  kid: string
  public_jwk: Json
  private_sealed: Buffer
  created_at: GeneratedTimestamp
  retired_at: Timestamp | null
  signs_from: GeneratedTimestamp
}

/** A version of the master key, which is not here: it wraps the secret that the platform's own keys come from. */
type MasterKeysTable = {
  version: number
  secret_wrapped: Buffer
  created_at: GeneratedTimestamp
}

type TenantKeysTable = {
  organization_id: string
  wrapped: Buffer
  master_version: number
  created_at: GeneratedTimestamp
}

/** Keys of private roots; without its row a root is unreadable for ever. */
type RootKeysTable = {
  content_id: string
  organization_id: string
  wrapped: Buffer
  created_at: GeneratedTimestamp
}

type PasskeysTable = {
  id: string
  user_id: string
  credential_id: Buffer
  public_key: Buffer
  counter: number
  backed_up: boolean
  name: string
  created_at: GeneratedTimestamp
  last_used_at: Timestamp | null
}

type AnsweredChallengesTable = {
  challenge_hash: Buffer
  expires_at: Timestamp
}

type TwoFactorsTable = {
  user_id: string
  secret_sealed: Buffer
  /** Of the last code that was taken (RFC 6238, 5.2). */
  last_step: Generated<number>
  failures: Generated<number>
  locked_until: Timestamp | null
  /** Null until a first code was right. */
  confirmed_at: Timestamp | null
  created_at: GeneratedTimestamp
}

type RecoveryCodesTable = {
  user_id: string
  code_hash: Buffer
  created_at: GeneratedTimestamp
}

type MfaChallengesTable = {
  id: string
  user_id: string
  token_hash: Buffer
  attempts: Generated<number>
  created_at: GeneratedTimestamp
  expires_at: Timestamp
}

type RefreshTokensTable = {
  id: string
  session_id: string
  token_hash: Buffer
  created_at: GeneratedTimestamp
  expires_at: Timestamp
  used_at: Timestamp | null
}

type ApiKeysTable = {
  id: string
  organization_id: string
  user_id: string
  name: string
  prefix: string
  hash: Buffer
  scopes: string[]
  uses: Generated<number>
  expires_at: Timestamp | null
  last_used_at: Timestamp | null
  created_at: GeneratedTimestamp
  revoked_at: Timestamp | null
  /** Addresses and CIDR blocks; empty means from anywhere. */
  allowed_addresses: Generated<string[]>
  max_uses: number | null
  previous_hash: Buffer | null
  previous_expires_at: Timestamp | null
  rotated_at: Timestamp | null
}

type ContentsTable = {
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

type PinsTable = {
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
  /** Unique and strictly rising within an organization, in microseconds. */
  created_at: Timestamp
  pinned_at: Timestamp | null
  expires_at: Timestamp | null
  /** Of a degraded pin: confirmed copies. */
  copies_left: Generated<number>
  /** The database reckons it, by the rule of `psaStatus`. */
  psa_status: ColumnType<PsaStatus, never, never>
}

type FilesTable = {
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
}

type FileLinksTable = {
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

type FileLinkWindowsTable = {
  link_id: string
  /** A hash of link, content and address. */
  client: Buffer
  open_until: Timestamp
}

type UploadsTable = {
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

type UploadFoldersTable = {
  id: string
  store_id: string
  organization_id: string
  user_id: string | null
  name: string
  metadata: GeneratedJson
  parameters: GeneratedJson
  wrap: Generated<boolean>
  visibility: Generated<'public' | 'private'>
  state: Generated<'open' | 'finished'>
  file_id: string | null
  cid: string | null
  created_at: GeneratedTimestamp
  expires_at: Timestamp
}

type UploadFolderEntriesTable = {
  folder_id: string
  path: string
  kind: 'file' | 'directory'
  size: number | null
  upload_id: string | null
}

type IncompleteImportsTable = {
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

type DamagedBlocksTable = {
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

/** `unknown`: not heard of yet. */
type NodeState = 'unknown' | 'up' | 'down' | 'refused'

type NodesTable = {
  id: string
  name: string
  kind: 'embedded' | 'kubo' | 'cluster'
  network: Generated<'public' | 'private'>
  created_at: GeneratedTimestamp
  /** Copies on a `staging` node count for nothing. */
  role: Generated<'store' | 'staging'>
  url: string | null
  zone: Generated<string>
  /** What operators want of it. */
  intent: Generated<'active' | 'draining' | 'removed'>
  /** What was last heard of it. */
  state: Generated<NodeState>
  state_reason: string | null
  state_since: GeneratedTimestamp
  seen_at: Timestamp | null
  peer_id: string | null
  addresses: Generated<string[]>
  version: string | null
  capacity_bytes: number | null
  used_bytes: number | null
  /** What it says of its announcing. */
  provide_queued: number | null
  provide_lag_seconds: number | null
  labels: GeneratedJson
  /** Until then its garbage is collected, and nothing is pushed there: a lease. */
  gc_until: Timestamp | null
  gc_at: Timestamp | null
  gc_after: Timestamp | null
  /** Bytes of roots that were released there and not collected yet. */
  released_bytes: Generated<number>
  released_since: Timestamp | null
  /** It is emptied because the platform leaves it. */
  is_leaving: Generated<boolean>
  /** By an operator, and not by the settings. */
  is_added: Generated<boolean>
  /** The credentials of its RPC, of an added one. */
  token_sealed: Buffer | null
}

/** Who is pushing to a node now: a lease of each process. */
type NodeWorkTable = { node_id: string; process_id: string; expires_at: Timestamp }

/** Pins of one node that are to go while their content lives, or that no row owns. */
type NodeTombstonesTable = {
  node_id: string
  cid: string
  content_id: string | null
  reason: 'surplus' | 'drained' | 'orphan'
  created_at: GeneratedTimestamp
  due_at: GeneratedTimestamp
  waited_ms: Generated<number>
}

type ReplicasTable = {
  content_id: string
  node_id: string
  status: ReplicaStatus
  pinned_at: Timestamp | null
  last_checked: Timestamp | null
  error: string | null
  /** Somebody else had pinned it there before: it counts, and is never unpinned by us. */
  is_foreign: Generated<boolean>
  attempts: Generated<number>
  next_try_at: Timestamp | null
  /** When the network was last told of it, and when that is due again. */
  announced_at: Timestamp | null
  announce_after: Timestamp | null
  /** When all of its blocks were read from the node and hashed. */
  verified_at: Timestamp | null
}

/** The work of fetching one content, however many wait for it. */
type FetchesTable = {
  content_id: string
  state: Generated<'queued' | 'running' | 'waiting' | 'failed'>
  phase: 'searching' | 'fetching' | 'replicating' | null
  attempts: Generated<number>
  begun_at: GeneratedTimestamp
  node_id: string | null
  leased_by: string | null
  leased_until: Timestamp | null
  blocks: Generated<number>
  bytes: Generated<number>
  progress_at: Timestamp | null
  /** A list of `{ peerId, outcome }`. */
  providers: GeneratedJson
  error: string | null
  error_code: string | null
}

/** Whose turn it is; `due_at` is infinite while the content is fetched, and when it was given up. */
type FetchQueueTable = {
  organization_id: string
  content_id: string
  due_at: GeneratedTimestamp
}

type TombstonesTable = {
  content_id: string
  realm: string
  cid: string
  reason: 'unpinned' | 'duplicate' | 'orphan'
  created_at: GeneratedTimestamp
  released_at: Timestamp | null
}

type QuarantineTable = {
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

type StoreInstancesTable = {
  id: string
  epoch: number
  node_id: string
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

type EventsTable = {
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
type AuditActorsTable = {
  user_id: string
  pseudonym: Generated<string>
  /** Seals where this user's rows came from. */
  client_key: Generated<Buffer>
}

/** Append-only: a trigger refuses all but inserts, one sealing, and retention. */
type AuditLogTable = {
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
type ErasuresTable = {
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

type ErasureContentsTable = {
  erasure_id: string
  content_id: string
}

type PolicyLogTable = {
  id: Identity
  xid: GeneratedXid
  kind: string
  payload: Json
  created_at: GeneratedTimestamp
}

type GatewaySessionsTable = {
  id: string
  acked_xid: Xid
  acked_id: number
  seen_at: GeneratedTimestamp
}

type TakedownsTable = {
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

type GatewaysTable = {
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

type GatewayTokensTable = {
  id: string
  gateway_id: string
  name: string
  token_hash: Buffer
  created_at: GeneratedTimestamp
}

type IpnsNamesTable = {
  name: string
  record: Buffer
  valid_until: Timestamp
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

type IdempotencyKeysTable = {
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

type UsageTable = {
  organization_id: string
  stored_bytes: Generated<number>
  roots: Generated<number>
  /** -Infinity before the first pin. */
  last_pin_at: ColumnType<Date | number, Date | string | undefined, Date | string>
  files: Generated<number>
}

type PlansTable = {
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

/** Of organizations that do not say. */
type ReplicationDefaultTable = {
  singleton: Generated<boolean>
  copies_min: Generated<number>
  copies_max: Generated<number>
}

type UsageMonthsTable = {
  organization_id: string
  /** Its first day, `YYYY-MM-DD`. */
  month: string
  requests: Generated<number>
  bandwidth_bytes: Generated<number>
}

type OrganizationLimitsView = {
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

type PinNodesView = {
  pin_id: string
  organization_id: string
  node_id: string
  node_name: string
  status: ReplicasTable['status']
  pinned_at: Date | null
  last_checked: Date | null
  error: string | null
}

export type Tables = {
  users: UsersTable
  sessions: SessionsTable
  accounts: AccountsTable
  verifications: VerificationsTable
  organizations: OrganizationsTable
  members: MembersTable
  invitations: InvitationsTable
  device_logins: DeviceLoginsTable
  oidc_logins: OidcLoginsTable
  email_tokens: EmailTokensTable
  request_counts: RequestCountsTable
  platform_setup: PlatformSetupTable
  signing_keys: SigningKeysTable
  master_keys: MasterKeysTable
  tenant_keys: TenantKeysTable
  root_keys: RootKeysTable
  refresh_tokens: RefreshTokensTable
  two_factors: TwoFactorsTable
  recovery_codes: RecoveryCodesTable
  mfa_challenges: MfaChallengesTable
  passkeys: PasskeysTable
  answered_challenges: AnsweredChallengesTable
  api_keys: ApiKeysTable
  contents: ContentsTable
  pins: PinsTable
  files: FilesTable
  file_links: FileLinksTable
  file_link_windows: FileLinkWindowsTable
  uploads: UploadsTable
  upload_folders: UploadFoldersTable
  upload_folder_entries: UploadFolderEntriesTable
  incomplete_imports: IncompleteImportsTable
  damaged_blocks: DamagedBlocksTable
  nodes: NodesTable
  node_work: NodeWorkTable
  node_tombstones: NodeTombstonesTable
  replicas: ReplicasTable
  fetches: FetchesTable
  fetch_queue: FetchQueueTable
  tombstones: TombstonesTable
  quarantine: QuarantineTable
  store_instances: StoreInstancesTable
  events: EventsTable
  audit_actors: AuditActorsTable
  audit_log: AuditLogTable
  erasures: ErasuresTable
  erasure_contents: ErasureContentsTable
  policy_log: PolicyLogTable
  gateway_sessions: GatewaySessionsTable
  ipns_names: IpnsNamesTable
  takedowns: TakedownsTable
  gateways: GatewaysTable
  gateway_tokens: GatewayTokensTable
  idempotency_keys: IdempotencyKeysTable
  usage: UsageTable
  usage_months: UsageMonthsTable
  plans: PlansTable
  replication_default: ReplicationDefaultTable
  organization_limits: OrganizationLimitsView
  pin_nodes: PinNodesView
}

export type Row<T extends keyof Tables> = Selectable<Tables[T]>
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>
export type FileRow = Row<'files'>
export type PinRow = Row<'pins'>
export type ContentRow = Row<'contents'>

import type { Insertable, Selectable } from 'kysely'
import type {
  AccountsTable,
  AnsweredChallengesTable,
  ApiKeysTable,
  DeviceLoginsTable,
  EmailTokensTable,
  InvitationsTable,
  MembersTable,
  MfaChallengesTable,
  OidcLoginsTable,
  OrganizationsTable,
  PasskeysTable,
  PlatformSetupTable,
  RecoveryCodesTable,
  RefreshTokensTable,
  RequestCountsTable,
  SessionsTable,
  TwoFactorsTable,
  UsersTable,
  VerificationsTable,
} from './tables/accounts.ts'
import type {
  ContentsTable,
  DamagedBlocksTable,
  FileLinkWindowsTable,
  FileLinksTable,
  FilesTable,
  IncompleteImportsTable,
  PinsTable,
  QuarantineTable,
  StoreInstancesTable,
  TombstonesTable,
  UploadFolderEntriesTable,
  UploadFoldersTable,
  UploadsTable,
} from './tables/content.ts'
import type {
  GatewayDomainsTable,
  CachePurgeCursorTable,
  CachePurgesTable,
  GatewaySessionsTable,
  GatewayTokensTable,
  GatewaysTable,
  IpnsKeysTable,
  IpnsNamesTable,
  IpnsPublicationsTable,
  TakedownsTable,
} from './tables/gateways.ts'
import type { GroupsTable } from './tables/groups.ts'
import type { MasterKeysTable, RootKeysTable, SigningKeysTable, TenantKeysTable } from './tables/keys.ts'
import type {
  FetchArrivalsTable,
  FetchQueueTable,
  FetchesTable,
  NodeTombstonesTable,
  NodeWorkTable,
  NodesTable,
  PinNodesView,
  ReplicasTable,
  ReplicationDefaultTable,
} from './tables/nodes.ts'
import type { OrganizationLimitsView, PlansTable, UsageMonthsTable, UsageTable } from './tables/plans.ts'
import type {
  AuditActorsTable,
  AuditLogTable,
  ErasureContentsTable,
  ErasuresTable,
  EventsTable,
  IdempotencyKeysTable,
  PolicyLogTable,
} from './tables/trail.ts'

/**
 * The tables as Kysely sees them; a test compares these files with the database's own catalogue.
 * bigint columns are numbers (a value beyond 2^53 fails the query), timestamps are Dates of millisecond precision:
 * where microseconds matter (`pins.created_at`) read them as text by `microseconds()` of `./microseconds.ts`.
 */
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
  groups: GroupsTable
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
  fetch_arrivals: FetchArrivalsTable
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
  cache_purges: CachePurgesTable
  cache_purge_cursor: CachePurgeCursorTable
  ipns_names: IpnsNamesTable
  ipns_keys: IpnsKeysTable
  ipns_publications: IpnsPublicationsTable
  takedowns: TakedownsTable
  gateways: GatewaysTable
  gateway_tokens: GatewayTokensTable
  gateway_domains: GatewayDomainsTable
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

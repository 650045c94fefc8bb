/**
 * What each column says about people, in one place: a column that is not here fails a test. `docs/security` and erasure go by it.
 * `personal`: tells of a person, or is what a person chose (names, addresses, what they wrote).
 * `link`: an id that ties the row to a person.
 * `secret`: a credential, its hash, or something sealed.
 * `plain`: neither.
 */
export type DataClass = 'personal' | 'link' | 'secret' | 'plain'

type TableMap = Partial<Record<DataClass, string>> & {
  /** How its rows go when they do not go with their user or organization. */
  goes?: string
}

const CONTENT = 'by tombstones, when no pin needs the content any more'

/** Columns of each table by what they are, separated by spaces. */
export const DATA_MAP: Record<string, TableMap> = {
  users: {
    link: 'id',
    personal: 'name email image',
    plain: 'email_verified platform_role created_at updated_at',
  },
  sessions: {
    link: 'id user_id active_organization_id',
    secret: 'token',
    personal: 'ip_address user_agent last_used_at',
    plain: 'expires_at created_at updated_at',
  },
  accounts: {
    link: 'id user_id account_id',
    secret: 'password access_token refresh_token id_token',
    plain: 'provider_id access_token_expires_at refresh_token_expires_at scope created_at updated_at',
  },
  verifications: {
    personal: 'identifier',
    secret: 'value',
    plain: 'id expires_at created_at updated_at',
    goes: 'when they expire',
  },
  organizations: {
    link: 'id',
    personal: 'name slug logo metadata state_reason',
    plain: 'plan storage_limit created_at state default_visibility replication_min replication_max replication_zones',
  },
  members: { link: 'id organization_id user_id', plain: 'role created_at' },
  invitations: {
    link: 'id organization_id inviter_id',
    personal: 'email',
    secret: 'token_hash',
    plain: 'role status expires_at created_at delivery',
  },
  platform_setup: {
    link: 'administrator_id',
    secret: 'token_hash',
    plain: 'singleton token_expires_at completed_at',
    goes: 'never: one row, which must name another administrator before that one can go',
  },
  signing_keys: {
    secret: 'private_sealed',
    plain: 'kid public_jwk created_at retired_at signs_from',
    goes: 'by rotation; of no person',
  },
  master_keys: {
    secret: 'secret_wrapped',
    plain: 'version created_at',
    goes: 'by rotation of the master key; of no person',
  },
  tenant_keys: { link: 'organization_id', secret: 'wrapped', plain: 'master_version created_at' },
  root_keys: { link: 'content_id organization_id', secret: 'wrapped', plain: 'created_at' },
  refresh_tokens: { link: 'id session_id', secret: 'token_hash', plain: 'created_at expires_at used_at' },
  api_keys: {
    link: 'id organization_id user_id',
    personal: 'name allowed_addresses last_used_at',
    secret: 'prefix hash previous_hash',
    plain: 'scopes uses expires_at created_at revoked_at max_uses previous_expires_at rotated_at',
  },
  device_logins: {
    link: 'id user_id session_id',
    personal: 'client_name ip_address user_agent',
    secret: 'device_code_hash user_code_hash',
    plain: 'state interval_seconds last_polled_at created_at expires_at',
    goes: 'when they are used or expire, ten minutes after they were asked for',
  },
  oidc_logins: {
    link: 'session_id',
    secret: 'state_hash browser_hash sealed',
    plain: 'id purpose created_at expires_at',
    goes: 'when they are used or expire, after ten minutes, and with the session that they began in',
  },
  email_tokens: {
    link: 'id user_id',
    personal: 'email name organization_name',
    secret: 'token_hash',
    plain: 'purpose created_at expires_at',
  },
  request_counts: { secret: 'key', plain: 'what window_start count', goes: 'with their window of time' },
  two_factors: {
    link: 'user_id',
    secret: 'secret_sealed',
    plain: 'last_step failures locked_until confirmed_at created_at',
  },
  recovery_codes: { link: 'user_id', secret: 'code_hash', plain: 'created_at' },
  mfa_challenges: { link: 'id user_id', secret: 'token_hash', plain: 'attempts created_at expires_at' },
  passkeys: {
    link: 'id user_id',
    personal: 'name last_used_at',
    secret: 'credential_id public_key',
    plain: 'counter backed_up created_at',
  },
  answered_challenges: { secret: 'challenge_hash', plain: 'expires_at', goes: 'five minutes after; of no person' },
  contents: {
    personal: 'cid',
    plain:
      'id realm dag_size blocks state created_at released_at confirmed node_cid copies_min copies_max zones place_after let_go_at moving_copies zones_after shortage',
    goes: CONTENT,
  },
  groups: {
    link: 'organization_id',
    personal: 'name',
    plain: 'id replication_min replication_max replication_zones settle_after deleted_at created_at updated_at',
  },
  pins: {
    link: 'id organization_id user_id content_id group_id',
    personal: 'cid name name_folded meta origins',
    plain:
      'status is_private info replication_min replication_max zones replication_wish created_at pinned_at expires_at copies_left psa_status',
  },
  files: {
    link: 'id organization_id user_id pin_id content_id group_id',
    personal: 'cid original_name metadata',
    secret: 'cid_hash name_hash',
    plain: 'content_type size visibility created_at kind',
  },
  file_links: {
    link: 'id organization_id file_id user_id',
    personal: 'name',
    secret: 'token_hash password_hash',
    plain: 'max_downloads downloads last_used_at created_at expires_at revoked_at',
  },
  file_link_windows: {
    link: 'link_id',
    secret: 'client',
    plain: 'open_until',
    goes: 'ten minutes later, and with its link',
  },
  uploads: {
    link: 'id organization_id user_id folder_id file_id',
    personal: 'path metadata cid',
    plain: 'store_id length part_kind parts state failure created_at expires_at',
  },
  upload_folders: {
    link: 'id organization_id user_id file_id group_id',
    personal: 'name metadata cid',
    plain: 'store_id parameters wrap visibility state created_at expires_at',
  },
  upload_folder_entries: { link: 'folder_id upload_id', personal: 'path', plain: 'kind size' },
  incomplete_imports: {
    link: 'id organization_id user_id',
    personal: 'name roots missing',
    plain: 'missing_count created_at',
  },
  damaged_blocks: {
    personal: 'cid',
    plain: 'store_id realm reason found_at tries last_error next_try_at healed_at healed_from',
    goes: 'with the block: it is healed, or its root released',
  },
  nodes: {
    secret: 'token_sealed',
    goes: 'never: one row for each node; what is sealed goes when the node is removed, and is of no person',
    plain:
      'id name kind network created_at role url zone intent state state_reason state_since seen_at peer_id addresses version capacity_bytes used_bytes provide_queued provide_lag_seconds labels gc_until gc_at gc_after released_bytes released_since is_leaving is_added',
  },
  replicas: {
    plain:
      'content_id node_id status pinned_at last_checked error is_foreign attempts next_try_at announced_at announce_after verified_at',
  },
  node_work: { plain: 'node_id process_id expires_at', goes: 'when the node is collected the next time' },
  node_tombstones: {
    personal: 'cid',
    plain: 'node_id content_id reason created_at due_at waited_ms',
    goes: 'when the pin has gone from the node',
  },
  fetches: {
    link: 'content_id',
    plain:
      'state phase attempts begun_at node_id leased_by leased_until blocks bytes progress_at providers error error_code',
    goes: 'when the content is held, or nobody wants it any more',
  },
  fetch_queue: { link: 'organization_id content_id', plain: 'due_at' },
  fetch_arrivals: {
    link: 'organization_id content_ids',
    plain: 'id wanted_at',
    goes: 'when what it names is put into the queue',
  },
  tombstones: {
    personal: 'cid',
    plain: 'content_id realm reason created_at released_at',
    goes: 'by an erasure; else it stays as the proof that the content was released',
  },
  quarantine: {
    personal: 'cid',
    plain: 'content_id store_id realm bytes found_at waited_ms counted_at',
    goes: CONTENT,
  },
  store_instances: { plain: 'id epoch node_id created_at updated_at' },
  events: {
    link: 'organization_id actor_id subject',
    personal: 'payload',
    plain: 'id xid kind created_at',
    goes: 'after 90 days, or by an erasure',
  },
  audit_actors: { link: 'user_id pseudonym', secret: 'client_key' },
  audit_log: {
    link: 'actor organization_id resource_id request_id',
    personal: 'client',
    plain: 'id xid created_at credential action resource_kind result code status repeats seq hash',
    goes: 'after AUDIT_RETENTION; who it was goes with the row of audit_actors',
  },
  erasures: {
    link: 'user_id organization_ids',
    personal: 'email',
    secret: 'token_hash',
    plain: 'id kind requested_by step counts requested_at finished_at',
    goes: 'who it was is emptied when the erasure is done; the receipt goes after RECEIPT_RETENTION',
  },
  erasure_contents: {
    link: 'erasure_id content_id',
    goes: 'when the erasure is done',
  },
  policy_log: { personal: 'payload', plain: 'id xid kind created_at', goes: 'after 24 hours' },
  gateway_sessions: { plain: 'id acked_xid acked_id seen_at' },
  cache_purges: {
    personal: 'tag',
    plain: 'cache after_xid after_id round version attempts problem urgent due_at created_at',
    goes: 'when the cache has let go what has the tag',
  },
  cache_purge_cursor: { plain: 'singleton xid id caches read_at' },
  takedowns: {
    link: 'created_by lifted_by',
    personal: 'case_number reason',
    plain: 'id cid multihash status created_at lifted_at',
    goes: 'never: what an operator has to answer for',
  },
  gateways: {
    link: 'organization_id',
    personal: 'name allowed_addresses allowed_hosts allowed_referrers index_path not_found_path',
    plain: 'id mode token_required requests_per_minute bytes_per_minute created_at updated_at',
  },
  gateway_domains: {
    personal: 'domain',
    plain: 'id gateway_id proof verified_at looked_at missed_at failing_since problem due_at watched_until created_at',
  },
  gateway_tokens: { personal: 'name', secret: 'token_hash', plain: 'id gateway_id created_at' },
  ipns_names: {
    link: 'key_id',
    personal: 'record',
    plain: 'name valid_until created_at updated_at republish_after republished_at warned_days',
  },
  ipns_keys: {
    link: 'organization_id user_id',
    personal: 'label',
    secret: 'private_sealed',
    plain: 'id name created_at',
  },
  ipns_publications: {
    link: 'user_id',
    personal: 'value',
    plain: 'id name way sequence valid_until ttl_seconds created_at',
  },
  idempotency_keys: {
    link: 'scope subject',
    secret: 'key fingerprint body',
    plain: 'route status created_at',
    goes: 'after 24 hours',
  },
  plans: {
    plain:
      'name storage_bytes files max_file_bytes bandwidth_bytes_per_month requests_per_month replication_max created_at updated_at',
  },
  replication_default: { plain: 'singleton copies_min copies_max' },
  usage: { link: 'organization_id', plain: 'stored_bytes roots last_pin_at files' },
  usage_months: { link: 'organization_id', plain: 'month requests bandwidth_bytes' },
}

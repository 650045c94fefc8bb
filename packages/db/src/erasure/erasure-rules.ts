/**
 * How the rows of each table that says something of people go when a user or an organization is erased. A table that is
 * not here fails a test, and so does a rule that the database's foreign keys do not bear out.
 *
 * `cascade`: with the row of `users` or `organizations`, by foreign keys.
 * `purge`: by a statement of its own (`PURGES`).
 * `unlink`: the row is the organization's and stays; the id of the user goes (`on delete set null`).
 * `contents`: as content that nobody needs any more: tombstone, release, compaction, then the row.
 * `-`: has nothing of such a one.
 */
export type Goes = 'cascade' | 'purge' | 'unlink' | 'contents' | '-'

export type ErasureRule = {
  user: Goes
  organization: Goes
  /** Personal columns of rows that stay when a user goes: what the organization keeps as its own. A new one has to be put here on purpose. */
  stays?: string
}

const ofUser: ErasureRule = { user: 'cascade', organization: '-' }
const ofBoth: ErasureRule = { user: 'cascade', organization: 'cascade' }
const ofOrganization: ErasureRule = { user: '-', organization: 'cascade' }
const content: ErasureRule = { user: 'contents', organization: 'contents' }

export const ERASURE_RULES: Record<string, ErasureRule> = {
  users: ofUser,
  sessions: ofUser,
  accounts: ofUser,
  refresh_tokens: ofUser,
  device_logins: ofUser,
  oidc_logins: ofUser,
  audit_actors: ofUser,
  two_factors: ofUser,
  recovery_codes: ofUser,
  mfa_challenges: ofUser,
  passkeys: ofUser,
  answered_challenges: { user: '-', organization: '-' },
  verifications: { user: 'purge', organization: '-' },
  email_tokens: { user: 'purge', organization: '-' },
  request_counts: { user: '-', organization: '-' },
  platform_setup: { user: 'purge', organization: '-' },
  signing_keys: { user: '-', organization: '-' },
  nodes: { user: '-', organization: '-' },
  organizations: ofOrganization,
  members: ofBoth,
  api_keys: ofBoth,
  invitations: { user: 'purge', organization: 'cascade' },
  master_keys: { user: '-', organization: '-' },
  tenant_keys: ofOrganization,
  root_keys: ofOrganization,
  usage: ofOrganization,
  usage_months: ofOrganization,
  groups: ofOrganization,
  pins: { user: 'unlink', organization: 'contents', stays: 'cid name name_folded meta origins' },
  files: { user: 'unlink', organization: 'contents', stays: 'cid original_name metadata' },
  file_links: { user: 'unlink', organization: 'cascade', stays: 'name' },
  file_link_windows: ofOrganization,
  incomplete_imports: { user: 'unlink', organization: 'contents', stays: 'name roots missing' },
  uploads: { user: 'unlink', organization: 'contents', stays: 'path metadata cid' },
  upload_folders: { user: 'unlink', organization: 'cascade', stays: 'name metadata cid' },
  upload_folder_entries: ofOrganization,
  gateways: ofOrganization,
  gateway_tokens: ofOrganization,
  gateway_domains: ofOrganization,
  ipns_keys: { user: 'unlink', organization: 'cascade', stays: 'label' },
  ipns_names: ofOrganization,
  ipns_publications: { user: 'unlink', organization: 'cascade', stays: 'value' },
  takedowns: { user: 'unlink', organization: '-', stays: 'case_number reason' },
  contents: content,
  fetches: content,
  fetch_queue: ofOrganization,
  fetch_arrivals: ofOrganization,
  tombstones: content,
  node_tombstones: content,
  damaged_blocks: content,
  quarantine: content,
  events: { user: 'purge', organization: 'purge' },
  idempotency_keys: { user: 'purge', organization: 'purge' },
  policy_log: content,
  // Named by hashes of what was public, until caches have let it go: erasure wants that, too.
  cache_purges: { user: '-', organization: '-' },
  // Append-only; who it was is told by `audit_actors` alone.
  audit_log: { user: '-', organization: '-' },
  erasures: { user: '-', organization: '-' },
  erasure_contents: { user: '-', organization: '-' },
}

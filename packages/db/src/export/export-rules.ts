import { type RawBuilder, sql } from 'kysely'

/** Which rows of a table, called `t`, are a user's or an organization's own. */
type Owned = (id: string) => RawBuilder<boolean>

export type ExportRule = {
  user?: Owned
  organization?: Owned /** Why not, where erasure takes rows that no export has. */
  withheld?: string
}

const byUser: Owned = (id) => sql`t.user_id = ${id}::uuid`
const byOrganization: Owned = (id) => sql`t.organization_id = ${id}::uuid`
const ofUser: ExportRule = { user: byUser }
const ofBoth: ExportRule = { user: byUser, organization: byOrganization }
const ofOrganization: ExportRule = { organization: byOrganization }
const secret = (what: string): ExportRule => ({ withheld: `${what}: a secret, and nothing else` })

/**
 * What an export holds, by table; columns come from `data-map.ts`: all but secrets. A table that erasure takes rows from and that is not here
 * fails a test.
 */
export const EXPORT_RULES: Record<string, ExportRule> = {
  users: { user: (id) => sql`t.id = ${id}::uuid` },
  sessions: ofUser,
  accounts: ofUser,
  two_factors: ofUser,
  passkeys: ofUser,
  mfa_challenges: secret('a sign-in that is under way'),
  recovery_codes: secret('hashes of codes'),
  device_logins: ofUser,
  oidc_logins: secret('a way to the sign-in provider that is under way'),
  refresh_tokens: secret('hashes of tokens'),
  tenant_keys: secret('a wrapped key'),
  root_keys: secret('wrapped keys'),
  audit_actors: secret('the pseudonym; rows of the audit log are exported with the user in its place'),
  verifications: secret('tokens'),
  platform_setup: { withheld: 'of the platform' },
  email_tokens: ofUser,
  organizations: { organization: (id) => sql`t.id = ${id}::uuid` },
  members: ofBoth,
  api_keys: ofBoth,
  invitations: {
    user: (id) =>
      sql`(t.inviter_id = ${id}::uuid or lower(t.email) = (select lower(email) from users where id = ${id}::uuid))`,
    organization: byOrganization,
  },
  usage: ofOrganization,
  usage_months: ofOrganization,
  groups: ofOrganization,
  pins: ofBoth,
  files: ofBoth,
  file_links: ofBoth,
  file_link_windows: secret('hashes of who has a download open'),
  gateways: ofOrganization,
  gateway_tokens: {
    organization: (id) => sql`t.gateway_id in (select id from gateways where organization_id = ${id}::uuid)`,
  },
  gateway_domains: {
    organization: (id) => sql`t.gateway_id in (select id from gateways where organization_id = ${id}::uuid)`,
  },
  ipns_keys: ofBoth,
  ipns_names: {
    organization: (id) => sql`t.key_id in (select id from ipns_keys where organization_id = ${id}::uuid)`,
  },
  ipns_publications: {
    user: byUser,
    organization: (id) => sql`t.name in (select name from ipns_keys where organization_id = ${id}::uuid)`,
  },
  takedowns: { user: (id) => sql`(t.created_by = ${id}::uuid or t.lifted_by = ${id}::uuid)` },
  incomplete_imports: ofBoth,
  uploads: ofBoth,
  upload_folders: ofBoth,
  upload_folder_entries: {
    organization: (id) => sql`t.folder_id in (select id from upload_folders where organization_id = ${id}::uuid)`,
  },
  contents: {
    organization: (id) => sql`t.id in (select content_id from pins where organization_id = ${id}::uuid)`,
  },
  fetches: { withheld: 'of the platform; what an organization waits for stands in its pins' },
  fetch_queue: { withheld: 'of the platform; what an organization waits for stands in its pins' },
  fetch_arrivals: { withheld: 'of the platform; what an organization waits for stands in its pins' },
  events: { user: (id) => sql`t.actor_id = ${id}::uuid`, organization: byOrganization },
  audit_log: {
    user: (id) => sql`t.actor = (select pseudonym from audit_actors where user_id = ${id}::uuid)`,
    organization: byOrganization,
  },
  node_tombstones: { withheld: 'what the platform keeps to give bytes back' },
  tombstones: { withheld: 'what the platform keeps to give bytes back' },
  damaged_blocks: { withheld: 'of the disk' },
  quarantine: { withheld: 'what the platform keeps to give bytes back' },
  policy_log: { withheld: 'what processes tell one another for a day; the same stands in the rows themselves' },
  cache_purges: { withheld: 'what caches are asked to let go, by hashes, for some seconds' },
  idempotency_keys: { withheld: 'copies of answers, for a day' },
}

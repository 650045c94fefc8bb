import type { Generated } from 'kysely'
import type { GeneratedTimestamp, Timestamp } from './columns.ts'

export type UsersTable = {
  id: string
  name: string
  email: string
  email_verified: Generated<boolean>
  image: string | null
  platform_role: Generated<'user' | 'operator'>
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

export type SessionsTable = {
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

export type AccountsTable = {
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

export type VerificationsTable = {
  id: string
  identifier: string
  value: string
  expires_at: Timestamp
  created_at: GeneratedTimestamp
  updated_at: GeneratedTimestamp
}

export type OrganizationsTable = {
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

export type MembersTable = {
  id: string
  organization_id: string
  user_id: string
  role: string
  created_at: GeneratedTimestamp
}

export type InvitationsTable = {
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

export type DeviceLoginsTable = {
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

export type OidcLoginsTable = {
  id: string
  state_hash: Buffer
  browser_hash: Buffer
  purpose: Generated<'sign-in' | 'link' | 'confirm'>
  session_id: string | null
  sealed: Buffer
  created_at: GeneratedTimestamp
  expires_at: Timestamp
}

export type EmailTokensTable = {
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

export type RequestCountsTable = {
  what: string
  key: Buffer
  window_start: Timestamp
  count: number
}

export type PlatformSetupTable = {
  singleton: Generated<boolean>
  token_hash: Buffer | null
  token_expires_at: Timestamp | null
  completed_at: Timestamp | null
  administrator_id: string | null
}

export type PasskeysTable = {
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

export type AnsweredChallengesTable = {
  challenge_hash: Buffer
  expires_at: Timestamp
}

export type TwoFactorsTable = {
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

export type RecoveryCodesTable = {
  user_id: string
  code_hash: Buffer
  created_at: GeneratedTimestamp
}

export type MfaChallengesTable = {
  id: string
  user_id: string
  token_hash: Buffer
  attempts: Generated<number>
  created_at: GeneratedTimestamp
  expires_at: Timestamp
}

export type RefreshTokensTable = {
  id: string
  session_id: string
  token_hash: Buffer
  created_at: GeneratedTimestamp
  expires_at: Timestamp
  used_at: Timestamp | null
}

export type ApiKeysTable = {
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

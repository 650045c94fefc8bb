import type { GeneratedTimestamp, Json, Timestamp } from './columns.ts'

export type SigningKeysTable = {
  kid: string
  public_jwk: Json
  private_sealed: Buffer
  created_at: GeneratedTimestamp
  retired_at: Timestamp | null
  signs_from: GeneratedTimestamp
}

/** A version of the master key, which is not here: it wraps the secret that the platform's own keys come from. */
export type MasterKeysTable = {
  version: number
  secret_wrapped: Buffer
  created_at: GeneratedTimestamp
}

export type TenantKeysTable = {
  organization_id: string
  wrapped: Buffer
  master_version: number
  created_at: GeneratedTimestamp
}

/** Keys of private roots; without its row a root is unreadable for ever. */
export type RootKeysTable = {
  content_id: string
  organization_id: string
  wrapped: Buffer
  created_at: GeneratedTimestamp
}

import type { Scope } from './scopes.ts'

export const ORGANIZATION_ROLES = ['owner', 'admin', 'developer', 'viewer', 'billing'] as const
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number]

/** What a membership is shown as. `unknown`, a role of another version or none at all, may do the least. */
export const HELD_ROLES = [...ORGANIZATION_ROLES, 'unknown'] as const
export type HeldRole = (typeof HELD_ROLES)[number]

export const heldRoleOf = (stored: string): HeldRole => ORGANIZATION_ROLES.find((role) => role === stored) ?? 'unknown'

export type PlatformRole = 'user' | 'operator'

/** What operators allow a tenant: `read-only` takes no changes, `suspended` allows nothing. */
export const ORGANIZATION_STATES = ['active', 'read-only', 'suspended'] as const
export type OrganizationState = (typeof ORGANIZATION_STATES)[number]

/** The organization of a user who is in none; no organization has this id. */
export const NO_ORGANIZATION = '00000000-0000-0000-0000-000000000000'

/**
 * Who makes a request, in which organization. Made by the authenticate plugin only; holds no secret.
 * `scopes` is 'all' for a session.
 */
export type Actor = {
  kind: 'session' | 'api-key'
  userId: string
  organizationId: string
  role: HeldRole
  organizationState: OrganizationState
  platformRole: PlatformRole
  scopes: ReadonlySet<Scope> | 'all'
  sessionId?: string
  apiKeyId?: string
}

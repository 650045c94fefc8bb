/** What an API key may be allowed to do; sessions hold all of them. */
export const SCOPES = ['files:read', 'files:write', 'pins:read', 'pins:write'] as const
export type Scope = (typeof SCOPES)[number]

export const ORGANIZATION_ROLES = ['owner', 'admin', 'member'] as const
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number]

export type PlatformRole = 'user' | 'operator'

/**
 * Who makes a request, in which organization. Made by the authenticate plugin only; holds no secret.
 * `scopes` is 'all' for a session.
 */
export type Actor = {
  kind: 'session' | 'api-key'
  userId: string
  organizationId: string
  role: OrganizationRole
  platformRole: PlatformRole
  scopes: ReadonlySet<Scope> | 'all'
  sessionId?: string
  apiKeyId?: string
}

import type { Actor, OrganizationRole, Scope } from './actor.ts'

export const ACTIONS = [
  'files:read',
  'files:write',
  'pins:read',
  'pins:write',
  'api-keys:manage',
  'usage:read',
  'audit-log:read',
  'users:create',
  'plans:read',
  'plans:write',
  'health:detail',
] as const
export type Action = (typeof ACTIONS)[number]

/** What is acted on: the organization that owns it and, where it matters, the user whose it is. Platform-wide: empty. */
export type Resource = { organizationId?: string; userId?: string }

/** `hidden`: the caller must not learn that it exists (404). */
export type Decision = 'allowed' | 'hidden' | 'insufficient_scope' | 'forbidden'

const SCOPE_OF: Partial<Record<Action, Scope>> = {
  'files:read': 'files:read',
  'files:write': 'files:write',
  'pins:read': 'pins:read',
  'pins:write': 'pins:write',
}

const PLATFORM_ACTIONS: ReadonlySet<Action> = new Set(['users:create', 'plans:read', 'plans:write', 'health:detail'])

/** What tells callers where they stand, whatever they may do otherwise. */
const OPEN_TO_ALL: ReadonlySet<Action> = new Set(['usage:read'])

const MANAGES_OTHERS: ReadonlySet<OrganizationRole> = new Set(['owner', 'admin'])

/**
 * Pure: who may do what to which resource, and how a refusal must look.
 * Across tenants everything is `hidden`. An API key does what its scopes name, and nothing else: it never
 * manages keys or the platform, whoever owns it.
 */
export const decide = (actor: Actor, action: Action, resource: Resource): Decision => {
  if (resource.organizationId !== undefined && resource.organizationId !== actor.organizationId) return 'hidden'
  if (OPEN_TO_ALL.has(action)) return 'allowed'
  if (actor.scopes !== 'all') {
    const scope = SCOPE_OF[action]
    if (scope === undefined) return 'forbidden'
    return actor.scopes.has(scope) ? 'allowed' : 'insufficient_scope'
  }
  if (PLATFORM_ACTIONS.has(action)) return actor.platformRole === 'operator' ? 'allowed' : 'forbidden'
  if (action === 'audit-log:read') return MANAGES_OTHERS.has(actor.role) ? 'allowed' : 'forbidden'
  if (action === 'api-keys:manage' && resource.userId !== undefined && resource.userId !== actor.userId)
    return MANAGES_OTHERS.has(actor.role) ? 'allowed' : 'hidden'
  return 'allowed'
}

/** True when `actor` may do `action` to `resource`. */
export const can = (actor: Actor, action: Action, resource: Resource = {}): boolean =>
  decide(actor, action, resource) === 'allowed'

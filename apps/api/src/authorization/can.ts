import type { Actor, HeldRole } from './actor.ts'
import { type Action, type Permission, PERMISSIONS } from './permissions.ts'

export type { Action } from './permissions.ts'

/** What is acted on: the organization that owns it and, where it matters, the user whose it is. Platform-wide: empty. */
export type Resource = { organizationId?: string; userId?: string }

/**
 * `hidden`: the caller must not learn that it exists (404). `session_only`: a key may not what its owner may. The last two: an
 * operator has closed the tenant to it.
 */
export type Decision =
  | 'allowed'
  | 'hidden'
  | 'forbidden'
  | 'session_only'
  | 'insufficient_scope'
  | 'read_only'
  | 'suspended'

/**
 * Pure: who may do what to which resource, and how a refusal must look, all from the table in `permissions.ts`.
 * Across tenants everything is `hidden`. An API key does what its scopes and its owner's role allow together.
 */
export const decide = (actor: Actor, action: Action, resource: Resource): Decision => {
  if (resource.organizationId !== undefined && resource.organizationId !== actor.organizationId) return 'hidden'
  const permission = PERMISSIONS[action]
  if (!allowsRole(permission, actor)) return 'forbidden'
  if (!allowsOwner(permission, actor, resource)) return 'hidden'
  if (permission.scope === 'session') {
    if (actor.kind !== 'session') return 'session_only'
  } else if (permission.scope !== 'any' && actor.scopes !== 'all' && !actor.scopes.has(permission.scope))
    return 'insufficient_scope'
  return decideByState(permission, actor)
}

/** True when `actor` may do `action` to `resource`. */
export const can = (actor: Actor, action: Action, resource: Resource = {}): boolean =>
  decide(actor, action, resource) === 'allowed'

const holds = (roles: readonly string[], role: HeldRole): boolean => roles.includes(role)

const allowsRole = ({ roles }: Permission, actor: Actor): boolean => {
  if (roles === 'anyone') return true
  return roles === 'operator' ? actor.platformRole === 'operator' : holds(roles, actor.role)
}

const allowsOwner = ({ othersToo }: Permission, actor: Actor, { userId }: Resource): boolean =>
  othersToo === undefined || userId === undefined || userId === actor.userId || holds(othersToo, actor.role)

/** An operator's own organization does not bind what they do to the platform. */
const decideByState = ({ effect, roles }: Permission, { organizationState: state }: Actor): Decision => {
  if (effect === 'self' || roles === 'operator' || state === 'active') return 'allowed'
  if (state === 'suspended') return 'suspended'
  return effect === 'read' ? 'allowed' : 'read_only'
}

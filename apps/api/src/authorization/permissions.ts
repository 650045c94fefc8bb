import type { OrganizationRole } from './actor.ts'
import type { Scope } from './scopes.ts'

export type Permission = {
  /** Roles in the organization that may; `anyone` is every caller, `operator` those who run the platform. */
  readonly roles: readonly OrganizationRole[] | 'anyone' | 'operator'
  /** Roles that may also do it to what belongs to another member; for all others that is hidden. */
  readonly othersToo?: readonly OrganizationRole[]
  /** The scope that an API key needs; `any`: every key may, `session`: none may, whatever its scopes. */
  readonly scope: Scope | 'any' | 'session'
  /** `read` goes on in a read-only tenant, `write` does not, `self` even in a suspended one (it is about the caller alone). */
  readonly effect: 'read' | 'write' | 'self'
}

const OWNER = ['owner'] as const
const ADMINS = ['owner', 'admin'] as const
const MAKERS = ['owner', 'admin', 'developer'] as const
const READERS = [...MAKERS, 'viewer'] as const
const PAYERS = ['owner', 'admin', 'billing'] as const
const MEMBERS = [...READERS, 'billing'] as const

/**
 * Who may do what: the one table. A row for each action; what no row allows is refused. Routes name their action in
 * `config.action`, verbs ask `authorize`, and `routes.test.ts` tries every route as every caller against it.
 */
const TABLE = {
  'account:read': { roles: 'anyone', scope: 'any', effect: 'self' },
  'account:write': { roles: 'anyone', scope: 'session', effect: 'self' },
  'account:export': { roles: 'anyone', scope: 'session', effect: 'self' },
  'organization:create': { roles: 'anyone', scope: 'session', effect: 'self' },

  'files:read': { roles: READERS, scope: 'files:read', effect: 'read' },
  'files:write': { roles: MAKERS, scope: 'files:write', effect: 'write' },
  /** Who holds a link reads without an account; making one is a change, seeing that there are some is not. */
  'links:read': { roles: READERS, scope: 'files:read', effect: 'read' },
  'links:write': { roles: MAKERS, scope: 'files:write', effect: 'write' },
  'pins:read': { roles: READERS, scope: 'pins:read', effect: 'read' },
  'pins:write': { roles: MAKERS, scope: 'pins:write', effect: 'write' },
  'groups:read': { roles: READERS, scope: 'pins:read', effect: 'read' },
  'groups:write': { roles: MAKERS, scope: 'pins:write', effect: 'write' },
  /** Of each kind only who may read what it is about is told. */
  'events:read': { roles: MEMBERS, scope: 'any', effect: 'read' },
  'gateways:read': { roles: READERS, scope: 'gateways:read', effect: 'read' },
  'gateways:write': { roles: MAKERS, scope: 'gateways:write', effect: 'write' },

  'ipns:read': { roles: READERS, scope: 'ipns:read', effect: 'read' },
  'ipns:write': { roles: MAKERS, scope: 'ipns:write', effect: 'write' },
  /** Who has the private key speaks for the name for ever, wherever they are. */
  'ipns:export': { roles: ADMINS, scope: 'session', effect: 'write' },

  'organization:read': { roles: MEMBERS, scope: 'organization:read', effect: 'read' },
  'organization:write': { roles: ADMINS, scope: 'organization:write', effect: 'write' },
  /** With all that it holds; also while an operator has shut it. */
  'organization:erase': { roles: OWNER, scope: 'session', effect: 'self' },
  'organization:export': { roles: OWNER, scope: 'session', effect: 'self' },
  'organization:import': { roles: OWNER, scope: 'session', effect: 'write' },
  'organization:leave': { roles: 'anyone', scope: 'session', effect: 'write' },
  'members:read': { roles: READERS, scope: 'members:read', effect: 'read' },
  'members:write': { roles: ADMINS, scope: 'members:write', effect: 'write' },
  /** Making, unmaking and removing owners; a key never does. */
  'owners:write': { roles: OWNER, scope: 'session', effect: 'write' },
  'billing:read': { roles: PAYERS, scope: 'billing:read', effect: 'read' },
  'billing:write': { roles: PAYERS, scope: 'billing:write', effect: 'write' },
  'audit-log:read': { roles: ADMINS, scope: 'audit:read', effect: 'read' },

  /** A key that makes keys would outlive its own end. */
  'api-keys:read': { roles: MEMBERS, othersToo: ADMINS, scope: 'session', effect: 'read' },
  'api-keys:create': { roles: MAKERS, othersToo: ADMINS, scope: 'session', effect: 'write' },
  'api-keys:revoke': { roles: MEMBERS, othersToo: ADMINS, scope: 'session', effect: 'write' },

  /** Where the organization stands in its limits. */
  'usage:read': { roles: 'anyone', scope: 'any', effect: 'read' },

  'users:create': { roles: 'operator', scope: 'admin:write', effect: 'write' },
  /** Taking a second factor away from who has lost it: for people, never for programs. */
  'users:recover': { roles: 'operator', scope: 'session', effect: 'write' },
  'tenants:read': { roles: 'operator', scope: 'admin:read', effect: 'read' },
  'tenants:write': { roles: 'operator', scope: 'admin:write', effect: 'write' },
  'tenants:erase': { roles: 'operator', scope: 'session', effect: 'write' },
  'plans:read': { roles: 'operator', scope: 'admin:read', effect: 'read' },
  'plans:write': { roles: 'operator', scope: 'admin:write', effect: 'write' },
  'takedowns:read': { roles: 'operator', scope: 'admin:read', effect: 'read' },
  'takedowns:write': { roles: 'operator', scope: 'admin:write', effect: 'write' },
  'nodes:read': { roles: 'operator', scope: 'admin:read', effect: 'read' },
  'nodes:write': { roles: 'operator', scope: 'admin:write', effect: 'write' },
  'health:detail': { roles: 'operator', scope: 'admin:read', effect: 'read' },
} as const satisfies Record<string, Permission>

export type Action = keyof typeof TABLE

export const PERMISSIONS: Readonly<Record<Action, Permission>> = TABLE

export const ACTIONS = Object.keys(TABLE) as Action[]

import { describe, expect, it } from 'vitest'
import { type Actor, HELD_ROLES, type HeldRole, type OrganizationState } from './actor.ts'
import { authorize } from './authorize.ts'
import { type Action, can, decide } from './can.ts'
import { ACTIONS, PERMISSIONS } from './permissions.ts'
import { GRANTS, SCOPES, scopesOf } from './scopes.ts'

const session = (role: HeldRole, platformRole: Actor['platformRole'] = 'user'): Actor => ({
  kind: 'session',
  userId: 'me',
  organizationId: 'mine',
  role,
  organizationState: 'active',
  platformRole,
  scopes: 'all',
  sessionId: 's',
})
const apiKey = (grants: string[], role: HeldRole = 'owner', platformRole: Actor['platformRole'] = 'user'): Actor => ({
  ...session(role, platformRole),
  kind: 'api-key',
  scopes: scopesOf(grants),
})

const OWN = { organizationId: 'mine', userId: 'me' }
const letters = { owner: 'O', admin: 'A', developer: 'D', viewer: 'V', billing: 'B', unknown: '?' } as const

/**
 * Written by hand, beside the table: roles that may (Owner, Admin, Developer, Viewer, Billing, ? a role nobody knows), `op` an
 * operator of the platform; then the scope of a key, and when it still works (r: read-only, s: suspended).
 */
const EXPECTED: Record<Action, string> = {
  'account:read': 'OADVB? any rs',
  'account:write': 'OADVB? session rs',
  'account:export': 'OADVB? session rs',
  'organization:create': 'OADVB? session rs',
  'files:read': 'OADV files:read r',
  'files:write': 'OAD files:write',
  'links:read': 'OADV files:read r',
  'links:write': 'OAD files:write',
  'pins:read': 'OADV pins:read r',
  'pins:write': 'OAD pins:write',
  'groups:read': 'OADV pins:read r',
  'groups:write': 'OAD pins:write',
  'events:read': 'OADVB any r',
  'gateways:read': 'OADV gateways:read r',
  'gateways:write': 'OAD gateways:write',
  'ipns:read': 'OADV ipns:read r',
  'ipns:write': 'OAD ipns:write',
  'ipns:export': 'OA session',
  'organization:read': 'OADVB organization:read r',
  'organization:write': 'OA organization:write',
  'organization:erase': 'O session rs',
  'organization:export': 'O session rs',
  'organization:import': 'O session',
  'organization:leave': 'OADVB? session',
  'members:read': 'OADV members:read r',
  'members:write': 'OA members:write',
  'owners:write': 'O session',
  'billing:read': 'OAB billing:read r',
  'billing:write': 'OAB billing:write',
  'audit-log:read': 'OA audit:read r',
  'api-keys:read': 'OADVB session r',
  'api-keys:create': 'OAD session',
  'api-keys:revoke': 'OADVB session',
  'usage:read': 'OADVB? any r',
  'users:create': 'op admin:write rs',
  'users:recover': 'op session rs',
  'tenants:read': 'op admin:read rs',
  'tenants:write': 'op admin:write rs',
  'tenants:erase': 'op session rs',
  'plans:read': 'op admin:read rs',
  'plans:write': 'op admin:write rs',
  'takedowns:read': 'op admin:read rs',
  'takedowns:write': 'op admin:write rs',
  'nodes:read': 'op admin:read rs',
  'nodes:write': 'op admin:write rs',
  'health:detail': 'op admin:read rs',
}

const inState = (actor: Actor, organizationState: OrganizationState): Actor => ({ ...actor, organizationState })

describe('decide', () => {
  it.each(ACTIONS)('%s is for whom it should be', (action) => {
    const may = HELD_ROLES.filter((role) => can(session(role), action, OWN))
    const operator = session('owner', 'operator')
    const roles = may.length === 0 && can(operator, action) ? 'op' : may.map((role) => letters[role]).join('')
    const states = [
      can(inState(operator, 'read-only'), action, OWN) ? 'r' : '',
      can(inState(operator, 'suspended'), action, OWN) ? 's' : '',
    ].join('')
    expect(`${roles} ${PERMISSIONS[action].scope} ${states}`.trim()).toBe(EXPECTED[action])
  })

  it('lets a key do what its scopes name, and nothing else', () => {
    for (const scope of SCOPES)
      for (const action of ACTIONS) {
        const wanted = EXPECTED[action].split(' ')[1]
        const decision = decide(apiKey([scope], 'owner', 'operator'), action, OWN)
        const expected =
          wanted === scope || wanted === 'any'
            ? 'allowed'
            : wanted === 'session'
              ? 'session_only'
              : 'insufficient_scope'
        expect([scope, action, decision]).toEqual([scope, action, expected])
      }
  })

  it('gives a key no more than the role of its owner, whatever its scopes', () => {
    for (const role of HELD_ROLES)
      for (const action of ACTIONS)
        if (!can(session(role), action, OWN)) expect(can(apiKey([...GRANTS], role), action, OWN)).toBe(false)
  })

  it('hides what is of another organization, whoever asks for whatever', () => {
    const actors = [...HELD_ROLES.map((role) => session(role)), session('owner', 'operator'), apiKey([...GRANTS])]
    for (const actor of actors)
      for (const action of ACTIONS) expect(decide(actor, action, { organizationId: 'theirs' })).toBe('hidden')
  })

  it("lets owners and admins manage other people's keys, and hides them from the others", () => {
    const decisions = HELD_ROLES.map((role) =>
      decide(session(role), 'api-keys:revoke', { organizationId: 'mine', userId: 'another' }),
    )
    expect(decisions).toEqual(['allowed', 'allowed', 'hidden', 'hidden', 'hidden', 'forbidden'])
  })
})

describe('scopes', () => {
  it('by wildcard are all of their family and none of another', () => {
    expect([...scopesOf(['pins:*'])]).toEqual(['pins:read', 'pins:write'])
    expect([...scopesOf(['admin:*', 'files:read'])]).toEqual(['files:read', 'admin:read', 'admin:write'])
    expect([...scopesOf(['*', '*:*', 'pins', 'pins:', ':*', 'pin:*', 'PINS:*'])]).toEqual([])
    expect(scopesOf([...GRANTS]).size).toBe(SCOPES.length)
  })
})

const codeOf = (actor: Actor | null, action: Action, resource = {}): string => {
  try {
    authorize(actor, action, resource)
    return 'none'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'other'
  }
}

describe('authorize', () => {
  it('throws what the caller may know', () => {
    const owner = session('owner')
    expect(codeOf(null, 'files:read')).toBe('unauthenticated')
    expect(codeOf(owner, 'files:read', { organizationId: 'theirs' })).toBe('not_found')
    expect(codeOf(apiKey(['files:read']), 'files:write', OWN)).toBe('insufficient_scope')
    expect(codeOf(owner, 'users:create')).toBe('forbidden')
    expect(codeOf(inState(owner, 'read-only'), 'files:write', OWN)).toBe('organization_read_only')
    expect(codeOf(inState(owner, 'suspended'), 'files:read', OWN)).toBe('organization_suspended')
    expect(codeOf(owner, 'files:read', OWN)).toBe('none')
  })
})

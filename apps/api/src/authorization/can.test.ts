import { describe, expect, it } from 'vitest'
import { type Actor, ORGANIZATION_ROLES, type OrganizationRole, SCOPES, type Scope } from './actor.ts'
import { authorize } from './authorize.ts'
import { type Action, ACTIONS, can, type Decision, decide } from './can.ts'

const session = (role: OrganizationRole, platformRole: Actor['platformRole'] = 'user'): Actor => ({
  kind: 'session',
  userId: 'me',
  organizationId: 'mine',
  role,
  platformRole,
  scopes: 'all',
  sessionId: 's',
})
const apiKey = (scopes: Scope[], platformRole: Actor['platformRole'] = 'user'): Actor => ({
  ...session('owner', platformRole),
  kind: 'api-key',
  scopes: new Set(scopes),
})

const OWN = { organizationId: 'mine', userId: 'me' }
const A: Decision = 'allowed'
const F: Decision = 'forbidden'
const S: Decision = 'insufficient_scope'

const actors = {
  operator: session('owner', 'operator'),
  owner: session('owner'),
  admin: session('admin'),
  member: session('member'),
  'key with all scopes': apiKey([...SCOPES]),
  "operator's key": apiKey([...SCOPES], 'operator'),
  'key files:read': apiKey(['files:read']),
  'key pins:write': apiKey(['pins:write']),
  'key without scopes': apiKey([]),
}

/** Who may do what to what is theirs: a row for each caller, a column for each action in the order of ACTIONS. */
const TABLE: Record<keyof typeof actors, Decision[]> = {
  //  files:read files:write pins:read pins:write api-keys usage audit-log users plans:read plans:write health
  operator: [A, A, A, A, A, A, A, A, A, A, A],
  owner: [A, A, A, A, A, A, A, F, F, F, F],
  admin: [A, A, A, A, A, A, A, F, F, F, F],
  member: [A, A, A, A, A, A, F, F, F, F, F],
  'key with all scopes': [A, A, A, A, F, A, F, F, F, F, F],
  "operator's key": [A, A, A, A, F, A, F, F, F, F, F],
  'key files:read': [A, S, S, S, F, A, F, F, F, F, F],
  'key pins:write': [S, S, S, A, F, A, F, F, F, F, F],
  'key without scopes': [S, S, S, S, F, A, F, F, F, F, F],
}

describe('decide', () => {
  for (const [name, actor] of Object.entries(actors))
    it(`${name} on what is theirs`, () => {
      const decisions = ACTIONS.map((action) => decide(actor, action, OWN))
      expect(decisions).toEqual(TABLE[name as keyof typeof actors])
    })

  it('hides what is of another organization, whoever asks for whatever', () => {
    for (const actor of Object.values(actors))
      for (const action of ACTIONS) expect(decide(actor, action, { organizationId: 'theirs' })).toBe('hidden')
  })

  it("lets owners and admins manage other people's keys, and hides them from members", () => {
    const decisions = ORGANIZATION_ROLES.map((role) =>
      decide(session(role), 'api-keys:manage', { organizationId: 'mine', userId: 'another' }),
    )
    expect(decisions).toEqual(['allowed', 'allowed', 'hidden'])
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
    expect(codeOf(null, 'files:read')).toBe('unauthenticated')
    expect(codeOf(actors.owner, 'files:read', { organizationId: 'theirs' })).toBe('not_found')
    expect(codeOf(actors['key files:read'], 'files:write', OWN)).toBe('insufficient_scope')
    expect(codeOf(actors.owner, 'users:create')).toBe('forbidden')
    expect(codeOf(actors.owner, 'files:read', OWN)).toBe('none')
    expect(can(actors.owner, 'files:read', OWN)).toBe(true)
  })
})

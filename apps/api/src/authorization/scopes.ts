/** What an API key may be allowed to do; sessions hold all of them. */
export const SCOPES = [
  'files:read',
  'files:write',
  'pins:read',
  'pins:write',
  'gateways:read',
  'gateways:write',
  'ipns:read',
  'ipns:write',
  'organization:read',
  'organization:write',
  'members:read',
  'members:write',
  'billing:read',
  'billing:write',
  'audit:read',
  'admin:read',
  'admin:write',
] as const
export type Scope = (typeof SCOPES)[number]

type Family<S> = S extends `${infer F}:${string}` ? F : never

/** `pins:*` is every scope of pins, those of later versions too. */
export type Wildcard = `${Family<Scope>}:*`
export type Grant = Scope | Wildcard

const familyOf = (scope: string): string => scope.slice(0, scope.indexOf(':'))

const WILDCARDS = [...new Set(SCOPES.map(familyOf))].map((family) => `${family}:*` as Wildcard)

/** Everything that a key's `scopes` may name. */
export const GRANTS: readonly Grant[] = [...SCOPES, ...WILDCARDS]

/** What a new key gets unless it says otherwise: content, and nothing of the organization or the platform. */
export const DEFAULT_GRANTS: readonly Grant[] = ['files:read', 'files:write', 'pins:read', 'pins:write']

/** The scopes that grants amount to; what this version does not know gives nothing. */
export const scopesOf = (grants: readonly string[]): ReadonlySet<Scope> =>
  new Set(SCOPES.filter((scope) => grants.includes(scope) || grants.includes(`${familyOf(scope)}:*`)))

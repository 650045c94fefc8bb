import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { declaredRoutes } from '../openapi/declared-routes.ts'
import { openApiDocument } from '../openapi/openapi-document.ts'
import { openApiPath } from '../openapi/describe-operation.ts'
import { buildTestContentApi, PASSWORD, type TestApi, type TestUser } from '../testing/test-api.ts'
import { type OrganizationRole, ORGANIZATION_ROLES } from './actor.ts'
import { type Permission, PERMISSIONS } from './permissions.ts'
import { matrixFixtures } from './matrix-fixtures.ts'
import { SCOPES } from './scopes.ts'

/**
 * Every route that needs a caller, as every caller, against the permission table. Routes come from the declarations that
 * OpenAPI is made of: one without `config.action` fails here. What an answer of the route itself is (2xx, 400 for the body,
 * 404 for the thing), is `-`; what is about another tenant's thing must be 404.
 */
type Headers = Record<string, string>
type Operation = { method: string; url: string; permission: Permission; example: unknown }

const routes = (await declaredRoutes()).filter(({ method, url }) => method !== 'HEAD' && /^\/(api\/v1|psa)\//.test(url))
const guarded = routes.filter(({ config }) => (config?.access ?? 'authenticated') === 'authenticated')

/** The Pinning Service API has a document of its own. */
const isPsa = (url: string): boolean => url.startsWith('/psa/')
const A_PIN = { cid: 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e' }

/** Who proves who they are again does it by the password that everybody has here. */
const withOurPassword = (example: unknown): unknown =>
  typeof example === 'object' && example !== null && 'password' in example
    ? { ...example, password: PASSWORD }
    : example

const operations: Operation[] = guarded.flatMap(({ method, url, config, schema }) =>
  config?.action === undefined
    ? []
    : [
        {
          method,
          url,
          permission: PERMISSIONS[config.action],
          example: withOurPassword(schema?.docs?.example) ?? (isPsa(url) && method === 'POST' ? A_PIN : undefined),
        },
      ],
)

/** Bytes of a resumable upload; other routes do not look at these headers, and take JSON by the example. */
const TUS = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }

/** Names content of the world, which is nobody's. */
const ABOUT_NO_TENANT = ['POST /api/v1/pins/:hash']

let api: TestApi
let operator: TestUser
let stranger: TestUser
let frozen: Headers
let suspended: Headers
let shared: Callers
let fixtures: ReturnType<typeof matrixFixtures>

type Callers = { owner: TestUser; roles: Record<OrganizationRole | 'unknown', Headers> }

/** An owner, and one member for each role. */
const makeCallers = async (): Promise<Callers> => {
  const owner = await api.addUser(operator)
  const roles: Record<string, Headers> = { owner: owner.headers }
  for (const role of [...ORGANIZATION_ROLES.slice(1), 'superuser']) {
    const user = await api.addUser(operator)
    const row = { id: randomUUIDv7(), organization_id: owner.organizationId, user_id: user.id, role }
    await api.db.kysely.insertInto('members').values(row).execute()
    roles[role === 'superuser' ? 'unknown' : role] = { ...user.headers, 'holdfast-org': owner.organizationId }
  }
  return { owner, roles: roles as Callers['roles'] }
}

const inState = async (state: 'read-only' | 'suspended'): Promise<Headers> => {
  const user = await api.addUser(operator)
  await api.db.kysely.updateTable('organizations').set({ state }).where('id', '=', user.organizationId).execute()
  return user.headers
}

beforeAll(async () => {
  // A host that has passkeys.
  api = await buildTestContentApi({ mailConfigured: true, publicUrl: 'https://files.example.org' })
  operator = await api.setUp()
  stranger = await api.addUser(operator)
  frozen = await inState('read-only')
  suspended = await inState('suspended')
  shared = await makeCallers()
  fixtures = matrixFixtures(api)
}, 60_000)
afterAll(() => api.stop())

const call = async ({ method, url, example }: Operation, path: string, as: Headers): Promise<number> => {
  const isForm = /\/(upload|cid|car)$/.test(url) && method === 'POST'
  const reply = await api.app.inject({
    method: method as 'GET' | 'POST',
    url: path,
    headers: {
      ...as,
      // A stream would not end.
      ...(url === '/api/v1/events' ? { accept: 'application/json' } : {}),
      ...(isForm ? { 'content-type': 'multipart/form-data; boundary=x' } : {}),
      ...(url.includes(':upload') && method === 'PATCH' ? TUS : {}),
    },
    ...(isForm ? { payload: '--x--\r\n' } : {}),
    ...(example === undefined ? {} : { payload: example as object }),
  })
  if (reply.statusCode >= 500) throw new Error(`${method} ${url}: ${reply.body}`)
  return reply.statusCode
}

const refusal = (status: number): string => (status === 401 || status === 403 ? String(status) : '-')

/** What the table says, read as plainly as it is written. */
const expected = ({ roles, scope, effect }: Permission): Record<string, string> => {
  const ofRole = (role: string): string =>
    roles === 'anyone' || (roles !== 'operator' && roles.some((one) => one === role)) ? '-' : '403'
  const keyScope = scope === 'any' || scope === 'session' ? undefined : scope
  const ofKey = (holds: boolean): string =>
    scope === 'session' || (keyScope !== undefined && !holds) ? '403' : roles === 'operator' ? '403' : '-'
  const bound = effect !== 'self' && roles !== 'operator'
  return {
    nobody: '401',
    'no key of ours': '401',
    'revoked key': '401',
    'expired key': '401',
    'key with all other scopes': ofKey(false),
    'key with this scope': ofKey(true),
    ...Object.fromEntries([...ORGANIZATION_ROLES, 'unknown'].map((role) => [role, ofRole(role)])),
    operator: roles === 'operator' ? '-' : ofRole('owner'),
    "operator's key with all other scopes": scope === 'session' || keyScope !== undefined ? '403' : '-',
    'read-only tenant': bound && effect === 'write' ? '403' : ofRole('owner'),
    'suspended tenant': bound ? '403' : ofRole('owner'),
  }
}

const key = async (user: TestUser, body: object = {}): Promise<{ id: string; headers: Headers }> =>
  api.addApiKey(user, { name: 'x', ...body })

/** Makes the key's row differ, before it is used for the first time. */
const spoilt = async (user: TestUser, change: { revoked_at: Date } | { expires_at: Date }): Promise<Headers> => {
  const { id, headers } = await key(user)
  await api.db.kysely.updateTable('api_keys').set(change).where('id', '=', id).execute()
  return headers
}

/** Routes that take the caller's session or membership get callers of their own. */
const consumesCallers = ({ url, method, permission }: Operation): boolean =>
  method !== 'GET' && (permission.effect === 'self' || /\/member/.test(url))

it('each route that needs a caller names an action of the permission table', () => {
  const without = guarded.filter(({ config }) => config?.action === undefined)
  expect(without.map(({ method, url }) => `${method} ${url}`)).toEqual([])
  expect(operations.length).toBeGreaterThan(20)
})

it('the OpenAPI document tells the scope that each needs', () => {
  const { paths } = openApiDocument(routes) as { paths: Record<string, Record<string, { security: object[] }>> }
  for (const { method, url, permission } of operations.filter((one) => !isPsa(one.url))) {
    const { scope } = permission
    const { security } = paths[openApiPath(url)]?.[method.toLowerCase()] ?? { security: [] }
    const ofKeys = security.flatMap((one) => ('apiKey' in one ? [one.apiKey] : []))
    expect([url, ofKeys]).toEqual([url, scope === 'session' ? [] : [scope === 'any' ? [] : [scope]]])
  }
})

it.each(operations.map((operation) => [`${operation.method} ${operation.url}`, operation] as const))(
  '%s is for whom the table says, and 404 across tenants',
  { timeout: 60_000 },
  async (name, operation) => {
    const { permission } = operation
    const { owner, roles } = consumesCallers(operation) ? await makeCallers() : shared
    const others = SCOPES.filter((scope) => scope !== permission.scope)
    const here = permission.scope === 'any' || permission.scope === 'session' ? SCOPES : [permission.scope]
    const callers: Record<string, Headers> = {
      nobody: {},
      'no key of ours': { authorization: `Bearer hfast_${'0'.repeat(38)}` },
      'revoked key': await spoilt(owner, { revoked_at: new Date() }),
      'expired key': await spoilt(owner, { expires_at: new Date(Date.now() - 1_000) }),
      'key with all other scopes': (await key(owner, { scopes: others })).headers,
      'key with this scope': (await key(owner, { scopes: here })).headers,
      ...roles,
      operator: consumesCallers(operation) ? (await api.addUser(operator)).headers : operator.headers,
      "operator's key with all other scopes": (await key(operator, { scopes: others })).headers,
      'read-only tenant': permission.effect === 'self' && operation.method !== 'GET' ? roles.owner : frozen,
      'suspended tenant': permission.effect === 'self' && operation.method !== 'GET' ? roles.owner : suspended,
    }
    const nothing = fixtures.pathOfNothing(operation.url)
    const answers: Record<string, string> = {}
    const order = Object.entries(callers)
    // What names its organization in the path is another tenant's to those who are in none of it.
    const elsewhere = new Set([
      'operator',
      "operator's key with all other scopes",
      'read-only tenant',
      'suspended tenant',
    ])
    const named = operation.url.includes(':organizationId')
    for (const [caller, headers] of order) {
      if (named && elsewhere.has(caller)) continue
      answers[caller] = refusal(
        await call(operation, nothing.replace(':organizationId', owner.organizationId), headers),
      )
    }
    const wanted = Object.entries(expected(permission)).filter(([caller]) => !named || !elsewhere.has(caller))
    if (consumesCallers(operation)) for (const gone of ['read-only tenant', 'suspended tenant']) delete answers[gone]
    expect(answers).toEqual(
      Object.fromEntries(consumesCallers(operation) ? wanted.filter(([caller]) => !caller.endsWith('tenant')) : wanted),
    )
    if (!operation.url.includes('/:') || permission.roles === 'operator' || ABOUT_NO_TENANT.includes(name)) return
    const path = await fixtures.pathOf(operation.url, shared.owner)
    expect(await call(operation, path, stranger.headers)).toBe(404)
    // The owner finds it, or the line above would say nothing.
    expect([401, 403, 404]).not.toContain(await call(operation, path, shared.owner.headers))
  },
)

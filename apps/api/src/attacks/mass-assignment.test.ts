import { afterAll, beforeAll, expect, it } from 'vitest'
import { matrixFixtures } from '../authorization/matrix-fixtures.ts'
import { buildTestContentApi, type TestApi, type TestUser } from '../testing/test-api.ts'
import { pictureOf } from './database-picture.ts'
import { allOperations, closedObjects, type Operation, schemaAt, withField } from './json-operations.ts'

/** Every route that takes JSON is sent fields that are none of the caller's business; they come from OpenAPI. */
const operations = await allOperations()
const writes = operations.filter(({ body }) => body !== undefined)

let api: TestApi
let operator: TestUser
let victim: TestUser
beforeAll(async () => {
  const registration = { mode: 'open', perAddress: 100_000, perDomain: 100_000 } as const
  api = await buildTestContentApi({ mailConfigured: true, registration })
  operator = await api.setUp()
  victim = await api.addUser(operator)
})
afterAll(() => api.stop())

/** Where the caller may do everything, so that only the fields can be the reason. */
const pathFor = async ({ url }: Operation): Promise<string> => {
  if (url.startsWith('/api/v1/admin/')) return url.replace(':id', victim.organizationId).replace(':name', 'some-plan')
  return url.includes(':') ? matrixFixtures(api).pathOf(url, operator) : url
}

const extras = (): Record<string, unknown> => ({
  id: victim.id,
  userId: victim.id,
  user_id: victim.id,
  ownerId: victim.id,
  organizationId: victim.organizationId,
  organization_id: victim.organizationId,
  role: 'owner',
  platformRole: 'operator',
  platform_role: 'operator',
  isOperator: true,
  isAdmin: true,
  plan: 'unlimited',
  storageLimit: 1,
  scopes: ['admin:*'],
  state: 'active',
  status: 'pinned',
  emailVerified: true,
  email_verified: true,
  passwordHash: 'x',
  hash: 'x',
  createdAt: '2000-01-01T00:00:00Z',
  expiresAt: '2999-01-01T00:00:00Z',
  uses: 0,
  constructor: 'x',
  toString: 'x',
})

it.each(writes.map((operation) => [operation.name, operation] as const))(
  '%s takes no field that it does not name, at any depth, and changes nothing',
  async (_name, operation) => {
    const path = await pathFor(operation)
    const send = (body: unknown) =>
      api.call(operation.method, path, {
        body: body as object,
        ...(operation.access === 'public' ? {} : { as: operator.headers }),
      })
    const before = await pictureOf(api.db)
    const places = closedObjects(operation.body, operation.sample)
    expect(places).toContainEqual([])
    const answers: unknown[] = []
    for (const place of places) {
      const named = Object.keys(schemaAt(operation.body, place)?.properties ?? {})
      for (const [field, value] of Object.entries(extras())) {
        if (named.includes(field)) continue
        const reply = await send(withField(operation.sample, place, field, value))
        const { status, code, errors = [] } = reply.json()
        const told = errors.some(({ path: at }: { path: string }) => at === [...place, field].join('.'))
        if (status !== 400 || code !== 'unknown_field' || !told) answers.push([...place, field, status, code, errors])
      }
    }
    expect(answers).toEqual([])
    expect(await pictureOf(api.db)).toEqual(before)
    // The same body without them is another matter, or the lines above would say nothing.
    expect((await send(operation.sample)).body).not.toContain('unknown_field')
  },
)

it('tries every route that takes JSON', () => {
  expect(writes.length).toBeGreaterThan(20)
})

const reads = operations.filter(({ method, access }) => method === 'GET' && access !== 'public')

it.each(reads.map((operation) => [operation.name, operation] as const))(
  '%s is not led to another tenant by its query, nor confused by a parameter that comes twice',
  async (_name, operation) => {
    const path = await pathFor(operation)
    const get = (query: string) => api.call('GET', `${path}${query}`, { as: operator.headers })
    // What the caller has done to the other tenant, as an operator, stands in an export of the caller's; what is the other's does not.
    const sign = /^GET \/api\/v1\/(account|organizations\/:\w+)\/export$/.test(operation.name)
      ? victim.email
      : victim.organizationId
    for (const name of ['organizationId', 'organization_id', 'userId', 'orgId']) {
      if (operation.query.includes(name)) continue
      const reply = await get(`?${name}=${victim.organizationId}`)
      expect(reply.body).not.toContain(sign)
      expect(reply.statusCode).toBeLessThan(500)
    }
    for (const name of operation.query) {
      const reply = await get(`?${name}=1&${name}=2`)
      expect([name, reply.statusCode]).toEqual([name, 400])
    }
  },
)

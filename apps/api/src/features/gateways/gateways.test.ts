import { randomUUID } from 'node:crypto'
import { hashGatewayToken } from '@packages/db/gateway-token'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import { GATEWAY_CHANGES } from '../../gateway-changes.ts'
import { MAX_TOKENS } from './change-tokens.ts'
import { MAX_GATEWAYS } from './create-gateway.ts'

let api: TestApi
let operator: TestUser
let owner: TestUser
let stranger: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
  ;[owner, stranger] = await Promise.all([api.addUser(operator), api.addUser(operator)])
})
afterAll(() => api.stop())

const newName = (): string => `g-${randomUUID()}`
const create = (body: object, as = owner) => api.call('POST', '/api/v1/gateways', { as: as.headers, body })
const make = async (body: object = {}): Promise<string> => (await create({ name: newName(), ...body })).json().id
const change = (id: string, body: object, as = owner) =>
  api.call('PATCH', `/api/v1/gateways/${id}`, { as: as.headers, body })
const get = (id: string, as = owner) => api.call('GET', `/api/v1/gateways/${id}`, { as: as.headers })
const remove = (path: string, as = owner) => api.call('DELETE', `/api/v1/gateways/${path}`, { as: as.headers })
const addToken = (id: string, as = owner) =>
  api.call('POST', `/api/v1/gateways/${id}/tokens`, { as: as.headers, body: { name: 'a site' } })
/** What workers were told of a name, the last word first. */
const told = async (name: string): Promise<unknown[]> => {
  const rows = await api.db.kysely
    .selectFrom('policy_log')
    .select('payload')
    .where('kind', '=', 'gateway.changed')
    .orderBy('policy_log.id', 'desc')
    .execute()
  return rows
    .map(({ payload }) => payload as { name: string; gateway: unknown })
    .flatMap((entry) => (entry.name === name ? [entry.gateway] : []))
}

it('asks for a token unless it says otherwise, and is told to workers whole with each change', async () => {
  const name = newName()
  const reply = await create({ name, allowedAddresses: ['192.0.2.0/24'], requestsPerMinute: 60 })
  expect([reply.statusCode, reply.json()]).toMatchObject([
    201,
    {
      name,
      mode: 'pinned',
      tokenRequired: true,
      allowedAddresses: ['192.0.2.0/24'],
      requestsPerMinute: 60,
      tokens: [],
    },
  ])
  const { id } = reply.json()
  const made = await addToken(id)
  const { token, id: tokenId } = made.json()
  expect([made.statusCode, token]).toEqual([201, expect.stringMatching(/^hfgw_[0-9a-f]{64}$/)])
  expect((await told(name))[0]).toMatchObject({ id, tokenRequired: true, tokens: [hashGatewayToken(token)] })
  const shown = await get(id)
  expect(shown.json().tokens).toMatchObject([{ id: tokenId, name: 'a site' }])
  expect(shown.body).not.toContain(token)
  expect((await change(id, { allowedAddresses: [], requestsPerMinute: null })).json()).toMatchObject({
    allowedAddresses: [],
    requestsPerMinute: null,
    tokenRequired: true,
  })
  expect((await told(name))[0]).toMatchObject({ addresses: [], requestsPerMinute: null })
  expect((await remove(`${id}/tokens/${tokenId}`)).statusCode).toBe(204)
  expect((await told(name))[0]).toMatchObject({ tokens: [] })
  expect((await remove(`${id}/tokens/${tokenId}`)).statusCode).toBe(404)
  expect((await remove(id)).statusCode).toBe(204)
  expect((await told(name))[0]).toBeNull()
  expect((await get(id)).statusCode).toBe(404)
  const events = await api.db.kysely
    .selectFrom('events')
    .select('kind')
    .where('subject', '=', id)
    .orderBy('id')
    .execute()
  expect(events.map(({ kind }) => kind)).toEqual([
    'gateway.created',
    'gateway.token-created',
    'gateway.changed',
    'gateway.token-revoked',
    'gateway.deleted',
  ])
  const everything = await api.db.kysely.selectFrom('events').select('payload').execute()
  expect(JSON.stringify(everything)).not.toContain(token)
  expect((await create({ name }, stranger)).statusCode).toBe(201)
})

it('a repeat with an Idempotency-Key gets the first answer, and never a token', async () => {
  const headers = { ...owner.headers, 'idempotency-key': randomUUID() }
  const body = { name: newName() }
  const twice = async (path: string, sent: object) => {
    const [first, again] = [
      await api.call('POST', path, { as: headers, body: sent }),
      await api.call('POST', path, { as: headers, body: sent }),
    ]
    return { first, again }
  }
  const gateway = await twice('/api/v1/gateways', body)
  expect([gateway.again.statusCode, gateway.again.json()]).toEqual([201, gateway.first.json()])
  const token = await twice(`/api/v1/gateways/${gateway.first.json().id}/tokens`, { name: 'a site' })
  expect(token.first.statusCode).toBe(201)
  expect(token.again.json()).toMatchObject({ status: 409, code: 'already_completed' })
  expect((await get(gateway.first.json().id)).json().tokens).toHaveLength(1)
})

it('a name is one of all organizations together', async () => {
  const name = newName()
  expect((await create({ name })).statusCode).toBe(201)
  expect((await create({ name }, stranger)).json()).toMatchObject({ status: 409, code: 'already_exists' })
})

it('another organization’s is unknown', async () => {
  const id = await make()
  const tokenId = (await addToken(id)).json().id
  const replies = await Promise.all([
    get(id, stranger),
    change(id, { tokenRequired: false }, stranger),
    addToken(id, stranger),
    remove(`${id}/tokens/${tokenId}`, stranger),
    remove(id, stranger),
  ])
  expect(replies.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404, 404])
  const list = await api.call('GET', '/api/v1/gateways', { as: stranger.headers })
  expect(list.body).not.toContain(id)
  // Nor is a token ended by way of another gateway.
  expect((await remove(`${await make()}/tokens/${tokenId}`)).statusCode).toBe(404)
  expect((await get(id)).json()).toMatchObject({ tokenRequired: true, tokens: [{ id: tokenId }] })
})

it('those of a suspended organization answer no more, and do again afterwards', async () => {
  const user = await api.addUser(operator)
  const name = newName()
  await create({ name }, user)
  const setState = (state: string) =>
    api.call('PUT', `/api/v1/admin/organizations/${user.organizationId}/state`, {
      as: operator.headers,
      body: { state, reason: 'a test' },
    })
  await setState('suspended')
  expect((await told(name))[0]).toMatchObject({ closed: true, tokenRequired: true, tokens: [] })
  await setState('active')
  expect((await told(name))[0]).toMatchObject({ tokenRequired: true })
  expect((await told(name))[0]).not.toHaveProperty('closed')
})

describe('is refused', () => {
  it.each<[string, object]>([
    ['a short name', { name: 'ab' }],
    ['capitals', { name: 'Acme' }],
    ['a name with a dot', { name: 'a.b.c' }],
    ['a name that ends with -', { name: 'acme-' }],
    ['a name of the platform', { name: 'www' }],
    ['a name in punycode', { name: 'xn--acme-k4c' }],
    ['an address that is none', { allowedAddresses: ['192.0.2.0/33'] }],
    ['a host with a path', { allowedReferrers: ['example.org/a'] }],
    ['a wildcard in the middle', { allowedHosts: ['a.*.example'] }],
    ['a wildcard alone', { allowedReferrers: ['*'] }],
    ['no requests', { requestsPerMinute: 0 }],
    ['half a byte', { bytesPerMinute: 0.5 }],
    ['an index elsewhere', { indexPath: 'https://evil.example/' }],
    ['an index that is no content', { indexPath: '/files/x' }],
    ['an index above its root', { indexPath: '/ipfs/bafkqaaa/../x' }],
    ['an index above its root, encoded', { indexPath: '/ipfs/bafkqaaa/%2e%2e/x' }],
    ['an index with a query', { notFoundPath: '/ipfs/bafkqaaa/x?token=1' }],
    ['a mode of later', { mode: 'open' }],
    ['an unknown field', { tokens: ['x'] }],
  ])('%s', async (_, body) => {
    expect((await create({ name: newName(), ...body })).statusCode).toBe(400)
  })

  it('one more than an organization may have, and one more token', async () => {
    const user = await api.addUser(operator)
    const rows = Array.from({ length: MAX_GATEWAYS }, () => ({
      id: randomUUID(),
      organization_id: user.organizationId,
      name: newName(),
      token_required: true,
    }))
    await api.db.kysely.insertInto('gateways').values(rows).execute()
    expect((await create({ name: newName() }, user)).json()).toMatchObject({ code: 'quota_exceeded' })
    const [gateway] = rows
    const tokens = Array.from({ length: MAX_TOKENS }, () => ({
      id: randomUUID(),
      gateway_id: gateway?.id ?? '',
      name: 'x',
      token_hash: Buffer.from(randomUUID()),
    }))
    await api.db.kysely.insertInto('gateway_tokens').values(tokens).execute()
    expect((await addToken(gateway?.id ?? '', user)).json()).toMatchObject({ code: 'quota_exceeded' })
  })
})

it('an organization changes them some hundred times a minute and no more, and ends them at any time', async () => {
  const busy = await api.addUser(operator)
  const id: string = (await create({ name: newName() }, busy)).json().id
  const { id: tokenId } = (await addToken(id, busy)).json()
  const changes = Array.from({ length: GATEWAY_CHANGES.limit }, () =>
    change(randomUUID(), { requestsPerMinute: 1 }, busy),
  )
  expect((await Promise.all(changes)).filter(({ statusCode }) => statusCode === 429)).toHaveLength(2)
  const domain = { as: busy.headers, body: { domain: 'files.example.org' } }
  const refused = [
    await change(id, {}, busy),
    await create({ name: newName() }, busy),
    await addToken(id, busy),
    await api.call('POST', `/api/v1/gateways/${id}/domains`, domain),
  ]
  for (const { statusCode, headers } of refused)
    expect([statusCode, Number(headers['retry-after']) > 0]).toEqual([429, true])
  expect((await remove(`${id}/tokens/${tokenId}`, busy)).statusCode).toBe(204)
  expect((await remove(id, busy)).statusCode).toBe(204)
  expect((await create({ name: newName() })).statusCode).toBe(201)
})

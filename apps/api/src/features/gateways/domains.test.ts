import { randomUUID } from 'node:crypto'
import { startTestNameServer, type TestNameServer } from '@packages/runtime/dns/test-name-server'
import { createTxtLookUp } from '@packages/runtime/dns/txt-look-up'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import { MAX_DOMAINS } from './change-domains.ts'

let api: TestApi
let dns: TestNameServer
let operator: TestUser
let owner: TestUser
let stranger: TestUser
beforeAll(async () => {
  dns = await startTestNameServer()
  const gatewayDomains = { lookUpTxt: createTxtLookUp(dns.servers), ownHosts: ['app.holdfast.example', 'localhost'] }
  api = await buildTestApi({ gatewayDomains })
  operator = await api.setUp()
  ;[owner, stranger] = await Promise.all([api.addUser(operator), api.addUser(operator)])
})
afterAll(async () => {
  await api?.stop()
  await dns?.stop()
})

const newDomain = (): string => `d-${randomUUID()}.example.org`
const makeGateway = async (as = owner): Promise<string> => {
  const body = { name: `g-${randomUUID()}`, tokenRequired: false }
  return (await api.call('POST', '/api/v1/gateways', { as: as.headers, body })).json().id
}
const add = (gateway: string, domain: string, as = owner) =>
  api.call('POST', `/api/v1/gateways/${gateway}/domains`, { as: as.headers, body: { domain } })
const verify = (gateway: string, id: string, as = owner) =>
  api.call('POST', `/api/v1/gateways/${gateway}/domains/${id}/verify`, { as: as.headers })
const remove = (gateway: string, id: string, as = owner) =>
  api.call('DELETE', `/api/v1/gateways/${gateway}/domains/${id}`, { as: as.headers })
const get = async (gateway: string, as = owner) =>
  (await api.call('GET', `/api/v1/gateways/${gateway}`, { as: as.headers })).json()
const publish = (record: { name: string; value: string }): void => void dns.texts.set(record.name, [record.value])
/** What workers were told last of the domains of a gateway. */
const served = async (gateway: string): Promise<string[] | undefined> => {
  const rows = await api.db.kysely
    .selectFrom('policy_log')
    .select('payload')
    .where('kind', '=', 'gateway.changed')
    .orderBy('policy_log.id', 'desc')
    .execute()
  return rows
    .map(({ payload }) => (payload as { gateway: { id: string; domains: string[] } | null }).gateway)
    .find((one) => one?.id === gateway)?.domains
}

it('a domain waits for its record, is served by it, and ends with its removal', async () => {
  const [gateway, domain] = [await makeGateway(), newDomain()]
  const added = await add(gateway, domain)
  expect([added.statusCode, added.json()]).toMatchObject([
    201,
    {
      domain,
      state: 'pending',
      record: { name: `_holdfast.${domain}`, type: 'TXT', value: expect.stringMatching(/^holdfast=[0-9a-f]{40}$/) },
      problem: null,
      verifiedAt: null,
    },
  ])
  const { id, record } = added.json()
  const early = await verify(gateway, id)
  expect([early.statusCode, early.json()]).toMatchObject([200, { state: 'pending', problem: 'no-record' }])
  expect(await served(gateway)).toEqual([])
  publish(record)
  const verified = await verify(gateway, id)
  expect([verified.statusCode, verified.json()]).toMatchObject([200, { state: 'verified', problem: null }])
  expect(await served(gateway)).toEqual([domain])
  expect((await get(gateway)).domains).toMatchObject([{ id, domain, state: 'verified' }])
  expect((await remove(gateway, id)).statusCode).toBe(204)
  expect(await served(gateway)).toEqual([])
  expect((await remove(gateway, id)).statusCode).toBe(404)
  const again = (await add(gateway, domain)).json()
  expect([again.state, again.record.value === record.value]).toEqual(['pending', false])
  // The record that was left behind is no proof for the new row.
  expect((await verify(gateway, again.id)).json()).toMatchObject({ state: 'pending', problem: 'other-record' })
  const events = await api.db.kysely
    .selectFrom('events')
    .select(['kind', 'actor_id'])
    .where('subject', '=', gateway)
    .orderBy('id')
    .execute()
  const did = ['created', 'domain-added', 'domain-verified', 'domain-removed', 'domain-added']
  expect(events).toEqual(did.map((what) => ({ kind: `gateway.${what}`, actor_id: owner.id })))
})

it('is kept in its one spelling', async () => {
  const gateway = await makeGateway()
  const label = randomUUID()
  expect((await add(gateway, `Bücher.${label}.Example.`)).json().domain).toBe(`xn--bcher-kva.${label}.example`)
  expect((await add(gateway, `XN--BCHER-KVA.${label}.example`)).json()).toMatchObject({ code: 'already_exists' })
})

it.each([
  ['localhost'],
  ['example'],
  ['127.0.0.1'],
  ['[::1]'],
  ['*.example.org'],
  ['example.org:8080'],
  ['example.org/x'],
  ['https://example.org'],
  ['_holdfast.example.org'],
  ['app.holdfast.example'],
  ['x.App.Holdfast.example.'],
  ['acme.localhost'],
  [''],
  [`${'a'.repeat(250)}.org`],
])('%s is refused', async (domain) => {
  expect((await add(await makeGateway(), domain)).statusCode).toBe(400)
})

it('two organizations may name one domain, and the record says whose it is', async () => {
  const domain = newDomain()
  const [mine, theirs] = [await makeGateway(), await makeGateway(stranger)]
  const [ours, other] = [(await add(mine, domain)).json(), (await add(theirs, domain, stranger)).json()]
  expect(other.record.value).not.toBe(ours.record.value)
  publish(ours.record)
  expect((await verify(theirs, other.id, stranger)).json()).toMatchObject({ state: 'pending', problem: 'other-record' })
  expect((await verify(mine, ours.id)).json()).toMatchObject({ state: 'verified' })
  // A new owner of the domain has a new record: the one of before serves it no more, at once.
  publish(other.record)
  expect((await verify(theirs, other.id, stranger)).json()).toMatchObject({ state: 'verified' })
  expect((await get(mine)).domains).toMatchObject([{ state: 'pending', problem: 'other-record' }])
  expect([await served(mine), await served(theirs)]).toEqual([[], [domain]])
  expect((await verify(mine, ours.id)).json()).toMatchObject({ state: 'pending' })
  // Nobody is told of the other, not in the audit log either.
  const lost = await api.db.kysely
    .selectFrom('events')
    .select('actor_id')
    .where('kind', '=', 'gateway.domain-lost')
    .where('subject', '=', mine)
    .execute()
  expect(lost).toEqual([{ actor_id: null }])
  const audit = await api.db.kysely
    .selectFrom('audit_log')
    .selectAll()
    .where('organization_id', '=', owner.organizationId)
    .where('action', '=', 'gateway.domain-lost')
    .execute()
  expect(audit).toMatchObject([{ actor: null, request_id: null, client: null }])
})

it('another organization’s is unknown', async () => {
  const gateway = await makeGateway()
  const { id } = (await add(gateway, newDomain())).json()
  const replies = await Promise.all([
    add(gateway, newDomain(), stranger),
    verify(gateway, id, stranger),
    remove(gateway, id, stranger),
  ])
  expect(replies.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404])
  // Nor by way of another gateway, one's own or the stranger's.
  const elsewhere = await Promise.all([
    verify(await makeGateway(), id),
    remove(await makeGateway(), id),
    verify(await makeGateway(stranger), id, stranger),
    remove(await makeGateway(stranger), id, stranger),
  ])
  expect(elsewhere.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404])
  expect((await get(gateway)).domains).toMatchObject([{ id, state: 'pending' }])
})

it('a name server that does not answer proves nothing', async () => {
  const gateway = await makeGateway()
  const { id, record } = (await add(gateway, newDomain())).json()
  dns.failing.add(record.name)
  expect((await verify(gateway, id)).json()).toMatchObject({ state: 'pending', problem: 'look-up-failed' })
})

it('a repeat with an Idempotency-Key gets the first answer', async () => {
  const gateway = await makeGateway()
  const headers = { ...owner.headers, 'idempotency-key': randomUUID() }
  const body = { domain: newDomain() }
  const once = () => api.call('POST', `/api/v1/gateways/${gateway}/domains`, { as: headers, body })
  const [first, again] = [await once(), await once()]
  expect([again.statusCode, again.json()]).toEqual([201, first.json()])
  expect((await get(gateway)).domains).toHaveLength(1)
})

it('a gateway has so many and no more', async () => {
  const gateway = await makeGateway()
  const rows = Array.from({ length: MAX_DOMAINS }, () => ({
    id: randomUUID(),
    gateway_id: gateway,
    domain: newDomain(),
    proof: 'x',
  }))
  await api.db.kysely.insertInto('gateway_domains').values(rows).execute()
  expect((await add(gateway, newDomain())).json()).toMatchObject({ code: 'quota_exceeded' })
})

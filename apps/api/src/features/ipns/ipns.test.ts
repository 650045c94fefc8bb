import { randomUUID } from 'node:crypto'
import { rawBlock } from '@packages/content/car/test-cars'
import { ipnsKeyPair } from '@packages/content/ipns/ipns-key-pair'
import { createIpnsRecord } from '@packages/content/ipns/create-ipns-record'
import { readProtobuf } from '@packages/content/ipns/protobuf-fields'
import { verifyIpnsRecord } from '@packages/content/ipns/verify-ipns-record'
import { putIpnsRecord } from '@packages/db/ipns/put-ipns-record'
import { parseCid } from '@packages/shared/cid'
import { base58btc } from 'multiformats/bases/base58'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import { MAX_KEYS } from './create-key.ts'

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const DAY_MS = 86_400_000

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

const post = (path: string, body: object, as = owner.headers) => api.call('POST', `/api/v1/ipns${path}`, { as, body })
const get = (path: string, as = owner.headers) => api.call('GET', `/api/v1/ipns${path}`, { as })
const makeKey = async (): Promise<{ id: string; name: string }> => (await post('/keys', { label: randomUUID() })).json()
const publish = (id: string, body: object = {}) => post(`/keys/${id}/publish`, { value: CID, ...body })
const recordOf = async (name: string): Promise<Buffer> => {
  const query = api.db.kysely.selectFrom('ipns_names').select('record').where('name', '=', name)
  return (await query.executeTakeFirstOrThrow()).record
}
const toldOf = async (name: string): Promise<number> => {
  const query = api.db.kysely.selectFrom('policy_log').select('payload').where('kind', '=', 'ipns.published')
  return (await query.execute()).filter(({ payload }) => (payload as { name?: string }).name === name).length
}
const eventsOf = async (subject: string): Promise<string[]> => {
  const query = api.db.kysely.selectFrom('events').select('kind').where('subject', '=', subject).orderBy('id')
  return (await query.execute()).map(({ kind }) => kind)
}
const exportWith = (id: string, confirm: string, as = owner, password = as.password) =>
  post(`/keys/${id}/export`, { password, confirm }, as.headers)
const exported = (id: string, name: string) => exportWith(id, name)

describe('a key', () => {
  it('is made here, and its private half is neither answered nor stored in clear', async () => {
    const reply = await post('/keys', { label: 'the website' })
    const key = reply.json()
    expect([reply.statusCode, Object.keys(key).sort()]).toEqual([201, ['createdAt', 'id', 'label', 'name', 'type']])
    expect(key).toMatchObject({ label: 'the website', type: 'ed25519' })
    expect(key.name).toMatch(/^k51[0-9a-z]{59}$/)
    expect((await get(`/keys/${key.id}`)).json()).toEqual(key)
    expect((await get('/keys')).json().keys).toContainEqual(key)
    const shown = Buffer.from((await exported(key.id, key.name)).json().privateKey, 'base64')
    const seed = readProtobuf(shown)?.bytes.get(2)?.subarray(0, 32) ?? Buffer.alloc(0)
    expect(ipnsKeyPair(seed).name).toBe(key.name)
    const row = await api.db.kysely
      .selectFrom('ipns_keys')
      .select('private_sealed')
      .where('id', '=', key.id)
      .executeTakeFirstOrThrow()
    expect(row.private_sealed.includes(seed)).toBe(false)
  })

  it('has a label of its own in the organization', async () => {
    const label = randomUUID()
    expect((await post('/keys', { label })).statusCode).toBe(201)
    expect((await post('/keys', { label })).json()).toMatchObject({ status: 409, code: 'already_exists' })
    expect((await post('/keys', { label }, stranger.headers)).statusCode).toBe(201)
  })

  it('is shown in clear only to who names it and is signed in, and that is written down', async () => {
    const { id, name } = await makeKey()
    expect((await exportWith(id, 'yes')).json()).toMatchObject({ status: 400 })
    expect((await exportWith(id, name, owner, 'not the password')).json()).toMatchObject({
      status: 401,
      code: 'invalid_credentials',
    })
    expect((await post(`/keys/${id}/export`, { confirm: name })).json()).toMatchObject({ status: 400 })
    const apiKey = await api.addApiKey(owner, { name: 'x', scopes: ['ipns:*'] })
    const { password } = owner
    expect((await post(`/keys/${id}/export`, { password, confirm: name }, apiKey.headers)).json()).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: expect.stringContaining('signed in'),
    })
    expect(await eventsOf(id)).toEqual(['ipns.key-created'])
    const reply = await exported(id, name)
    expect([reply.statusCode, reply.headers['cache-control']]).toEqual([200, 'no-store'])
    expect(reply.json()).toMatchObject({ name, format: 'libp2p-protobuf-cleartext' })
    expect(await eventsOf(id)).toEqual(['ipns.key-created', 'ipns.key-exported'])
    const log = await api.db.kysely.selectFrom('audit_log').select('action').where('resource_id', '=', id).execute()
    expect(log.map(({ action }) => action)).toContain('ipns.key-exported')
    const everything = await api.db.kysely.selectFrom('events').select('payload').execute()
    expect(JSON.stringify(everything)).not.toContain(reply.json().privateKey)
  })

  it('that is deleted takes its name along, and gateways hear of it', async () => {
    const { id, name } = await makeKey()
    await publish(id)
    const told = await toldOf(name)
    expect((await api.call('DELETE', `/api/v1/ipns/keys/${id}`, { as: owner.headers })).statusCode).toBe(204)
    expect(await toldOf(name)).toBe(told + 1)
    expect((await publish(id)).statusCode).toBe(404)
    for (const table of ['ipns_names', 'ipns_publications'] as const)
      expect(await api.db.kysely.selectFrom(table).select('name').where('name', '=', name).execute()).toEqual([])
    expect((await eventsOf(id)).at(-1)).toBe('ipns.key-deleted')
  })

  it('there are no more of them than an organization may have', async () => {
    const { organizationId, headers } = await api.addUser(operator)
    await api.db.pool.query(
      `insert into ipns_keys (id, organization_id, label, name, private_sealed)
       select gen_random_uuid(), $1::uuid, n::text, 'k' || md5($1::uuid::text || n), '\\x00'::bytea from generate_series(1, $2::int) n`,
      [organizationId, MAX_KEYS],
    )
    expect((await post('/keys', { label: 'one more' }, headers)).json()).toMatchObject({ code: 'quota_exceeded' })
  })
})

describe('a publication', () => {
  it('is a record that the name’s key has signed, in force with its answer', async () => {
    const { id, name } = await makeKey()
    expect((await get('/names')).json().names.map((one: { name: string }) => one.name)).not.toContain(name)
    const before = Date.now()
    const reply = await publish(id, { lifetimeSeconds: 3_600, ttlSeconds: 60 })
    expect(reply.statusCode).toBe(201)
    expect(reply.json()).toMatchObject({ name, value: `/ipfs/${CID}`, sequence: '1', ttlSeconds: 60, way: 'key' })
    const record = verifyIpnsRecord(parseCid(name), await recordOf(name), Date.now())
    expect(record).toMatchObject({ value: `/ipfs/${CID}`, sequence: 1n, ttl: 60 })
    expect(record.validUntil - before).toBeGreaterThanOrEqual(3_600_000)
    expect(record.validUntil - Date.now()).toBeLessThanOrEqual(3_600_000)
    expect(await toldOf(name)).toBe(1)
    const shown = (await get('/names')).json().names.find((one: { name: string }) => one.name === name)
    expect(shown).toMatchObject({ keyId: id, value: `/ipfs/${CID}`, sequence: '1', republishedAt: null })
    expect(Date.parse(shown.validUntil)).toBe(record.validUntil)
    expect(await eventsOf(name)).toEqual(['ipns.published'])
  })

  it('has the longest value that is taken, whatever its letters', async () => {
    const { id } = await makeKey()
    const value = `/ipfs/${CID}/${'\u{10ffff}'.repeat(400)}${'€'.repeat(150)}`
    expect((await publish(id, { value })).json()).toMatchObject({ value })
  })

  it('is valid for 90 days and kept for five minutes, unless it says otherwise', async () => {
    const { id, name } = await makeKey()
    await publish(id, { value: '/ipns/example.org/docs/' })
    const { value, validUntil, ttl } = verifyIpnsRecord(parseCid(name), await recordOf(name), Date.now())
    expect([value, Math.round((validUntil - Date.now()) / DAY_MS), ttl]).toEqual(['/ipns/example.org/docs', 90, 300])
  })

  it('of many at once has a sequence of its own, and the highest is in force', async () => {
    const { id, name } = await makeKey()
    const values = Array.from({ length: 12 }, (_, at) => `/ipfs/${CID}/${at}`)
    const replies = await Promise.all(values.map((value) => publish(id, { value })))
    expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([201]))
    const made = replies.map((reply): { sequence: string; value: string } => reply.json())
    const sequences = made.map(({ sequence }) => Number(sequence)).sort((a, b) => a - b)
    expect(sequences).toEqual(Array.from({ length: 12 }, (_, at) => at + 1))
    const record = verifyIpnsRecord(parseCid(name), await recordOf(name), Date.now())
    expect(record.sequence).toBe(12n)
    expect(record.value).toBe(made.find(({ sequence }) => sequence === '12')?.value)
  })

  it('is above what somebody brought who has the key elsewhere', async () => {
    const { id, name } = await makeKey()
    await publish(id)
    const bytes = Buffer.from((await exported(id, name)).json().privateKey, 'base64')
    const { privateKey } = ipnsKeyPair(readProtobuf(bytes)?.bytes.get(2)?.subarray(0, 32) ?? Buffer.alloc(0))
    const bring = (sequence: bigint) => {
      const fields = { value: `/ipfs/${CID}/elsewhere`, sequence, validity: '2099-01-01T00:00:00Z', ttlSeconds: 1 }
      const record = createIpnsRecord(privateKey, fields)
      return api.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key: name, record, register: false }))
    }
    expect((await bring(41n)).result).toBe('stored')
    expect((await publish(id)).json()).toMatchObject({ sequence: '42' })
    expect((await bring(42n)).result).toBe('stored')
    expect((await bring(2n ** 64n - 1n)).result).toBe('stored')
    expect((await publish(id)).json()).toMatchObject({ status: 409, code: 'conflict' })
    const { publications } = (await get(`/keys/${id}/publications`)).json()
    expect(publications.map(({ way }: { way: string }) => way)).toEqual(['record', 'record', 'key', 'record', 'key'])
  })

  it('leads to nothing that is taken down, and neither does a name that is, until that is lifted', async () => {
    const { id, name } = await makeKey()
    const bad = rawBlock(randomUUID()).cid
    for (const cid of [`${bad}`, name]) {
      const body = { cid, caseNumber: 'K 1', reason: 'an order of a court' }
      const made = await api.call('POST', '/api/v1/admin/takedowns', { as: operator.headers, body })
      for (const value of cid === name ? [CID] : [`${bad}`, `/ipfs/${bad.toString(base58btc)}/a`])
        expect((await publish(id, { value })).json()).toMatchObject({ status: 403, code: 'content_denied' })
      await api.call('DELETE', `/api/v1/admin/takedowns/${made.json().id}`, { as: operator.headers })
    }
    expect(await eventsOf(name)).toEqual([])
    // The word of it comes by the policy log.
    await vi.waitFor(async () => expect((await publish(id, { value: `${bad}` })).statusCode).toBe(201), {
      timeout: 5_000,
    })
  })

  it('once with an Idempotency-Key', async () => {
    const { id } = await makeKey()
    const headers = { ...owner.headers, 'idempotency-key': randomUUID() }
    const first = await post(`/keys/${id}/publish`, { value: CID }, headers)
    const again = await post(`/keys/${id}/publish`, { value: CID }, headers)
    expect([again.statusCode, again.json()]).toEqual([201, first.json()])
    expect((await publish(id)).json().sequence).toBe('2')
  })

  it.each<[string, object]>([
    ['no content path', { value: 'https://evil.example' }],
    ['a path that is too long', { value: `/ipfs/${CID}/${'a'.repeat(1_024)}` }],
    ['dots to climb by', { value: `/ipfs/${CID}/../x` }],
    ['a life of seconds', { lifetimeSeconds: 59 }],
    ['a life of a generation', { lifetimeSeconds: 1e9 }],
    ['a time to live beyond its life', { lifetimeSeconds: 60, ttlSeconds: 61 }],
    ['no time to live', { ttlSeconds: 0 }],
    ['a sequence', { sequence: '7' }],
  ])('with %s is refused', async (_, body) => {
    const { id } = await makeKey()
    expect((await publish(id, body)).statusCode).toBe(400)
  })
})

describe('the history of a name', () => {
  it('goes back page by page', async () => {
    const { id } = await makeKey()
    for (let at = 0; at < 5; at++) await publish(id, { value: `/ipfs/${CID}/${at}` })
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await get(`/keys/${id}/publications?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      expect(page.statusCode).toBe(200)
      seen.push(...page.json().publications.map(({ sequence }: { sequence: string }) => sequence))
      cursor = page.json().nextCursor
    }
    expect(seen).toEqual(['5', '4', '3', '2', '1'])
    expect((await get(`/keys/${id}/publications?cursor=nonsense`)).json()).toMatchObject({ code: 'invalid_cursor' })
  })
})

it('another organization’s key is unknown', async () => {
  const { id, name } = await makeKey()
  await publish(id)
  const as = stranger.headers
  const replies = await Promise.all([
    get(`/keys/${id}`, as),
    get(`/keys/${id}/publications`, as),
    post(`/keys/${id}/publish`, { value: CID }, as),
    exportWith(id, name, stranger),
    api.call('DELETE', `/api/v1/ipns/keys/${id}`, { as }),
  ])
  expect(replies.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404, 404])
  expect((await get('/names', as)).body).not.toContain(name)
  expect((await get('/keys', as)).body).not.toContain(name)
  expect((await get(`/keys/${id}`)).statusCode).toBe(200)
})

it('a sealed key opens in its own row alone, be the other one another’s or our own', async () => {
  const [one, other] = [await makeKey(), await makeKey()]
  const theirs: { id: string } = (await post('/keys', { label: randomUUID() }, stranger.headers)).json()
  for (const { id } of [other, theirs]) {
    await api.db.pool.query(
      'update ipns_keys set private_sealed = (select private_sealed from ipns_keys where id = $1) where id = $2',
      [id, one.id],
    )
    expect((await publish(one.id)).statusCode).toBe(500)
    expect((await exported(one.id, one.name)).statusCode).toBe(500)
  }
  expect((await publish(other.id)).statusCode).toBe(201)
})

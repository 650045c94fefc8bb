import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody } from '../../../testing/multipart-form.ts'
import { startTestDatabase } from '@packages/db/test-database'
import { buildTestApiOn, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { startTestContent, type TestContent } from '../../../testing/test-content.ts'

type Tenant = Pick<TestUser, 'headers' | 'organizationId'>
let api: TestApi
let content: TestContent
let operator: TestUser
/** Small ones, so that few lines reach them. */
const bulkLimits = { lines: 60, lineBytes: 64 * 1024, chunkLines: 20, chunkBytes: 4 * 1024 * 1024 }
let spent: number
const LIMIT = 1_000_000
let left = LIMIT

const consume = async (_key: string, cost = 1) => {
  if (cost <= left) left -= cost
  else return { allowed: false, limit: LIMIT, remaining: left, resetMs: 7_000 }
  spent += cost
  return { allowed: true, limit: LIMIT, remaining: left, resetMs: 7_000 }
}

beforeAll(async () => {
  const unlimited = {
    consume: async () => ({ allowed: true, limit: Number.MAX_SAFE_INTEGER, remaining: 1, resetMs: 0 }),
  }
  const rateLimiters = {
    login: unlimited,
    account: unlimited,
    anonymous: unlimited,
    credential: { consume },
    user: unlimited,
    address: unlimited,
  }
  const database = await startTestDatabase()
  content = await startTestContent(database.db)
  api = await buildTestApiOn(database, { rateLimiters, content: { ...content.deps, bulkLimits } })
  operator = await api.setUp()
  await api.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await api.app.close()
  await content.stop()
  await api.stop()
})

/** An organization of the operator's own: cheaper than another user. */
const tenant = async (): Promise<Tenant> => {
  const reply = await api.call('POST', '/api/v1/organizations', { as: operator.headers, body: { name: 'Tenant' } })
  const { id } = reply.json()
  return { organizationId: id, headers: { ...operator.headers, 'holdfast-org': id } }
}

const NDJSON = 'application/x-ndjson'
const strange = (): string => `f01551220${randomBytes(32).toString('hex')}`
const ndjson = (lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')
const parsed = (text: string): Record<string, unknown>[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

const post = async (
  user: Pick<TestUser, 'headers'>,
  payload: string,
  { path = '/api/v1/pins/bulk', type = NDJSON, headers = {} as Record<string, string> } = {},
) =>
  api.app.inject({
    method: 'POST',
    url: path,
    headers: { ...user.headers, 'content-type': type, ...headers },
    payload,
  })
const bulk = async (...args: Parameters<typeof post>) => {
  const reply = await post(...args)
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return parsed(reply.body)
}
const unpin = (user: Tenant, lines: unknown[], headers: Record<string, string> = {}) =>
  bulk(user, ndjson(lines), { path: '/api/v1/pins/bulk/unpin', headers })
const upload = async (user: Tenant, size = 100) => {
  const headers = { ...user.headers, ...FORM_HEADERS }
  const payload = formBody([filePart(randomBytes(size))])
  const reply = await api.app.inject({ method: 'POST', url: '/api/v1/files/upload', headers, payload })
  return reply.json().file as { cid: string }
}
const pins = async (user: Tenant) => {
  const { rows } = await api.db.pool.query(
    'select id, cid, name, meta, status from pins where organization_id = $1 order by created_at',
    [user.organizationId],
  )
  return rows
}
const summary = (lines: number, refused = 0) => ({ summary: { lines, done: lines - refused, refused } })

const error = (code: string) => ({ error: { code, detail: expect.any(String) } })

/** A request whose body is sent piece by piece. */
const open = (user: Pick<TestUser, 'headers'>, headers: Record<string, string> = {}) => {
  const { port } = api.app.server.address() as AddressInfo
  const sent: ClientRequest = request({
    port,
    method: 'POST',
    path: '/api/v1/pins/bulk',
    headers: { ...user.headers, 'content-type': NDJSON, ...headers },
  })
  const reply = (once(sent, 'response') as Promise<[IncomingMessage]>).then(([message]) => message)
  reply.catch(() => undefined)
  return { sent, reply }
}
const text = async (message: IncomingMessage) => Buffer.concat(await message.toArray()).toString()

const table = (count: number) => `cid\n${Array.from({ length: count }, () => `${strange()}\n`).join('')}`

describe('POST /pins/bulk', () => {
  it('pins line by line: what is held at once, what is not later, and bad lines hinder no other', async () => {
    const [one, two] = [await tenant(), await tenant()]
    const { cid: held } = await upload(one, 1_000)
    const [a, b] = [strange(), strange()]
    const told = await bulk(
      two,
      [
        JSON.stringify({ cid: a, name: 'a', meta: { n: 1 } }),
        'no JSON',
        '',
        JSON.stringify({ cid: 'nonsense' }),
        JSON.stringify({ cid: held }),
        JSON.stringify({ cid: b, colour: 'red' }),
        JSON.stringify({ cid: b, name: 'x'.repeat(256) }),
        JSON.stringify({ cid: a, name: 'again' }),
        `{"cid":"${a}","name":"${'y'.repeat(70_000)}"}`,
        JSON.stringify({ cid: b, meta: { k: 'v'.repeat(20_000) } }),
      ].join('\n'),
    )
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(told).toEqual([
      { line: 1, requestid: id, cid: a, status: 'queued' },
      { line: 2, ...error('invalid_json') },
      { line: 4, ...error('invalid_cid') },
      { line: 5, requestid: id, cid: held, status: 'pinned' },
      { line: 6, ...error('unknown_field') },
      { line: 7, ...error('invalid_request') },
      { line: 8, requestid: id, cid: a, status: 'queued' },
      { line: 9, ...error('payload_too_large') },
      { line: 10, ...error('invalid_metadata') },
      summary(9, 6),
    ])
    expect(await pins(two)).toMatchObject([
      { id: told[0]?.['requestid'], cid: a, name: 'a', meta: { n: 1 } },
      { cid: held, status: 'pinned' },
      { cid: a, name: 'again' },
    ])
    // The request stands in the audit log for its lines, which have their events all the same.
    const { rows: audit } = await api.db.pool.query('select action from audit_log where organization_id = $1', [
      two.organizationId,
    ])
    expect(audit.filter(({ action }) => action === 'pin.created')).toEqual([])
    const { rows: events } = await api.db.pool.query(
      `select count(*) as n from events where organization_id = $1 and kind = 'pin.created'`,
      [two.organizationId],
    )
    expect(events).toEqual([{ n: 3 }])
  })

  it('takes parts of what is held as roots of their own, once each', async () => {
    const [one, two] = [await tenant(), await tenant()]
    const bytes = randomBytes(2_500_000)
    const headers = { ...one.headers, ...FORM_HEADERS }
    const payload = formBody([filePart(bytes)])
    await api.app.inject({ method: 'POST', url: '/api/v1/files/upload', headers, payload })
    const leaf = `f01551220${(await crypto.subtle.digest('SHA-256', bytes.subarray(0, 1_048_576)).then((d) => Buffer.from(d))).toString('hex')}`
    const told = await bulk(two, ndjson([{ cid: leaf }, { cid: leaf, name: 'second' }]))
    expect(told.map((line) => line['status'])).toEqual(['pinned', 'pinned', undefined])
    const { rows } = await api.db.pool.query('select stored_bytes, roots from usage where organization_id = $1', [
      two.organizationId,
    ])
    expect(rows).toEqual([{ stored_bytes: 1_048_576, roots: 1 }])
    expect(content.store.inFlight().size).toBe(0)
  })

  it('reads CSV with its columns in any order', async () => {
    const user = await tenant()
    const cid = strange()
    const told = await bulk(user, `name,cid,meta\r\n"a, ""b""",${cid},"{""k"":""v""}"\r\n,${cid},\r\nx,"y\r\n`, {
      type: 'text/csv; charset=utf-8',
    })
    expect(told).toMatchObject([
      { line: 2, cid, status: 'queued' },
      { line: 3, cid },
      { line: 4, error: { code: 'invalid_request' } },
      summary(3, 1),
    ])
    expect(await pins(user)).toMatchObject([{ name: 'a, "b"', meta: { k: 'v' } }, { name: null }])
    expect((await post(user, 'colour\nred\n', { type: 'text/csv' })).json()).toMatchObject({
      status: 400,
      code: 'invalid_request',
      detail: expect.stringContaining('columns'),
    })
  })

  it('refuses lines that do not fit the storage limit, and takes the others', async () => {
    const [one, two] = [await tenant(), await tenant()]
    const cids = [(await upload(one, 600)).cid, (await upload(one, 600)).cid, strange()]
    await api.db.pool.query('update organizations set storage_limit = 1000 where id = $1', [two.organizationId])
    const told = await bulk(two, ndjson([...cids, cids[0]].map((cid) => ({ cid }))))
    expect(told.map((line) => line['status'] ?? (line['error'] as { code?: string })?.code)).toEqual([
      'pinned',
      'quota_exceeded',
      'queued',
      'pinned',
      undefined,
    ])
  })

  it('costs 1 of the rate limits for each line, and says when to come again', async () => {
    const user = await tenant()
    spent = 0
    await bulk(user, ndjson(Array.from({ length: 30 }, () => ({ cid: strange() }))))
    expect(spent).toBe(5 + 30)
    left = 5 + 20
    const body = ndjson(Array.from({ length: 21 }, () => ({ cid: strange() })))
    const told = await bulk(user, body)
    left = LIMIT
    expect(told.at(-1)).toEqual({
      summary: { lines: 20, done: 20, refused: 0 },
      error: { code: 'rate_limited', detail: expect.any(String), retryAfterSeconds: 7 },
    })
    expect(await pins(user)).toHaveLength(50)
  })

  it('does each line once for an Idempotency-Key, and goes on where it broke off', async () => {
    const user = await tenant()
    const lines = Array.from({ length: 35 }, (_, n) => (n % 15 === 7 ? 'bad' : { cid: strange() }))
    const headers = { 'idempotency-key': 'a-key' }
    left = 5 + 20
    const first = await bulk(user, ndjson(lines), { headers })
    left = LIMIT
    expect(first).toHaveLength(21)
    spent = 0
    const second = await bulk(user, ndjson(lines), { headers })
    expect(spent).toBe(5 + 15)
    expect(second.slice(0, 20)).toEqual(first.slice(0, 20))
    expect(second.at(-1)).toEqual(summary(35, 2))
    expect(await bulk(user, ndjson(lines), { headers })).toEqual(second)
    expect(await pins(user)).toHaveLength(33)
    // Something else under the same key, also where only the type differs.
    const other = await post(user, ndjson([{ cid: strange() }]), { headers })
    expect(other.json()).toMatchObject({ status: 422, code: 'idempotency_key_reuse' })
    expect((await post(user, ndjson(lines), { headers, type: 'text/csv' })).json()).toMatchObject({ status: 422 })
    const stranger = await tenant()
    expect(await bulk(stranger, ndjson([{ cid: strange() }]), { headers })).toHaveLength(2)
  })

  it('replays a table with its columns', async () => {
    const user = await tenant()
    const body = `cid,name\n${Array.from({ length: 30 }, (_, n) => `${strange()},n${n}`).join('\n')}\n`
    const options = { type: 'text/csv', headers: { 'idempotency-key': 'csv' } }
    left = 5 + 19
    expect(await bulk(user, body, options)).toHaveLength(20)
    left = LIMIT
    expect((await bulk(user, body, options)).at(-1)).toEqual(summary(30))
    expect(await pins(user)).toHaveLength(30)
  })

  it('takes so many lines and no more', async () => {
    const user = await tenant()
    const told = await bulk(user, ndjson(Array.from({ length: 61 }, () => ({ cid: strange() }))))
    expect(told.at(-1)).toEqual({
      summary: { lines: 60, done: 60, refused: 0 },
      error: { code: 'payload_too_large', detail: 'A request has 60 lines at most.' },
    })
    expect(await pins(user)).toHaveLength(60)
  })

  it('does not count the names of the columns among them', async () => {
    const user = await tenant()
    expect((await bulk(user, table(60), { type: 'text/csv' })).at(-1)).toEqual(summary(60))
    expect((await bulk(user, table(61), { type: 'text/csv' })).at(-1)).toMatchObject({
      ...summary(60),
      error: { code: 'payload_too_large' },
    })
  })

  it('answers an empty body, and refuses other types', async () => {
    const user = await tenant()
    expect(await bulk(user, '')).toEqual([summary(0)])
    expect((await post(user, '{}', { type: 'application/json' })).statusCode).toBe(415)
    expect((await post(user, 'a: b', { type: 'application/yaml' })).statusCode).toBe(415)
    const packed = await post(user, ndjson([{ cid: strange() }]), { headers: { 'content-encoding': 'gzip' } })
    expect(packed.json()).toMatchObject({ status: 415, code: 'unsupported_media_type' })
    expect(await pins(user)).toEqual([])
  })

  it('tells of lines while others still come', async () => {
    const user = await tenant()
    const { sent, reply } = open(user)
    const cids = Array.from({ length: 50 }, strange)
    sent.write(ndjson(cids.slice(0, 24).map((cid) => ({ cid }))))
    const message = await reply
    const lines = createInterface(message)[Symbol.asyncIterator]()
    for (let n = 0; n < 20; n++) expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ line: n + 1 })
    expect(await pins(user)).toHaveLength(20)
    sent.end(ndjson(cids.slice(24).map((cid) => ({ cid }))))
    const rest = []
    for (let next = await lines.next(); next.done !== true; next = await lines.next()) rest.push(JSON.parse(next.value))
    expect(rest).toHaveLength(31)
    expect(rest.at(-1)).toEqual(summary(50))
    expect((await pins(user)).map(({ cid }) => cid)).toEqual(cids)
  })

  it('keeps what was done when the connection breaks, and tells nobody that it was whole', async () => {
    const user = await tenant()
    const { sent, reply } = open(user)
    sent.on('error', () => undefined)
    sent.write(ndjson(Array.from({ length: 26 }, () => ({ cid: strange() }))))
    const message = await reply
    message.on('error', () => undefined)
    sent.destroy()
    // What had come in before is carried out as well.
    await expect.poll(async () => (await pins(user)).length).toBeGreaterThanOrEqual(20)
    await expect.poll(() => content.store.inFlight().size).toBe(0)
  })

  it('ends when its key is revoked', async () => {
    const user = await tenant()
    const key = await api.addApiKey({ ...operator, ...user })
    const { sent, reply } = open(key)
    sent.on('error', () => undefined)
    sent.write(ndjson(Array.from({ length: 20 }, () => ({ cid: strange() }))))
    const message = await reply
    await api.call('DELETE', `/api/v1/api-keys/${key.id}`, { as: user.headers })
    const told = parsed(await text(message))
    expect(told.at(-1)).toMatchObject({ summary: { lines: 20 }, error: { code: 'invalid_token' } })
    sent.destroy()
  })
})

describe('POST /pins/bulk/unpin', () => {
  it('deletes by CID and by requestid, and tells of what is not there, of others, and of files', async () => {
    const [one, two] = [await tenant(), await tenant()]
    const [a, b, c] = [strange(), strange(), strange()]
    const made = await bulk(one, ndjson([{ cid: a }, { cid: a }, { cid: b }, { cid: c }]))
    const { cid: withFile } = await upload(one)
    const [theirs] = await bulk(two, ndjson([{ cid: a }]))
    const told = await unpin(one, [
      { hash: a },
      { hash: made[0]?.['requestid'] },
      { hash: made[2]?.['requestid'] },
      { hash: theirs?.['requestid'] },
      { hash: strange() },
      { hash: 'nonsense' },
      { hash: withFile },
      { cid: c },
    ])
    expect(told.map((line) => line['deleted'] ?? (line['error'] as { code?: string })?.code)).toEqual([
      2,
      'not_found',
      1,
      'not_found',
      'not_found',
      'invalid_cid',
      'conflict',
      'unknown_field',
      undefined,
    ])
    expect((await pins(one)).map(({ cid }) => cid)).toEqual([c, withFile])
    expect(await pins(two)).toHaveLength(1)
  })

  it('deletes by a table, and once for a key', async () => {
    const user = await tenant()
    const cids = Array.from({ length: 45 }, strange)
    await bulk(user, ndjson(cids.map((cid) => ({ cid }))))
    const options = { path: '/api/v1/pins/bulk/unpin', type: 'text/csv', headers: { 'idempotency-key': 'k' } }
    const body = `hash\n${cids.join('\n')}\n`
    const told = await bulk(user, body, options)
    expect(told.at(-1)).toEqual(summary(45))
    expect(await pins(user)).toEqual([])
    expect(await bulk(user, body, options)).toEqual(told)
    const { rows } = await api.db.pool.query('select count(*) as n from fetches')
    const { rows: wanted } = await api.db.pool.query(`select count(*) as n from contents where state = 'wanted'`)
    expect(rows).toEqual(wanted)
  })

  it('deletes all pins of a CID, more than one transaction takes', async () => {
    const user = await tenant()
    const cid = strange()
    const [made] = await bulk(user, ndjson([{ cid }]))
    await api.db.pool.query(
      `insert into pins (id, organization_id, user_id, content_id, cid, status, created_at)
       select gen_random_uuid(), organization_id, user_id, content_id, cid, status, created_at + n * interval '1 microsecond'
       from pins, generate_series(1, 1200) n where id = $1`,
      [made?.['requestid']],
    )
    expect(await unpin(user, [{ hash: cid }])).toEqual([{ line: 1, hash: cid, deleted: 1_201 }, summary(1)])
    expect(await pins(user)).toEqual([])
  })
})

const fail = (user: Tenant) =>
  api.db.pool.query(
    `with given_up as (
      update fetches f set state = 'failed', attempts = 5, error = 'nobody has it'
      from pins p where p.content_id = f.content_id and p.organization_id = $1 returning f.content_id
    ), later as (
      update fetch_queue set due_at = 'infinity' where content_id in (select content_id from given_up)
    )
    update pins set status = 'failed', info = '{"reason":"nobody has it"}'
    where content_id in (select content_id from given_up)`,
    [user.organizationId],
  )
const retry = async (user: Tenant, path: string, body?: object) =>
  api.call('POST', `/api/v1/pins/${path}`, { as: user.headers, ...(body === undefined ? {} : { body }) })
const statuses = async (user: Tenant) => (await pins(user)).map(({ status }) => status)

describe('POST /pins/:hash/retry and /pins/retry', () => {
  it('begins anew what was given up, for all who wait; 404 for others', async () => {
    const [one, two] = [await tenant(), await tenant()]
    const cid = strange()
    const [{ requestid }] = (await bulk(one, ndjson([{ cid }, { cid: strange() }]))) as [{ requestid: string }]
    await bulk(two, ndjson([{ cid }]))
    await fail(one)
    expect((await retry(one, `${requestid}/retry`)).json()).toEqual({ retried: 1 })
    expect(await statuses(one)).not.toContain(undefined)
    expect((await statuses(one))[0]).not.toBe('failed')
    expect((await statuses(one))[1]).toBe('failed')
    expect((await statuses(two))[0]).not.toBe('failed')
    expect((await retry(await tenant(), `${cid}/retry`)).statusCode).toBe(404)
    expect((await retry(await tenant(), `${requestid}/retry`)).statusCode).toBe(404)
    const { cid: held } = await upload(one)
    expect((await retry(one, `${held}/retry`)).json()).toEqual({ retried: 0 })
  })

  it('begins all failed ones anew, or those of a name or a CID', async () => {
    const user = await tenant()
    const cids = Array.from({ length: 20 }, strange)
    await bulk(user, ndjson(cids.map((cid, n) => ({ cid, name: n < 3 ? 'first' : 'rest' }))))
    await fail(user)
    const failed = async () => (await statuses(user)).filter((status) => status === 'failed').length
    expect((await retry(user, 'retry', { name: 'first' })).json()).toEqual({ retried: 3 })
    expect((await retry(user, 'retry', { cid: cids[10] })).json()).toEqual({ retried: 1 })
    expect(await failed()).toBe(16)
    expect((await retry(user, 'retry')).json()).toEqual({ retried: 16 })
    expect(await failed()).toBe(0)
    expect((await retry(user, 'retry')).json()).toEqual({ retried: 0 })
    expect((await retry(user, 'retry', { colour: 1 })).statusCode).toBe(400)
  })
})

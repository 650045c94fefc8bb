import { randomBytes, randomUUID } from 'node:crypto'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { base16 } from 'multiformats/bases/base16'
import { base36 } from 'multiformats/bases/base36'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody } from '../../testing/multipart-form.ts'
import { pinningServiceSchemas } from '../../testing/pinning-service-schemas.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'
import { TEST_DELEGATE } from '../../testing/test-content.ts'
import type { PinStatus } from './schemas.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
const check = pinningServiceSchemas()

beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Every answer of this file is held against the specification's schemas. */
const call = async (headers: Record<string, string>, method: Method, path: string, body?: unknown) => {
  const payload = body === undefined ? {} : { payload: body as object }
  const reply = await api.app.inject({ method, url: `/psa${path}`, headers, ...payload })
  check(method, `/psa${path}`, reply.statusCode, reply.headers['content-type'], reply.body)
  return reply
}
const add = async (user: TestUser, body: object): Promise<PinStatus> => {
  const reply = await call(user.headers, 'POST', '/pins', body)
  expect([reply.statusCode, reply.body]).toEqual([202, expect.any(String)])
  return reply.json()
}
const get = async (user: TestUser, id: string) => call(user.headers, 'GET', `/pins/${id}`)
const list = async (user: TestUser, query = ''): Promise<{ count: number; results: PinStatus[] }> => {
  const reply = await call(user.headers, 'GET', `/pins${query}`)
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return reply.json()
}
const refusal = async (user: TestUser, method: Method, path: string, body?: unknown): Promise<[number, string]> => {
  const reply = await call(user.headers, method, path, body)
  return [reply.statusCode, reply.json().error.reason]
}
const upload = async (user: TestUser, bytes: Uint8Array): Promise<string> => {
  const headers = { ...user.headers, ...FORM_HEADERS }
  const payload = formBody([filePart(bytes)])
  const reply = await api.app.inject({ method: 'POST', url: '/api/v1/files/upload', headers, payload })
  if (reply.statusCode !== 201) throw new Error(reply.body)
  return reply.json().file.cid
}
/** A CID that nobody has. */
const strange = (): string => canonicalCid(parseCid(`f01551220${randomBytes(32).toString('hex')}`))
/** Not pinned yet: somebody may be at work on it already. */
const WAITING = 'status=queued,pinning'
const names = ({ results }: { results: PinStatus[] }) => results.map(({ pin }) => pin.name)

describe('every route', () => {
  it('answers 401 without a token, with an empty one, with a wrong one, and to a cookie', async () => {
    const { email, password } = operator
    const headers = { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' }
    const login = await api.call('POST', '/api/auth/sign-in/email', { body: { email, password }, headers })
    const cookie = String(login.headers['set-cookie']).split(';')[0] ?? ''
    const without: Record<string, string>[] = [
      {},
      { authorization: 'Bearer ' },
      { authorization: 'Bearer wrong' },
      { cookie },
    ]
    for (const credentials of without)
      for (const [method, path] of [
        ['GET', '/pins'],
        ['POST', '/pins'],
        ['DELETE', `/pins/${randomUUID()}`],
      ] as const) {
        const reply = await call(
          { ...headers, ...credentials },
          method,
          path,
          method === 'POST' ? { cid: strange() } : undefined,
        )
        expect([reply.statusCode, reply.json().error.reason]).toEqual([401, 'UNAUTHORIZED'])
      }
  })

  it('answers 404 for another tenant’s pin, for no id, and leaves it alone', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const { requestid } = await add(one, { cid: strange(), name: 'mine' })
    for (const id of [requestid, randomUUID(), 'nothing', '%2e%2e'])
      for (const method of ['GET', 'POST', 'DELETE'] as const)
        expect(await refusal(two, method, `/pins/${id}`, method === 'POST' ? { cid: strange() } : undefined)).toEqual([
          404,
          'NOT_FOUND',
        ])
    expect((await get(one, requestid)).json().pin.name).toBe('mine')
    expect(await list(two, '?status=queued,pinning,pinned,failed')).toEqual({ count: 0, results: [] })
  })

  it('answers what it does not know by its own schema, never by a problem document', async () => {
    const user = await api.addUser(operator)
    expect(await refusal(user, 'GET', '')).toEqual([404, 'NOT_FOUND'])
    expect(await refusal(user, 'GET', '/elsewhere')).toEqual([404, 'NOT_FOUND'])
    expect(await refusal(user, 'PUT', '/pins')).toEqual([405, 'METHOD_NOT_ALLOWED'])
    const text = { ...user.headers, 'content-type': 'text/plain' }
    expect((await call(text, 'POST', '/pins', 'x')).statusCode).toBe(415)
    const json = { ...user.headers, 'content-type': 'application/json' }
    for (const body of ['{', '', '[]', 'null'])
      expect((await call(json, 'POST', '/pins', body)).json().error.reason).toBe('BAD_REQUEST')
    const large = await call(user.headers, 'POST', '/pins', { cid: strange(), name: 'x'.repeat(2_000_000) })
    expect(large.statusCode).toBe(413)
  })

  it('answers 403 with a reason to a key without the scope and to a tenant that is read-only', async () => {
    const user = await api.addUser(operator)
    const { headers } = await api.addApiKey(user, { name: 'reader', scopes: ['pins:read'] })
    expect((await call(headers, 'GET', '/pins')).statusCode).toBe(200)
    const refused = await call(headers, 'POST', '/pins', { cid: strange() })
    expect([refused.statusCode, refused.json().error.reason]).toEqual([403, 'INSUFFICIENT_SCOPE'])
    const frozen = await api.addUser(operator)
    const { organizationId } = frozen
    await api.db.kysely
      .updateTable('organizations')
      .set({ state: 'read-only' })
      .where('id', '=', organizationId)
      .execute()
    expect(await refusal(frozen, 'POST', '/pins', { cid: strange() })).toEqual([403, 'ORGANIZATION_READ_ONLY'])
  })
})

describe('POST /pins', () => {
  it('accepts a pin with 202 and tells that it is queued, and why', async () => {
    const user = await api.addUser(operator)
    const cid = strange()
    const status = await add(user, { cid, name: 'a', meta: { k: 'v' }, unknown: 1 })
    expect(status).toMatchObject({ status: 'queued', pin: { cid, name: 'a', meta: { k: 'v' } } })
    expect(status.delegates).toEqual([TEST_DELEGATE])
    expect(status.info?.['status_details']).toEqual(expect.stringContaining('not held'))
    const { requestid, created, pin, delegates } = status
    expect((await get(user, requestid)).json()).toMatchObject({ requestid, created, pin, delegates })
  })

  it('tells pinned at once for what is held, with its size', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const cid = await upload(one, randomBytes(20_000))
    expect(await add(two, { cid })).toMatchObject({ status: 'pinned', info: { dag_size: '20000' } })
  })

  it('gives each request of one CID its own requestid, and keeps each by itself', async () => {
    const user = await api.addUser(operator)
    const cid = strange()
    const [one, two] = [await add(user, { cid, name: 'one' }), await add(user, { cid, name: 'two' })]
    expect(one.requestid).not.toBe(two.requestid)
    expect((await call(user.headers, 'DELETE', `/pins/${one.requestid}`)).statusCode).toBe(202)
    expect((await get(user, two.requestid)).json().pin.name).toBe('two')
  })

  it('takes v0 and every base, and tells them as they were given', async () => {
    const user = await api.addUser(operator)
    const v1 = parseCid(strange())
    const dagPb = parseCid(canonicalCid(v1)).toString()
    for (const cid of [
      'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH',
      dagPb,
      v1.toString(base36),
      v1.toString(base16),
    ])
      expect((await add(user, { cid })).pin.cid).toBe(cid)
    for (const cid of ['', 'Qm', 'nonsense', `${dagPb}x`, '../etc'])
      expect(await refusal(user, 'POST', '/pins', { cid })).toEqual([400, 'BAD_REQUEST'])
  })

  it('counts the name’s characters, not its bytes, and leaves it out where there is none', async () => {
    const user = await api.addUser(operator)
    const longest = '💩'.repeat(255)
    expect((await add(user, { cid: strange(), name: longest })).pin.name).toBe(longest)
    for (const body of [{ cid: strange() }, { cid: strange(), name: '' }])
      expect(Object.keys((await add(user, body)).pin)).toEqual(['cid'])
    expect(await refusal(user, 'POST', '/pins', { cid: strange(), name: 'x'.repeat(256) })).toEqual([
      400,
      'BAD_REQUEST',
    ])
  })

  it('passes over origins that are no address of a peer, and keeps twenty', async () => {
    const user = await api.addUser(operator)
    const origins = Array.from({ length: 25 }, (_, at) => TEST_DELEGATE.replace('4001', String(4001 + at)))
    const { pin } = await add(user, {
      cid: strange(),
      origins: ['nonsense', '/ip4/1.2.3.4/tcp/1', ...origins, ...origins],
    })
    expect(pin.origins).toEqual(origins.slice(0, 20))
  })

  it.each([
    ['a value that is no text', { a: 1 }],
    ['a list', ['a']],
    ['more than 16 KiB', { a: 'x'.repeat(20_000) }],
    ['more than a thousand entries', Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`${at}`, '']))],
  ])('refuses a meta with %s', async (_, meta) => {
    expect(await refusal(operator, 'POST', '/pins', { cid: strange(), meta })).toEqual([400, 'BAD_REQUEST'])
  })

  it('answers 409 INSUFFICIENT_FUNDS when held content does not fit the limit, and keeps nothing', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const cid = await upload(one, randomBytes(50_000))
    await api.db.pool.query('update organizations set storage_limit = 1000 where id = $1', [two.organizationId])
    expect(await refusal(two, 'POST', '/pins', { cid })).toEqual([409, 'INSUFFICIENT_FUNDS'])
    expect((await list(two, `?cid=${cid}`)).count).toBe(0)
  })
})

describe('a platform that has no public node now', () => {
  it('answers 503 NO_PUBLIC_NODE rather than an address at which nobody listens, makes nothing, and still removes', async () => {
    const user = await api.addUser(operator)
    const { requestid } = await add(user, { cid: strange() })
    const [address] = api.content.delegates.splice(0)
    try {
      const body = { cid: strange() }
      for (const [method, path] of [
        ['POST', '/pins'],
        ['POST', `/pins/${requestid}`],
        ['GET', `/pins/${requestid}`],
        ['GET', `/pins?${WAITING}`],
      ] as const)
        expect(await refusal(user, method, path, method === 'POST' ? body : undefined)).toEqual([503, 'NO_PUBLIC_NODE'])
      expect(await list(user, '?status=failed')).toEqual({ count: 0, results: [] })
      expect((await call(user.headers, 'DELETE', `/pins/${requestid}`)).statusCode).toBe(202)
    } finally {
      api.content.delegates.push(address ?? '')
    }
    expect(await list(user, `?${WAITING}`)).toMatchObject({ count: 0 })
  })
})

describe('POST /pins/{requestid}', () => {
  it('replaces: the new one is found, the old one is gone, and nothing is inherited', async () => {
    const user = await api.addUser(operator)
    const old = await add(user, { cid: strange(), name: 'old', meta: { a: 'b' } })
    const cid = strange()
    const reply = await call(user.headers, 'POST', `/pins/${old.requestid}`, { cid })
    expect([reply.statusCode, reply.json().pin]).toEqual([202, { cid }])
    expect((await get(user, old.requestid)).statusCode).toBe(404)
    expect((await get(user, reply.json().requestid)).statusCode).toBe(200)
  })

  it('renames by a replace with the same CID: it stays pinned, and costs what it cost', async () => {
    const [one, user] = [await api.addUser(operator), await api.addUser(operator)]
    const cid = await upload(one, randomBytes(30_000))
    await api.db.pool.query('update organizations set storage_limit = 30000 where id = $1', [user.organizationId])
    const old = await add(user, { cid, name: 'old' })
    await api.call('DELETE', `/api/v1/files/${cid}`, { as: one.headers })
    const reply = await call(user.headers, 'POST', `/pins/${old.requestid}`, { cid, name: 'new' })
    expect(reply.json()).toMatchObject({ status: 'pinned', pin: { name: 'new' } })
    const { rows } = await api.db.pool.query('select stored_bytes, roots from usage where organization_id = $1', [
      user.organizationId,
    ])
    expect(rows).toEqual([{ stored_bytes: 30_000, roots: 1 }])
  })

  it('gives the old one’s bytes back before it asks whether the new one fits', async () => {
    const [one, user] = [await api.addUser(operator), await api.addUser(operator)]
    const [small, large] = [await upload(one, randomBytes(30_000)), await upload(one, randomBytes(40_000))]
    await api.db.pool.query('update organizations set storage_limit = 40000 where id = $1', [user.organizationId])
    const old = await add(user, { cid: small })
    const reply = await call(user.headers, 'POST', `/pins/${old.requestid}`, { cid: large })
    expect(reply.json()).toMatchObject({ status: 'pinned' })
  })

  it('lets one of five replaces win, and makes nothing for the others', async () => {
    const user = await api.addUser(operator)
    const old = await add(user, { cid: strange() })
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => call(user.headers, 'POST', `/pins/${old.requestid}`, { cid: strange() })),
    )
    expect(replies.map((reply) => reply.statusCode).toSorted()).toEqual([202, 404, 404, 404, 404])
    expect((await list(user, `?${WAITING}`)).count).toBe(1)
  })
})

describe('DELETE /pins/{requestid}', () => {
  it('answers 202 with no body, then 404, and leaves another tenant’s pin of the CID', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const cid = strange()
    const [mine, theirs] = [await add(one, { cid }), await add(two, { cid })]
    const reply = await call(one.headers, 'DELETE', `/pins/${mine.requestid}`)
    expect([reply.statusCode, reply.body]).toEqual([202, ''])
    expect(await refusal(one, 'DELETE', `/pins/${mine.requestid}`)).toEqual([404, 'NOT_FOUND'])
    expect((await get(two, theirs.requestid)).statusCode).toBe(200)
  })

  it('takes a request that names the type of the body which it does not have', async () => {
    const user = await api.addUser(operator)
    const { requestid } = await add(user, { cid: strange() })
    const headers = { ...user.headers, 'content-type': 'application/json' }
    expect((await call(headers, 'DELETE', `/pins/${requestid}`)).statusCode).toBe(202)
    expect((await call(headers, 'POST', '/pins')).statusCode).toBe(400)
  })

  it('refuses a pin that a file hangs on, to remove and to replace', async () => {
    const user = await api.addUser(operator)
    const cid = await upload(user, randomBytes(1_000))
    const id = (await list(user, `?cid=${cid}`)).results[0]?.requestid ?? ''
    expect(await refusal(user, 'DELETE', `/pins/${id}`)).toEqual([403, 'PIN_HAS_FILE'])
    expect(await refusal(user, 'POST', `/pins/${id}`, { cid: strange() })).toEqual([403, 'PIN_HAS_FILE'])
    expect((await get(user, id)).statusCode).toBe(200)
  })
})

describe('GET /pins', () => {
  it('lists 10 by default, the newest first, and refuses what is no limit', async () => {
    const user = await api.addUser(operator)
    for (let at = 0; at < 12; at++) await add(user, { cid: strange(), name: `n${at}` })
    const page = await list(user, `?${WAITING}`)
    expect([page.count, names(page)]).toEqual([12, Array.from({ length: 10 }, (_, at) => `n${11 - at}`)])
    for (const limit of ['0', '1001', 'x', '-1', '1.5', '0x10', '1e2', '%205'])
      expect(await refusal(user, 'GET', `/pins?limit=${limit}`)).toEqual([400, 'BAD_REQUEST'])
    const [, second, , fourth] = page.results
    const between = await list(user, `?${WAITING}&before=${second?.created}&after=${fourth?.created}`)
    expect([between.count, names(between)]).toEqual([1, ['n9']])
  })

  it('lists what is pinned alone, unless a status, a CID or a name is asked for', async () => {
    const [one, user] = [await api.addUser(operator), await api.addUser(operator)]
    const held = await upload(one, randomBytes(1_000))
    const waiting = strange()
    await add(user, { cid: held, name: 'held' })
    await add(user, { cid: waiting, name: 'waiting' })
    expect(names(await list(user))).toEqual(['held'])
    expect(names(await list(user, `?${WAITING}`))).toEqual(['waiting'])
    expect(names(await list(user, `?${WAITING},pinned,queued`))).toEqual(['waiting', 'held'])
    expect(names(await list(user, `?cid=${waiting}`))).toEqual(['waiting'])
    expect(names(await list(user, '?name=waiting'))).toEqual(['waiting'])
    expect(names(await list(user, '?name=waiting&status=pinned'))).toEqual([])
    expect(await refusal(user, 'GET', '/pins?status=lost')).toEqual([400, 'BAD_REQUEST'])
  })

  it('finds a v0 pin by its v1, and takes ten CIDs', async () => {
    const user = await api.addUser(operator)
    const v0 = 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'
    await add(user, { cid: v0 })
    const others = Array.from({ length: 9 }, strange)
    const found = await list(user, `?cid=${[canonicalCid(parseCid(v0)), ...others].join(',')}`)
    expect(found.results.map(({ pin }) => pin.cid)).toEqual([v0])
    expect(await refusal(user, 'GET', `/pins?cid=${[v0, ...others, strange()].join(',')}`)).toEqual([
      400,
      'BAD_REQUEST',
    ])
    expect(await refusal(user, 'GET', '/pins?cid=nonsense')).toEqual([400, 'BAD_REQUEST'])
  })

  it('matches names in all four ways, whatever their letters', async () => {
    const user = await api.addUser(operator)
    for (const name of ['Straße', 'STRASSE', 'σίσυφος', 'İ', 'a\u0308b', 'äb', '100%', '100x', 'a_b', 'a\\b', '💩pile'])
      await add(user, { cid: strange(), name })
    const found = async (name: string, match: string) =>
      names(await list(user, `?limit=100&match=${match}&name=${encodeURIComponent(name)}`)).toSorted()
    expect(await found('Straße', 'exact')).toEqual(['Straße'])
    expect(await found('strasse', 'exact')).toEqual([])
    expect(await found('strasse', 'iexact')).toEqual(['STRASSE', 'Straße'])
    expect(await found('ΣΊΣΥΦΟΣ', 'iexact')).toEqual(['σίσυφος'])
    expect(await found('ΣΥΦΟ', 'ipartial')).toEqual(['σίσυφος'])
    expect(await found('i̇', 'iexact')).toEqual(['İ'])
    expect(await found('ÄB', 'iexact')).toEqual(['a\u0308b', 'äb'])
    expect(await found('raß', 'partial')).toEqual(['Straße'])
    expect(await found('RASS', 'partial')).toEqual(['STRASSE'])
    expect(await found('RASS', 'ipartial')).toEqual(['STRASSE', 'Straße'])
    expect(await found('0%', 'partial')).toEqual(['100%'])
    expect(await found('a_b', 'partial')).toEqual(['a_b'])
    expect(await found('a\\b', 'ipartial')).toEqual(['a\\b'])
    expect(await found('💩', 'partial')).toEqual(['💩pile'])
    expect(await found('SS', 'partial')).toEqual(['STRASSE'])
    expect(await found('İ', 'exact')).toEqual(['İ'])
    expect((await list(user, '?match=ipartial')).count).toBe(0)
    expect(await refusal(user, 'GET', '/pins?match=regex&name=a')).toEqual([400, 'BAD_REQUEST'])
  })

  it('filters by every given key of meta, and refuses what is no object of texts', async () => {
    const user = await api.addUser(operator)
    await add(user, { cid: strange(), name: 'both', meta: { app: 'x', user: '1', more: 'y' } })
    await add(user, { cid: strange(), name: 'one', meta: { app: 'x', user: '2' } })
    const found = async (meta: object) =>
      names(await list(user, `?${WAITING}&meta=${encodeURIComponent(JSON.stringify(meta))}`))
    expect(await found({ app: 'x' })).toEqual(['one', 'both'])
    expect(await found({ user: '1', app: 'x' })).toEqual(['both'])
    expect(await found({ app: '1' })).toEqual([])
    // A filter that lost its key on the way would find everything.
    for (const meta of ['{', '[]', '1', 'null', '{"a":1}', '{"a":"\\u0000"}', '{"__proto__":"x"}'])
      expect(await refusal(user, 'GET', `/pins?meta=${encodeURIComponent(meta)}`)).toEqual([400, 'BAD_REQUEST'])
  })

  it('does not know private files', async () => {
    const user = await api.addUser(operator)
    const headers = { ...user.headers, ...FORM_HEADERS }
    const payload = formBody([filePart(randomBytes(1_000))])
    const url = '/api/v1/files/upload?visibility=private'
    const reply = await api.app.inject({ method: 'POST', url, headers, payload })
    expect(reply.statusCode).toBe(201)
    expect(await list(user, '?status=queued,pinning,pinned,failed')).toEqual({ count: 0, results: [] })
    const { rows } = await api.db.pool.query('select id from pins where organization_id = $1', [user.organizationId])
    expect(rows).toHaveLength(1)
    expect(await refusal(user, 'GET', `/pins/${rows[0].id}`)).toEqual([404, 'NOT_FOUND'])
    expect(await refusal(user, 'DELETE', `/pins/${rows[0].id}`)).toEqual([404, 'NOT_FOUND'])
  })

  it('shows pinned while one confirmed copy is left, with the deficit in info, and pinning when none is', async () => {
    const [one, user] = [await api.addUser(operator), await api.addUser(operator)]
    // Held: nobody fetches it and writes its status meanwhile.
    const { requestid } = await add(user, { cid: await upload(one, randomBytes(100)) })
    const fall = (left: number) =>
      api.db.pool.query(`update pins set status = 'degraded', copies_left = $2, replication_min = 2 where id = $1`, [
        requestid,
        left,
      ])
    await fall(1)
    expect((await get(user, requestid)).json()).toMatchObject({
      status: 'pinned',
      info: { status_details: '1 of 2 copies are left' },
    })
    expect((await list(user)).count).toBe(1)
    await fall(0)
    expect((await get(user, requestid)).json()).toMatchObject({ status: 'pinning' })
    expect((await list(user)).count).toBe(0)
  })

  it('pages to the end without a gap or a double, by clients that read milliseconds', async () => {
    const user = await api.addUser(operator)
    const all: string[] = []
    await Promise.all(
      Array.from({ length: 25 }, async () => void all.push((await add(user, { cid: strange() })).requestid)),
    )
    // As pins of earlier releases are: several in one millisecond.
    await api.db.pool.query(
      `update pins p set created_at = timestamptz '2026-01-02T03:04:05.006Z' + x.n * interval '300 microseconds'
       from (select id, row_number() over (order by created_at) as n from pins where organization_id = $1) x
       where p.id = x.id and x.n <= 15`,
      [user.organizationId],
    )
    for (const limit of [4, 5, 7, 25, 26]) {
      const seen: string[] = []
      for (let before = ''; ; ) {
        const { count, results } = await list(user, `?${WAITING}&limit=${limit}${before}`)
        seen.push(...results.map(({ requestid }) => requestid))
        expect(count - results.length).toBe(all.length - seen.length)
        if (count === results.length) break
        const oldest = Math.min(...results.map(({ created }) => new Date(created).getTime()))
        before = `&before=${new Date(oldest).toISOString()}`
      }
      expect([limit, new Set(seen).size, seen.length]).toEqual([limit, 25, 25])
    }
  })
})

import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
let user: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  user = await api.addUser(operator)
})
afterAll(() => api.stop())

const HOUR_MS = 3_600_000
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString()
const strange = (): string => `f01551220${randomBytes(32).toString('hex')}`
const pin = (cid: string, body: object) => api.call('POST', `/api/v1/pins/${cid}`, { as: user.headers, body })
const change = (hash: string, body: object) => api.call('PATCH', `/api/v1/pins/${hash}`, { as: user.headers, body })
const statusOf = async (hash: string) =>
  (await api.call('GET', `/api/v1/pins/${hash}/status`, { as: user.headers })).json().pins[0]
const bulk = (type: string, payload: string) =>
  api.app.inject({
    method: 'POST',
    url: '/api/v1/pins/bulk',
    headers: { ...user.headers, 'content-type': type },
    payload,
  })

describe('the end of a pin', () => {
  it('is what it asks for, and is told with it; without one there is none', async () => {
    const [cid, endless, end] = [strange(), strange(), inHours(24)]
    const made = await pin(cid, { expiresAt: end })
    expect([made.statusCode, made.json().expiresAt]).toEqual([202, end])
    expect((await statusOf(cid)).expiresAt).toBe(end)
    await pin(endless, {})
    const listed = await api.call('GET', '/api/v1/pins?limit=2', { as: user.headers })
    expect(listed.json().pins.map(({ expiresAt }: { expiresAt: string | null }) => expiresAt)).toEqual([null, end])
  })

  it('may be written in any zone, and has to lie ahead and in the calendar', async () => {
    const made = await pin(strange(), { expiresAt: '2199-01-01T01:00:00+01:00' })
    expect(made.json().expiresAt).toBe('2199-01-01T00:00:00.000Z')
    for (const expiresAt of [inHours(-1), '2199-02-30T00:00:00Z', '2199-01-01', 'soon', 1, '+010000-01-01T00:00:00Z']) {
      const refused = await pin(strange(), { expiresAt })
      expect([expiresAt, refused.statusCode, refused.json().errors?.[0].path]).toEqual([expiresAt, 400, 'expiresAt'])
    }
  })

  it('is put off, brought forward and taken away, and its policy of copies stays meanwhile', async () => {
    const [cid, first, second] = [strange(), inHours(1), inHours(2)]
    await pin(cid, { expiresAt: first, replication: { min: 1, max: 2 } })
    expect((await change(cid, { expiresAt: second })).json()).toEqual({ changed: 1 })
    expect(await statusOf(cid)).toMatchObject({ expiresAt: second, replication: { min: 1, max: 2 } })
    expect((await change(cid, { expiresAt: null })).json()).toEqual({ changed: 1 })
    expect((await statusOf(cid)).expiresAt).toBeNull()
    expect((await change(cid, { expiresAt: first, replication: { max: 3 } })).json()).toEqual({ changed: 1 })
    expect(await statusOf(cid)).toMatchObject({ expiresAt: first, replication: { max: 3 } })
    expect((await change(cid, { expiresAt: inHours(-1) })).statusCode).toBe(400)
    expect((await change(cid, {})).statusCode).toBe(400)
    expect((await change(strange(), { expiresAt: null })).statusCode).toBe(404)
    const kinds = await api.db.kysely
      .selectFrom('events')
      .select('payload')
      .where('kind', '=', 'pin.expiry-changed')
      .where('organization_id', '=', user.organizationId)
      .orderBy('id')
      .execute()
    expect(kinds.map(({ payload }) => payload)).toEqual([
      { expiresAt: second },
      { expiresAt: null },
      { expiresAt: first },
    ])
  })

  it('is changed for nobody else’s pins of the same CID', async () => {
    const [cid, end] = [strange(), inHours(1)]
    const other = await api.addUser(operator)
    await pin(cid, {})
    await api.call('POST', `/api/v1/pins/${cid}`, { as: other.headers, body: {} })
    await change(cid, { expiresAt: end })
    const theirs = await api.call('GET', `/api/v1/pins/${cid}/status`, { as: other.headers })
    expect(theirs.json().pins[0].expiresAt).toBeNull()
  })

  it('is given to the pin of a file, also of a private one, which goes with it', async () => {
    const payload = formBody([filePart(randomBytes(100))])
    const headers = { ...user.headers, ...FORM_HEADERS }
    const url = '/api/v1/files/upload?visibility=private'
    const { requestid } = (await api.app.inject({ method: 'POST', url, headers, payload })).json().pin
    const end = inHours(1)
    expect((await change(requestid, { expiresAt: end })).json()).toEqual({ changed: 1 })
    expect((await statusOf(requestid)).expiresAt).toBe(end)
    expect((await change(requestid, { expiresAt: end, replication: {} })).json().code).toBe('not_in_private')
  })

  it('stands in lines of a bulk pin, in NDJSON and in a column of CSV', async () => {
    const [first, second, end] = [strange(), strange(), inHours(3)]
    const lines = await bulk('application/x-ndjson', `${JSON.stringify({ cid: first, expiresAt: end })}\n`)
    expect(lines.body).toContain('"refused":0')
    const table = await bulk('text/csv', `cid,expiresAt,name\n${second},${end},a\n${strange()},${inHours(-1)},\n`)
    expect(table.body).toContain('expiresAt: lies in the past')
    expect(table.body).toContain('{"summary":{"lines":2,"done":1,"refused":1}}')
    expect((await statusOf(first)).expiresAt).toBe(end)
    expect((await statusOf(second)).expiresAt).toBe(end)
  })

  it('stays when a client of the Pinning Service API puts another pin into its place', async () => {
    const [cid, end] = [strange(), inHours(5)]
    const { requestid } = (await pin(cid, { expiresAt: end })).json()
    const replaced = await api.call('POST', `/psa/pins/${requestid}`, {
      as: user.headers,
      body: { cid, name: 'renamed' },
    })
    expect([replaced.statusCode, replaced.json().info?.pinned_until]).toEqual([202, end])
    expect((await statusOf(cid)).expiresAt).toBe(end)
  })
})

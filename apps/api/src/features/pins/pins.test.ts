import { randomBytes, randomUUID } from 'node:crypto'
import { decode } from '@ipld/dag-pb'
import { IdempotencyConflict } from '@packages/db/idempotency'
import { PinCommitter } from '@packages/db/pins/pin-committer'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody, type FormPart } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'
import { createPin } from './create-pin.ts'
import { nothingDenied } from '../../testing/nothing-denied.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser

beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

const upload = async (user: TestUser, parts: readonly FormPart[]) => {
  const url = '/api/v1/files/upload'
  const headers = { ...user.headers, ...FORM_HEADERS }
  const reply = await api.app.inject({ method: 'POST', url, headers, payload: formBody(parts) })
  if (reply.statusCode !== 201) throw new Error(reply.body)
  return reply.json().file as { id: string; cid: string }
}
const get = async (user: TestUser, path: string) => api.call('GET', `/api/v1${path}`, { as: user.headers })
const pin = async (user: TestUser, cid: string, body?: object, headers: Record<string, string> = {}) =>
  api.call('POST', `/api/v1/pins/${cid}`, { as: user.headers, headers, ...(body === undefined ? {} : { body }) })
const unpin = async (user: TestUser, hash: string) => api.call('DELETE', `/api/v1/pins/${hash}`, { as: user.headers })
const held = async (cid: string) => (await api.content.store.reader('public').get(parseCid(cid))) !== undefined
const usageOf = async (user: TestUser) => {
  const { rows } = await api.db.pool.query('select stored_bytes, roots from usage where organization_id = $1', [
    user.organizationId,
  ])
  return rows[0]
}
/** A CID that nobody has. */
const strange = (): string => {
  const digest = randomBytes(32)
  return `f01551220${digest.toString('hex')}`
}

describe('POST /pins/:hash', () => {
  it('pins what another tenant has uploaded, and keeps it when that one deletes it', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const { cid } = await upload(one, [filePart(randomBytes(1_200_000))])
    const reply = await pin(two, cid, { name: 'mine', meta: { a: '1' } })
    expect(reply.statusCode).toBe(201)
    expect(reply.json()).toMatchObject({ cid, name: 'mine', status: 'pinned', meta: { a: '1' }, info: {} })
    await api.call('DELETE', `/api/v1/files/${cid}`, { as: one.headers })
    expect(await held(cid)).toBe(true)
    expect(await usageOf(one)).toEqual({ stored_bytes: 0, roots: 0 })
    const usage = await usageOf(two)
    expect(usage.roots).toBe(1)
    expect(usage.stored_bytes).toBeGreaterThan(1_200_000)
  })

  it('pins a part of what is held, whole, and gives it back with its last pin', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const { cid } = await upload(one, [filePart(randomBytes(2_500_000))])
    const root = await api.content.store.reader('public').get(parseCid(cid))
    const leaf = String(decode(root ?? new Uint8Array()).Links[1]?.Hash)
    expect((await pin(two, leaf)).json()).toMatchObject({ status: 'pinned' })
    expect(await usageOf(two)).toEqual({ stored_bytes: 1_048_576, roots: 1 })
    await api.call('DELETE', `/api/v1/files/${cid}`, { as: one.headers })
    expect([await held(cid), await held(leaf)]).toEqual([false, true])
    expect((await unpin(two, leaf)).json()).toEqual({ deleted: 1 })
    expect(await held(leaf)).toBe(false)
    expect(await usageOf(two)).toEqual({ stored_bytes: 0, roots: 0 })
    expect(api.content.store.inFlight().size).toBe(0)
  })

  it('queues what is not held, says why, and pins it when somebody uploads it', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const bytes = randomBytes(10_000)
    const known = await upload(two, [filePart(bytes)])
    await api.call('DELETE', `/api/v1/files/${known.cid}`, { as: two.headers })
    const reply = await pin(one, known.cid)
    expect(reply.statusCode).toBe(202)
    expect(reply.json()).toMatchObject({ status: 'queued', info: { reason: expect.stringContaining('not held') } })
    expect(await usageOf(one)).toEqual({ stored_bytes: 0, roots: 0 })
    await upload(two, [filePart(bytes)])
    const { pins } = (await get(one, `/pins/${known.cid}/status`)).json()
    expect(pins).toMatchObject([{ status: 'pinned', info: {}, replication: { min: 1, max: 1, confirmed: 1 } }])
    expect(await usageOf(one)).toEqual({ stored_bytes: 10_000, roots: 1 })
  })

  it('pins what was queued and has come in as a part of something else', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const bytes = randomBytes(2_000_000)
    const first = await upload(two, [filePart(bytes)])
    const root = await api.content.store.reader('public').get(parseCid(first.cid))
    const leaf = String(decode(root ?? new Uint8Array()).Links[0]?.Hash)
    await api.call('DELETE', `/api/v1/files/${first.cid}`, { as: two.headers })
    expect((await pin(one, leaf)).json()).toMatchObject({ status: 'queued' })
    await upload(two, [filePart(bytes)])
    // The manager may be taking it in just then; it is pinned a moment after.
    await pin(one, leaf, { name: 'second' })
    const statuses = async () =>
      (await get(one, `/pins/${leaf}/status`)).json().pins.map((each: { status: string }) => each.status)
    await expect.poll(statuses).toEqual(['pinned', 'pinned'])
    expect(await usageOf(one)).toEqual({ stored_bytes: 1_048_576, roots: 1 })
  })

  it('writes what comes at once in few transactions, with the replies to their keys', async () => {
    const user = await api.addUser(operator)
    const cids = Array.from({ length: 60 }, strange)
    const all = () => Promise.all(cids.map((cid, n) => pin(user, cid, undefined, { 'idempotency-key': `key-${n}` })))
    const first = await all()
    const again = await all()
    expect(again.map((reply) => reply.json())).toEqual(first.map((reply) => reply.json()))
    const { rows } = await api.db.pool.query(
      `select count(*) as pins, count(distinct xid) as transactions from events where organization_id = $1 and kind = 'pin.created'`,
      [user.organizationId],
    )
    expect(rows[0].pins).toBe(60)
    expect(rows[0].transactions).toBeLessThan(30)
  })

  it('makes one content of twenty racing pins', async () => {
    const user = await api.addUser(operator)
    const cid = strange()
    const replies = await Promise.all(Array.from({ length: 20 }, () => pin(user, cid)))
    expect(new Set(replies.map((reply) => reply.statusCode))).toEqual(new Set([202]))
    const { rows } = await api.db.pool.query(
      'select count(distinct content_id) as contents, count(distinct created_at) as times from pins where organization_id = $1',
      [user.organizationId],
    )
    expect(rows).toEqual([{ contents: 1, times: 20 }])
  })

  it('refuses what is above the storage limit and leaves nothing', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    await api.db.pool.query('update organizations set storage_limit = 1000000 where id = $1', [two.organizationId])
    const { cid } = await upload(one, [filePart(randomBytes(2_500_000))])
    const root = await api.content.store.reader('public').get(parseCid(cid))
    const leaf = String(decode(root ?? new Uint8Array()).Links[0]?.Hash)
    for (const hash of [cid, leaf])
      expect((await pin(two, hash)).json()).toMatchObject({ status: 403, code: 'quota_exceeded' })
    await api.content.manager.releases.sweep()
    await api.call('DELETE', `/api/v1/files/${cid}`, { as: one.headers })
    expect([await held(cid), await held(leaf)]).toEqual([false, false])
  })

  it('leaves nothing when a racing request with the same Idempotency-Key was first', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const { cid } = await upload(one, [filePart(randomBytes(2_500_000))])
    const root = await api.content.store.reader('public').get(parseCid(cid))
    const leaf = String(decode(root ?? new Uint8Array()).Links[0]?.Hash)
    const { id: userId, organizationId } = two
    const actor = {
      kind: 'session',
      userId,
      organizationId,
      role: 'owner',
      organizationState: 'active',
      platformRole: 'user',
      scopes: 'all',
    } as const
    const conflict = new IdempotencyConflict({ scope: organizationId, route: 'pins', key: 'k' })
    const pinCommitter = new PinCommitter({ unitOfWork: api.db.unitOfWork, logger: silentLogger })
    const deps = { ...api.content.deps, db: api.db, pinCommitter, denied: nothingDenied }
    await expect(createPin(deps, actor, leaf, {}, () => Promise.reject(conflict))).rejects.toBe(conflict)
    await api.content.manager.releases.sweep()
    await api.call('DELETE', `/api/v1/files/${cid}`, { as: one.headers })
    expect([await held(cid), await held(leaf)]).toEqual([false, false])
    expect(api.content.store.inFlight().size).toBe(0)
  })

  it('answers a repeat with the same Idempotency-Key once', async () => {
    const user = await api.addUser(operator)
    const headers = { 'idempotency-key': 'pin-1' }
    const cid = strange()
    const first = await pin(user, cid, { name: 'a' }, headers)
    const again = await pin(user, cid, { name: 'a' }, headers)
    expect([again.statusCode, again.json()]).toEqual([202, first.json()])
    expect((await pin(user, cid, { name: 'b' }, headers)).json()).toMatchObject({ code: 'idempotency_key_reuse' })
    expect((await get(user, '/pins')).json().pins).toHaveLength(1)
  })

  it('gives the answer to a repeat only who may pin', async () => {
    const user = await api.addUser(operator)
    const reader = await api.addApiKey(user, { name: 'reader', scopes: ['files:read'] })
    const headers = { 'idempotency-key': 'pin-2' }
    const cid = strange()
    expect((await pin(user, cid, { name: 'a' }, headers)).statusCode).toBe(202)
    const again = await pin({ ...user, headers: reader.headers }, cid, { name: 'a' }, headers)
    expect(again.json()).toMatchObject({ status: 403, code: 'insufficient_scope' })
    expect(again.headers['idempotent-replay']).toBeUndefined()
  })

  it.each([
    ['nonsense', undefined, 'invalid_cid'],
    [randomUUID(), undefined, 'invalid_cid'],
    ['f015512020000', undefined, 'unsupported_cid'],
    [strange(), { colour: 'red' }, 'unknown_field'],
    [strange(), { name: '' }, 'invalid_request'],
    [strange(), { name: 'a'.repeat(256) }, 'invalid_request'],
    [strange(), { name: 'a\0' }, 'invalid_request'],
    [strange(), { meta: [] }, 'invalid_request'],
    [strange(), { meta: { a: 'x'.repeat(17_000) } }, 'invalid_metadata'],
    [strange(), { meta: { a: { a: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } } } } }, 'invalid_metadata'],
  ])('refuses %s with %o', async (cid, body, code) => {
    expect((await pin(operator, cid, body)).json()).toMatchObject({ status: 400, code })
  })
})

describe('GET /pins and /pins/:hash/status', () => {
  it('tells who asks for what is looked for already that it is looked for, in the answer too', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const cid = strange()
    await pin(one, cid)
    await expect
      .poll(async () => (await get(one, '/pins?status=pinning')).json().pins, { timeout: 10_000 })
      .toHaveLength(1)
    const { info } = (await pin(two, cid)).json()
    expect(info).toMatchObject({ phase: 'searching', blocks: 0, tries: expect.any(Number), providers: [] })
  })

  it('pages, filters, and tells what each node says', async () => {
    const user = await api.addUser(operator)
    const { cid } = await upload(user, [filePart(randomBytes(100))])
    for (const name of ['a', 'b', 'c']) await pin(user, strange(), { name })
    const first = (await get(user, '/pins?limit=2')).json()
    const second = (await get(user, `/pins?limit=2&cursor=${first.nextCursor}`)).json()
    const names = [...first.pins, ...second.pins].map((each: { name: string | null }) => each.name)
    expect(names).toEqual(['c', 'b', 'a', null])
    expect(second.nextCursor).toBeNull()
    const fetched = async () => (await get(user, '/pins?status=pinning&name=b')).json().pins
    await expect.poll(fetched, { timeout: 10_000 }).toMatchObject([{ info: { phase: 'searching', blocks: 0 } }])
    expect((await get(user, `/pins?cid=${cid}`)).json().pins).toMatchObject([{ cid, status: 'pinned' }])
    const { pins } = (await get(user, `/pins/${cid}/status`)).json()
    expect(pins[0].nodes).toMatchObject([{ node: 'embedded', status: 'pinned', error: null }])
    const alone = (await get(user, `/pins/${first.pins[0].requestid}/status`)).json()
    expect(alone.pins).toMatchObject([{ name: 'c', nodes: [] }])
  })

  it('hides pins of other tenants', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const { requestid, cid } = (await pin(one, strange())).json()
    for (const hash of [requestid, cid]) {
      expect((await get(two, `/pins/${hash}/status`)).statusCode).toBe(404)
      expect((await unpin(two, hash)).statusCode).toBe(404)
    }
    expect((await get(two, '/pins')).json().pins).toEqual([])
    expect((await unpin(one, requestid)).json()).toEqual({ deleted: 1 })
  })
})

describe('DELETE /pins/:hash', () => {
  it('deletes all of them, more than one transaction takes', async () => {
    const user = await api.addUser(operator)
    const cid = strange()
    const { requestid } = (await pin(user, cid)).json()
    await api.db.pool.query(
      `insert into pins (id, organization_id, user_id, content_id, cid, status, created_at)
       select gen_random_uuid(), organization_id, user_id, content_id, cid, status, created_at + n * interval '1 microsecond'
       from pins, generate_series(1, 1000) n where id = $1`,
      [requestid],
    )
    expect((await unpin(user, cid)).json()).toEqual({ deleted: 1_001 })
    expect((await get(user, '/pins')).json().pins).toEqual([])
    expect((await unpin(user, cid)).statusCode).toBe(404)
  })

  it('refuses while a file hangs on the pin', async () => {
    const user = await api.addUser(operator)
    const { cid } = await upload(user, [filePart(randomBytes(100))])
    await pin(user, cid)
    expect((await unpin(user, cid)).json()).toMatchObject({ status: 409, code: 'conflict' })
    const { requestid } = (await get(user, '/pins?limit=1')).json().pins[0]
    expect((await unpin(user, requestid)).json()).toEqual({ deleted: 1 })
    expect(await held(cid)).toBe(true)
  })
})

import { randomBytes, randomUUID } from 'node:crypto'
import { carV1, cborBlock, rawBlock } from '@packages/content/car/test-cars'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { filePart, FORM_HEADERS, formBody } from '../../testing/multipart-form.ts'
import { buildSecondApi, buildTestContentApi, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
let owner: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  owner = await api.addUser(operator)
})
afterAll(() => api.stop())

const CASE = { caseNumber: 'K 12/34', reason: 'an order of a court' }
const takeDown = async (cid: string | CID, more: object = {}): Promise<string> => {
  const body = { cid: cid.toString(), ...CASE, ...more }
  const reply = await api.call('POST', '/api/v1/admin/takedowns', { as: operator.headers, body })
  expect(reply.statusCode).toBe(201)
  return reply.json().id
}
const lift = (id: string) => api.call('DELETE', `/api/v1/admin/takedowns/${id}`, { as: operator.headers })
const upload = (text: string, visibility?: 'private') =>
  api.app.inject({
    method: 'POST',
    url: `/api/v1/files/upload${visibility === undefined ? '' : `?visibility=${visibility}`}`,
    headers: { ...owner.headers, ...FORM_HEADERS },
    payload: formBody([filePart(text)]),
  })
const importCar = (cids: CID[], blocks: { cid: CID; bytes: Uint8Array }[]) =>
  api.app.inject({
    method: 'POST',
    url: '/api/v1/files/car',
    headers: { ...owner.headers, 'content-type': 'application/vnd.ipld.car' },
    payload: Buffer.from(carV1(cids, blocks)),
  })
const car = async (of: CID | string, path = ''): Promise<number> =>
  (await api.call('GET', `/api/v1/files/${of}/car${path}`, { as: owner.headers })).statusCode
const filesOf = async (cid: string): Promise<unknown[]> => {
  const reply = await api.call('GET', `/api/v1/files?cid=${cid}`, { as: owner.headers })
  return reply.json().files
}

it('is made, listed and lifted by operators, told in the events and the audit log, and by no word to others', async () => {
  const { cid } = rawBlock(randomUUID())
  const id = await takeDown(cid, { status: 410 })
  const again = { as: operator.headers, body: { cid: CID.createV1(0x71, cid.multihash).toString(), ...CASE } }
  expect((await api.call('POST', '/api/v1/admin/takedowns', again)).json()).toMatchObject({
    status: 409,
    code: 'already_exists',
  })
  const list = async (query: string) =>
    (await api.call('GET', `/api/v1/admin/takedowns?${query}`, { as: operator.headers })).json().takedowns
  const base58 = cid.toString(base58btc)
  expect(await list(`cid=${base58}`)).toMatchObject([{ id, cid: `${cid}`, ...CASE, status: 410, liftedAt: null }])
  expect((await lift(id)).json()).toMatchObject({ id, liftedAt: expect.any(String) })
  expect((await lift(id)).statusCode).toBe(404)
  expect(await list(`cid=${base58}&state=in-force`)).toEqual([])
  expect(await list(`cid=${base58}&state=lifted`)).toMatchObject([{ id }])
  const told = await api.db.kysely
    .selectFrom('audit_log')
    .select('action')
    .where('resource_id', '=', id)
    // The refused ones are written a moment later.
    .where('action', 'like', 'takedown.%')
    .orderBy('id')
    .execute()
  expect(told).toEqual([{ action: 'takedown.created' }, { action: 'takedown.lifted' }])
  for (const [method, path] of [
    ['GET', ''],
    ['POST', ''],
    ['DELETE', `/${id}`],
  ] as const) {
    const reply = await api.call(method, `/api/v1/admin/takedowns${path}`, { as: owner.headers, body: again.body })
    expect(reply.statusCode).toBe(403)
  }
})

it('lists go on by their cursor', async () => {
  for (let made = 0; made < 3; made++) await takeDown(rawBlock(randomUUID()).cid)
  const seen = new Set<string>()
  for (let cursor = ''; ; ) {
    const reply = await api.call('GET', `/api/v1/admin/takedowns?limit=1${cursor}`, { as: operator.headers })
    const { takedowns, nextCursor } = reply.json()
    for (const { id } of takedowns) expect(seen.has(id)).toBe(false)
    for (const { id } of takedowns) seen.add(id)
    if (nextCursor === null) break
    cursor = `&cursor=${nextCursor}`
  }
  expect(seen.size).toBeGreaterThanOrEqual(3)
})

it.each([
  ['no CID', { cid: 'x', ...CASE }],
  ['no case', { cid: `${rawBlock('a').cid}`, reason: 'x' }],
  ['no reason', { cid: `${rawBlock('a').cid}`, caseNumber: 'x', reason: ' ' }],
  ['control characters', { cid: `${rawBlock('a').cid}`, ...CASE, caseNumber: 'a\r\nb' }],
  ['another answer', { cid: `${rawBlock('a').cid}`, ...CASE, status: 404 }],
  ['an unknown field', { cid: `${rawBlock('a').cid}`, ...CASE, everywhere: true }],
])('%s is refused', async (_, body) => {
  const reply = await api.call('POST', '/api/v1/admin/takedowns', { as: operator.headers, body })
  expect(reply.statusCode).toBe(400)
})

it('what is taken down is neither pinned, in any way, nor stored, and can be again once that is lifted', async () => {
  const text = randomUUID()
  const { cid } = rawBlock(text)
  const spellings = [`${cid}`, cid.toString(base58btc), `${CID.createV1(0x71, cid.multihash)}`]
  const id = await takeDown(cid)
  const denied = { status: 403, code: 'content_denied', detail: expect.stringContaining(CASE.caseNumber) }
  for (const spelling of spellings) {
    const pinned = await api.call('POST', `/api/v1/pins/${spelling}`, { as: owner.headers, body: {} })
    expect(pinned.json()).toMatchObject(denied)
    const psa = await api.call('POST', '/psa/pins', { as: owner.headers, body: { cid: spelling } })
    expect([psa.statusCode, psa.json()]).toEqual([
      403,
      { error: { reason: 'CONTENT_DENIED', details: expect.stringContaining(CASE.caseNumber) } },
    ])
  }
  const other = rawBlock(randomUUID()).cid
  const first = await api.call('POST', '/psa/pins', { as: owner.headers, body: { cid: `${other}` } })
  const replaced = await api.call('POST', `/psa/pins/${first.json().requestid}`, {
    as: owner.headers,
    body: { cid: `${cid}` },
  })
  expect(replaced.statusCode).toBe(403)
  const lines = [spellings[0], `${other}`, spellings[1]].map((one) => JSON.stringify({ cid: one }))
  const bulk = await api.app.inject({
    method: 'POST',
    url: '/api/v1/pins/bulk',
    headers: { ...owner.headers, 'content-type': 'application/x-ndjson' },
    payload: lines.join('\n'),
  })
  const results = bulk.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(results.map(({ error }) => error?.code)).toEqual(['content_denied', undefined, 'content_denied', undefined])
  expect((await upload(text)).json()).toMatchObject(denied)
  expect((await upload(text, 'private')).json()).toMatchObject(denied)
  expect(await filesOf(`${cid}`)).toEqual([])
  await lift(id)
  expect((await upload(text)).statusCode).toBe(201)
  expect((await api.call('POST', `/api/v1/pins/${cid}`, { as: owner.headers, body: {} })).statusCode).toBe(201)
})

it('a CAR with a root that is denied is refused whole, and leaves nothing', async () => {
  const [bad, good] = [rawBlock(randomUUID()), rawBlock(randomUUID())]
  const [first, second] = [cborBlock({ bad: bad.cid }), cborBlock({ good: good.cid })]
  await takeDown(second.cid)
  const reply = await importCar([first.cid, second.cid], [first, bad, second, good])
  expect(reply.json()).toMatchObject({ status: 403, code: 'content_denied' })
  for (const { cid } of [first, second]) expect(await filesOf(`${cid}`)).toEqual([])
  await expect.poll(() => api.content.store.reader('public').locate(good.cid)).toBeUndefined()
  expect((await importCar([first.cid], [first, bad])).statusCode).toBe(201)
})

it('is given to nobody as a CAR, its owner included, be it the root or a part, in public or in private', async () => {
  const [bad, good] = [rawBlock(randomUUID()), rawBlock(randomUUID())]
  const root = cborBlock({ bad: bad.cid, good: good.cid })
  expect((await importCar([root.cid], [root, bad, good])).statusCode).toBe(201)
  const hidden: string = (await upload(randomUUID(), 'private')).json().file.cid
  const denied: string[] = []
  const ways = () => Promise.all([car(root.cid), car(root.cid, '?path=good'), car(hidden)])
  expect(await ways()).toEqual([200, 200, 200])
  for (const cid of [root.cid, hidden]) denied.push(await takeDown(cid))
  expect(await ways()).toEqual([403, 403, 403])
  for (const id of denied) await lift(id)
  await takeDown(bad.cid)
  expect(await car(root.cid, '?path=bad')).toBe(403)
  expect(await car(root.cid, '?path=good')).toBe(200)
  // Its root may be sent by then: a CAR that is cut does not look whole.
  expect(await car(root.cid).catch(() => 'cut')).not.toBe(200)
})

it('owners see it on what they have, with its case, in every process', async () => {
  const reply = await upload(randomBytes(20).toString('hex'))
  const { cid } = reply.json().file
  const { requestid } = reply.json().pin
  const told = async (through: TestApi) => {
    const get = async (path: string) => (await through.call('GET', path, { as: owner.headers })).json()
    return [
      (await get(`/api/v1/files?cid=${cid}`)).files[0].denied,
      (await get(`/api/v1/files/${cid}`)).files[0].denied,
      (await get(`/api/v1/pins?cid=${cid}`)).pins[0].denied,
      (await get(`/api/v1/pins/${requestid}/status`)).pins[0].denied,
      (await get(`/psa/pins/${requestid}`)).info?.status_details,
      (await get(`/psa/pins?cid=${cid}`)).results[0].info?.status_details,
    ]
  }
  const second = await buildSecondApi(api, { content: api.content.deps })
  try {
    for (const through of [api, second]) expect(await told(through)).toEqual(Array(6).fill(undefined))
    const id = await takeDown(cid, { status: 410 })
    const denied = { status: 410, caseNumber: CASE.caseNumber }
    const details = expect.stringContaining(CASE.caseNumber)
    const everywhere = [denied, denied, denied, denied, details, details]
    expect(await told(api)).toEqual(everywhere)
    await expect.poll(() => told(second)).toEqual(everywhere)
    await lift(id)
    expect(await told(api)).toEqual(Array(6).fill(undefined))
  } finally {
    await second.app.close()
  }
})

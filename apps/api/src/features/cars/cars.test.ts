import { open } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { segmentPath } from '@packages/content/block-store/segment-path'
import { carV1, carV2, cborBlock, inPieces, rawBlock, type TestBlock } from '@packages/content/car/test-cars'
import { readCar } from '@packages/content/car/read-car'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestContentApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import type { TestContent } from '../../testing/test-content.ts'

let api: TestApi & { content: TestContent }
let user: TestUser
let other: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  user = await api.setUp()
  other = await api.addUser(user)
})
afterAll(() => api.stop())

let fresh = 0
const leafOf = (text = 'leaf'): TestBlock => rawBlock(`${text} ${fresh++}`)
const large = (): TestBlock => rawBlock(Buffer.alloc(1_500_000, `large ${fresh++}`))

const send = (car: Uint8Array, query = '', { as = user, headers = {} }: { as?: TestUser; headers?: object } = {}) =>
  api.app.inject({
    method: 'POST',
    url: `/api/v1/files/car${query}`,
    headers: { ...as.headers, 'content-type': 'application/vnd.ipld.car', ...headers },
    payload: Buffer.from(car),
  })
const usage = async ({ organizationId }: TestUser): Promise<{ stored_bytes: number; roots: number } | undefined> =>
  api.db.kysely
    .selectFrom('usage')
    .select(['stored_bytes', 'roots'])
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()
const blocksOf = async (car: Uint8Array): Promise<string[]> =>
  (await Array.fromAsync((await readCar(inPieces(car))).blocks)).flat().map(({ cid }) => cid.toString())
const storeRoots = async (): Promise<string[]> =>
  (await Array.fromAsync(api.content.store.roots())).map(({ contentId }) => contentId)
/** What was there before may go meanwhile: releases of other tests end when they end. */
const newRoots = async (before: readonly string[]): Promise<string[]> =>
  (await storeRoots()).filter((id) => !before.includes(id))

describe('POST /api/v1/files/car', () => {
  it('makes a file and a pin of each root, says what it did, and charges for it', async () => {
    const before = await usage(user)
    const [a, b, stray] = [leafOf(), leafOf(), leafOf()]
    const root = cborBlock({ a: a.cid })
    const reply = await send(carV2(carV1([root.cid, b.cid, b.cid], [root, a, b, a, stray])), '?name=two%20roots')
    expect(reply.statusCode, reply.body).toBe(201)
    const body = reply.json()
    const dagSize = root.bytes.length + a.bytes.length
    expect(body).toMatchObject({
      complete: true,
      files: [
        {
          file: { cid: root.cid.toString(), kind: 'dag', name: 'two roots', size: dagSize },
          pin: { status: 'pinned' },
        },
        { file: { cid: b.cid.toString(), kind: 'file', size: b.bytes.length } },
      ],
      car: {
        version: 2,
        sections: 5,
        duplicates: 1,
        added: { blocks: 3 },
        held: { blocks: 0 },
        unreachable: { blocks: 1 },
      },
    })
    expect(body.car.roots).toHaveLength(3)
    expect(await usage(user)).toEqual({
      stored_bytes: (before?.stored_bytes ?? 0) + dagSize + b.bytes.length,
      roots: (before?.roots ?? 0) + 2,
    })
    const again = (await send(carV1([root.cid], [root, a]))).json()
    expect(again.car).toMatchObject({ added: { blocks: 0, bytes: 0 }, held: { blocks: 2, bytes: dagSize } })
    expect(again.files[0].file.name).toBe(root.cid.toString())
  })

  it('takes the part "file" of a form, and its name', async () => {
    const a = leafOf()
    const form = (...more: string[]) =>
      Buffer.concat([
        Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="my photos.car"\r\n\r\n'),
        carV1([a.cid], [a]),
        Buffer.from(`\r\n--x${more.map((one) => `\r\n${one}\r\n--x`).join('')}--\r\n`),
      ])
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    const second = await send(form('content-disposition: form-data; name="other"\r\n\r\nvalue'), '', { headers })
    expect(second.json()).toMatchObject({ status: 400, code: 'unknown_field' })
    const none = await send(Buffer.from('--x--\r\n'), '', { headers })
    expect(none.json()).toMatchObject({ status: 400, code: 'missing_file' })
    expect(await api.content.store.reader('public').get(a.cid)).toBe(undefined)
    const reply = await send(form(), '', { headers })
    expect(reply.json()).toMatchObject({ files: [{ file: { name: 'my photos', kind: 'file' } }] })
  })

  it('refuses what is not whole, with what is missing, and leaves nothing', async () => {
    const roots = await storeRoots()
    const before = await usage(user)
    const lost = leafOf()
    const root = cborBlock({ lost: lost.cid })
    const reply = await send(carV1([root.cid], [root]))
    expect(reply.headers['content-type']).toMatch(/problem\+json/)
    expect(reply.json()).toMatchObject({
      status: 422,
      code: 'incomplete_dag',
      missing: { count: 1, cids: [lost.cid.toString()] },
    })
    expect((await send(carV1([], [lost]))).json()).toMatchObject({ status: 422, code: 'car_without_roots' })
    const bent = carV1([lost.cid], [{ ...lost, bytes: Buffer.from('bent') }])
    expect((await send(bent)).json()).toMatchObject({ status: 400, code: 'invalid_car' })
    const cut = carV1([lost.cid], [lost]).subarray(0, -1)
    expect((await send(cut)).json()).toMatchObject({ status: 400, code: 'truncated_body' })
    expect((await send(Buffer.alloc(0))).json()).toMatchObject({ status: 400, code: 'truncated_body' })
    expect((await send(Buffer.from('{}'), '', { headers: { 'content-type': 'application/json' } })).statusCode).toBe(
      415,
    )
    expect((await send(bent, '?what=1')).json()).toMatchObject({ status: 400 })
    expect(await usage(user)).toEqual(before)
    expect(await newRoots(roots)).toEqual([])
    expect(api.content.store.inFlight().size).toBe(0)
    const named = await send(carV1([], [lost]), `?root=${lost.cid}`)
    expect(named.json()).toMatchObject({ complete: true, files: [{ file: { cid: lost.cid.toString() } }] })
  })

  it('answers a repeat with the same key from the first one', async () => {
    const [a, b] = [leafOf(), leafOf()]
    const key = { headers: { 'idempotency-key': `car-${fresh}` } }
    const car = carV1([a.cid, b.cid], [a, b])
    const first = await send(car, '', key)
    const roots = await storeRoots()
    const second = await send(car, '', key)
    expect(second.headers['idempotent-replay']).toBe('true')
    expect(second.json()).toEqual(first.json())
    expect(await newRoots(roots)).toEqual([])
    expect((await send(car, '?name=x', key)).json()).toMatchObject({ code: 'idempotency_key_reuse' })
    await expect.poll(() => api.content.store.inFlight().size).toBe(0)
  })

  it('gives all roots or none when the quota is reached', async () => {
    const poor = await api.addUser(user)
    const limit = { storage_limit: 1_600_000 }
    await api.db.kysely.updateTable('organizations').set(limit).where('id', '=', poor.organizationId).execute()
    const [a, b, small] = [large(), large(), leafOf()]
    const reply = await send(carV1([small.cid, a.cid, b.cid], [small, a, b]), '', { as: poor })
    expect(reply.json()).toMatchObject({ status: 403, code: 'quota_exceeded' })
    expect(await usage(poor)).toMatchObject({ stored_bytes: 0, roots: 0 })
    await expect.poll(() => api.content.store.reader('public').get(a.cid), { timeout: 15_000 }).toBe(undefined)
  })
})

describe('imports that lack blocks', () => {
  it('are kept, listed, charged, continued and then gone', async () => {
    const before = await usage(user)
    const [a, b, c] = [leafOf(), large(), leafOf()]
    const root = cborBlock({ a: a.cid, b: b.cid, c: c.cid })
    const reply = await send(carV1([root.cid], [root, a]), '?incomplete=keep&name=half')
    expect(reply.statusCode, reply.body).toBe(202)
    const kept = reply.json().import
    const size = root.bytes.length + a.bytes.length
    expect(kept).toMatchObject({ name: 'half', roots: [root.cid.toString()], size, blocks: 2, missing: { count: 2 } })
    expect((await usage(user))?.stored_bytes).toBe((before?.stored_bytes ?? 0) + size)
    expect((await api.call('GET', '/api/v1/imports', { as: user.headers })).json()).toEqual({
      imports: [kept],
      nextCursor: null,
    })
    const url = `/api/v1/imports/${kept.id}`
    expect((await api.call('GET', url, { as: user.headers })).json()).toEqual(kept)

    // Another organization sees none of it, and cannot use its blocks.
    expect((await api.call('GET', url, { as: other.headers })).statusCode).toBe(404)
    expect((await api.call('DELETE', url, { as: other.headers })).statusCode).toBe(404)
    expect((await send(carV1([], [b]), `?continues=${kept.id}`, { as: other })).statusCode).toBe(404)
    expect((await send(carV1([root.cid], [root, b, c]), '', { as: other })).json()).toMatchObject({
      code: 'incomplete_dag',
      missing: { cids: [a.cid.toString()] },
    })

    const still = await send(carV1([], [b]), `?continues=${kept.id}`)
    expect(still.json()).toMatchObject({ code: 'incomplete_dag', missing: { cids: [c.cid.toString()] } })
    const more = await send(carV1([], [b]), `?incomplete=keep&continues=${kept.id}`)
    expect(more.json()).toMatchObject({ import: { name: 'half', missing: { count: 1 }, blocks: 3 } })
    expect((await api.call('GET', url, { as: user.headers })).statusCode).toBe(404)
    const whole = await send(carV1([], [c]), `?continues=${more.json().import.id}`)
    expect(whole.statusCode, whole.body).toBe(201)
    expect(whole.json()).toMatchObject({ files: [{ file: { name: 'half', cid: root.cid.toString() } }] })
    const all = [root, a, b, c].reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect((await usage(user))?.stored_bytes).toBe((before?.stored_bytes ?? 0) + all)
    expect((await api.call('GET', '/api/v1/imports', { as: user.headers })).json().imports).toEqual([])
    await expect.poll(() => api.content.store.reader('incomplete').get(a.cid)).toBe(undefined)
  })

  it('give their bytes back when they are deleted, and are refused above the quota', async () => {
    const before = await usage(user)
    const [a, lost] = [leafOf(), leafOf()]
    const root = cborBlock({ a: a.cid, lost: lost.cid })
    const car = carV1([root.cid], [root, a])
    const key = { headers: { 'idempotency-key': `kept-${fresh}` } }
    const kept = (await send(car, '?incomplete=keep', key)).json()
    const again = await send(car, '?incomplete=keep', key)
    expect([again.statusCode, again.json()]).toEqual([202, kept])
    // The same blocks may be kept twice.
    const twin = (await send(car, '?incomplete=keep')).json()
    for (const { import: one } of [kept, twin])
      expect((await api.call('DELETE', `/api/v1/imports/${one.id}`, { as: user.headers })).statusCode).toBe(204)
    expect(await usage(user)).toEqual(before)
    await expect.poll(() => api.content.store.reader('incomplete').get(a.cid)).toBe(undefined)

    const poor = await api.addUser(user)
    const limit = { storage_limit: 10 }
    await api.db.kysely.updateTable('organizations').set(limit).where('id', '=', poor.organizationId).execute()
    expect((await send(car, '?incomplete=keep', { as: poor })).json()).toMatchObject({ code: 'quota_exceeded' })
    expect((await api.call('GET', '/api/v1/imports', { as: poor.headers })).json().imports).toEqual([])
    await expect.poll(() => api.content.store.reader('incomplete').get(a.cid)).toBe(undefined)
  })
})

const get = (hash: CID | string, query = '', as = user, headers = {}) =>
  api.call('GET', `/api/v1/files/${hash}/car${query}`, { as: as.headers, headers })

describe('GET /api/v1/files/:hash/car', () => {
  it('gives the same bytes each time, by CID and id, with a name and a tag', async () => {
    const [a, b] = [leafOf(), large()]
    const root = cborBlock({ b: b.cid, a: a.cid })
    const { files } = (await send(carV1([root.cid], [a, b, root]), '?name=gr%C3%BC%C3%9Fe')).json()
    const reply = await get(root.cid)
    expect(reply.rawPayload.equals(carV1([root.cid], [root, a, b]))).toBe(true)
    expect(reply.headers).toMatchObject({
      'content-type': 'application/vnd.ipld.car; version=1; order=dfs; dups=n',
      'content-disposition': `attachment; filename="gr__e.car"; filename*=UTF-8''gr%C3%BC%C3%9Fe.car`,
      'x-content-type-options': 'nosniff',
      etag: `"${root.cid}.car"`,
    })
    expect((await get(files[0].file.id)).rawPayload.equals(reply.rawPayload)).toBe(true)
    const known = await get(root.cid, '', user, { 'if-none-match': `W/"x", "${root.cid}.car"` })
    expect([known.statusCode, known.body]).toEqual([304, ''])
    expect((await get(root.cid, '', other)).statusCode).toBe(404)
    // What is held as a part of something is no root of theirs.
    expect((await get(a.cid)).statusCode).toBe(404)
    await api.call('POST', `/api/v1/pins/${a.cid}`, { as: other.headers, body: {} })
    expect((await get(a.cid, '', other)).rawPayload.equals(carV1([a.cid], [a]))).toBe(true)
    expect((await get(leafOf().cid)).statusCode).toBe(404)
  })

  it('gives what lies at a path, with the blocks that lead to it', async () => {
    const [deep, aside] = [leafOf(), leafOf()]
    const middle = cborBlock({ list: [deep.cid, 'text'] })
    const root = cborBlock({ middle: middle.cid, aside: aside.cid })
    await send(carV1([root.cid], [root, middle, deep, aside]))
    const reply = await get(root.cid, '?path=middle/list/0')
    expect(reply.rawPayload.equals(carV1([deep.cid], [root, middle, deep]))).toBe(true)
    expect(await blocksOf((await get(root.cid, '?path=/middle/')).rawPayload)).toEqual(
      [root, middle, deep].map(({ cid }) => cid.toString()),
    )
    expect((await get(root.cid, '?path=middle/list/1')).statusCode).toBe(404)
    expect((await get(root.cid, '?path=nothing')).statusCode).toBe(404)
    expect((await get(root.cid, '?path=../x')).json()).toMatchObject({ status: 400, code: 'invalid_path' })
  })

  it('cuts the connection when a block turns out to be damaged', async () => {
    const [a, b] = [large(), large()]
    const root = cborBlock([a.cid, b.cid])
    await send(carV1([root.cid], [root, a, b]))
    await flipByteOf(b)
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = api.app.server.address() as AddressInfo
    const reply = await fetch(`http://127.0.0.1:${port}/api/v1/files/${root.cid}/car`, { headers: user.headers })
    expect(reply.status).toBe(200)
    await expect(reply.arrayBuffer()).rejects.toThrow()
  })
})

/** Changes a byte of a stored block on the disk. */
const flipByteOf = async ({ cid }: TestBlock): Promise<void> => {
  const location = api.content.store.reader('public').locate(cid)
  if (location === undefined) throw new Error('not held')
  await using file = await open(segmentPath(api.content.directory, location.segment), 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, location.offset + 100)
  byte[0] = (byte[0] as number) ^ 1
  await file.write(byte, 0, 1, location.offset + 100)
}

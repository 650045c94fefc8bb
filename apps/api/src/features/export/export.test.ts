import { randomBytes, randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { Readable } from 'node:stream'
import { carV1, cborBlock, rawBlock } from '@packages/content/car/test-cars'
import { segmentPath } from '@packages/content/block-store/segment-path'
import { CODEC_RAW } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildTestContentApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import { filePart, FORM_HEADERS, formBody } from '../../testing/multipart-form.ts'
import { readTar, tarOf, textEntry } from './tar-archive.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let second: TestApi
let operator: TestUser
let elsewhere: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  second = await buildTestContentApi()
  elsewhere = await second.setUp()
})
afterAll(async () => {
  await api.stop()
  await second.stop()
})

const uploadAs = async (
  visibility: 'public' | 'private',
  user: TestUser,
  bytes: string | Buffer,
  name: string,
  metadata?: object,
): Promise<{ id: string; cid: string }> => {
  const extra = metadata === undefined ? [] : [{ name: 'metadata', body: JSON.stringify(metadata) }]
  const reply = await api.app.inject({
    method: 'POST',
    url: `/api/v1/files/upload?visibility=${visibility}`,
    headers: { ...user.headers, ...FORM_HEADERS },
    payload: formBody([...extra, filePart(bytes, name)]),
  })
  if (reply.statusCode !== 201) throw new Error(reply.body)
  return reply.json().file
}
const upload = async (user: TestUser, bytes: string | Buffer, name: string, metadata?: object): Promise<string> =>
  (await uploadAs('public', user, bytes, name, metadata)).cid

const contentOf = (fileId: string) =>
  api.db.kysely
    .selectFrom('files as f')
    .innerJoin('contents as c', 'c.id', 'f.content_id')
    .where('f.id', '=', fileId)
    .select(['c.id', 'c.cid'])
    .executeTakeFirstOrThrow()

/** Turns a bit of a stored block over. */
const flip = (realm: string, cid: CID): void => {
  const { store, directory } = api.content
  const place = store.reader(realm).locate(cid)
  if (place === undefined) throw new Error(`${cid} is not held`)
  const path = segmentPath(directory, place.segment)
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, place.offset)
  writeSync(file, Buffer.of((byte[0] as number) ^ 1), 0, 1, place.offset)
  closeSync(file)
}

const exportOf = async (user: TestUser): Promise<Buffer> => {
  const path = `/api/v1/organizations/${user.organizationId}/export`
  const reply = await api.app.inject({ method: 'GET', url: path, headers: user.headers })
  expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'application/x-tar'])
  return reply.rawPayload
}

const filesIn = async (tar: Buffer): Promise<Map<string, Buffer>> => {
  const files = new Map<string, Buffer>()
  for await (const { name, bytes } of readTar(Readable.from([tar]))) {
    const pieces: Uint8Array[] = []
    for await (const piece of bytes) pieces.push(piece)
    files.set(name, Buffer.concat(pieces))
  }
  return files
}

const send = (to: TestApi, user: TestUser, payload: Buffer) =>
  to.app.inject({
    method: 'POST',
    url: `/api/v1/organizations/${user.organizationId}/import`,
    headers: { ...user.headers, 'content-type': 'application/x-tar' },
    payload,
  })

type Listed = { cid: string; name: string; size: number; contentType: string; metadata: object; kind: string }
const listed = async (from: TestApi, user: TestUser): Promise<Listed[]> => {
  const { files } = (await from.call('GET', '/api/v1/files?limit=100', { as: user.headers })).json()
  return (files as (Listed & { id: string })[])
    .map(({ cid, name, size, contentType, metadata, kind }) => ({ cid, name, size, contentType, metadata, kind }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const tar = async (entries: [string, string | Buffer][]): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  const all = (async function* () {
    for (const [name, text] of entries) {
      if (typeof text === 'string') yield textEntry(name, text)
      else yield { name, size: text.length, bytes: Readable.from([text]) }
    }
  })()
  for await (const piece of tarOf(all, new Date(0))) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('what an operator has taken down does not come in by an archive, with or without its blocks', async () => {
  const [from, to] = [await api.addUser(operator), await api.addUser(operator)]
  await upload(from, randomUUID(), 'taken down.txt')
  const exported = await api.call('GET', `/api/v1/organizations/${from.organizationId}/export`, { as: from.headers })
  const [{ cid = '' } = {}] = await listed(api, from)
  const entries = [...(await filesIn(exported.rawPayload))]
  const withoutCar = await tar(entries.filter(([name]) => !name.endsWith('.car')))
  const takedown = { as: operator.headers, body: { cid, caseNumber: 'K 1', reason: 'an order' } }
  const { id } = (await api.call('POST', '/api/v1/admin/takedowns', takedown)).json()
  for (const archive of [exported.rawPayload, withoutCar]) {
    expect((await send(api, to, archive)).json()).toMatchObject({ status: 403, code: 'content_denied' })
    expect((await api.call('GET', '/api/v1/pins', { as: to.headers })).json().pins).toEqual([])
  }
  await api.call('DELETE', `/api/v1/admin/takedowns/${id}`, { as: operator.headers })
  expect((await send(api, to, exported.rawPayload)).statusCode).toBe(200)
  expect(await listed(api, to)).toMatchObject([{ cid }])
})

test('an organization goes to another installation: CIDs, names, types, metadata and pins are the same', async () => {
  const owner = await api.addUser(operator)
  const shared = randomUUID()
  await upload(owner, 'a small file', 'ünïcode & 語.txt', { project: 'x', deep: { list: [1, null, 'a'] } })
  await upload(owner, Buffer.alloc(3 * 1024 * 1024 + 7, randomUUID()), 'large.bin')
  await upload(owner, shared, 'one name.md')
  await upload(owner, shared, 'another name.md')
  await upload(owner, '', 'empty')
  const leaf = rawBlock(randomUUID())
  const root = cborBlock({ leaf: leaf.cid })
  const carHeaders = { ...owner.headers, 'content-type': 'application/vnd.ipld.car' }
  await api.app.inject({
    method: 'POST',
    url: '/api/v1/files/car?name=a%20dag',
    headers: carHeaders,
    payload: Buffer.from(carV1([root.cid], [root, leaf])),
  })
  const wanted = rawBlock(randomUUID()).cid.toString()
  const pinned = await api.call('POST', `/api/v1/pins/${wanted}`, {
    body: { name: 'not here yet', meta: { from: 'elsewhere' } },
    as: owner.headers,
  })
  expect(pinned.statusCode).toBe(202)

  const archive = await exportOf(owner)
  const reply = await send(second, elsewhere, archive)
  expect([reply.statusCode, reply.json()]).toEqual([200, { pins: 7, files: 6, contents: 5, present: 0 }])
  const before = await listed(api, owner)
  expect(before).toHaveLength(6)
  expect(await listed(second, elsewhere)).toEqual(before)
  const status = await second.call('GET', `/api/v1/pins/${wanted}/status`, { as: elsewhere.headers })
  expect(status.json().pins).toMatchObject([{ cid: wanted, name: 'not here yet', meta: { from: 'elsewhere' } }])
  // What is there is passed over.
  expect((await send(second, elsewhere, archive)).json()).toEqual({ pins: 0, files: 0, contents: 0, present: 7 })
  expect(await listed(second, elsewhere)).toEqual(before)
})

test('the archive has every row of the organization, no secret, and says that it is whole', async () => {
  const owner = await api.addUser(operator)
  const { key } = await api.addApiKey(owner)
  await upload(owner, randomUUID(), 'a.txt')
  await api.call('POST', '/api/v1/invitations', { body: { email: 'g@example.org', role: 'viewer' }, as: owner.headers })
  const files = await filesIn(await exportOf(owner))
  const [first, last] = [[...files.keys()][0], [...files.keys()].at(-1)]
  expect([first, last]).toEqual(['export.json', 'end.json'])
  const rows = (table: string): Record<string, unknown>[] =>
    String(files.get(`tables/${table}-000001.jsonl`) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  expect(rows('organizations')).toMatchObject([{ id: owner.organizationId }])
  expect(rows('api_keys')).toMatchObject([{ name: 'test' }])
  expect(rows('files')).toMatchObject([{ original_name: 'a.txt' }])
  expect(rows('members')).toHaveLength(1)
  expect(rows('audit_log').map(({ action }) => action)).toEqual(expect.arrayContaining(['file.uploaded']))
  expect(JSON.parse(String(files.get('end.json')))).toMatchObject({ rows: { files: 1, pins: 1 }, contents: 1, cars: 1 })
  expect(JSON.parse(String(files.get('end.json')))).toMatchObject({ missing: 0, whole: true })
  const text = Buffer.concat([...files.values()]).toString('latin1')
  const [stored] = await api.db.kysely
    .selectFrom('api_keys')
    .where('organization_id', '=', owner.organizationId)
    .selectAll()
    .execute()
  for (const secret of [key, stored?.prefix ?? '-', stored?.hash.toString('hex') ?? '-', owner.accessToken])
    expect(text.includes(secret), secret.slice(0, 6)).toBe(false)
})

test('what is damaged or gone is left out and told, and the rest goes on; taken in elsewhere it is asked for again', async () => {
  const owner = await api.addUser(operator)
  const lost = await uploadAs('public', owner, randomUUID(), 'lost.txt')
  const chunks = [randomBytes(1024 * 1024), randomBytes(1024 * 1024)]
  const damaged = await upload(owner, Buffer.concat(chunks), 'damaged.bin')
  const { id, cid: hidden } = await uploadAs('private', owner, randomBytes(70_000), 'secret.bin')
  const good = await upload(owner, randomUUID(), 'good.txt')
  const { store } = api.content
  const leaf = CID.createV1(CODEC_RAW, await sha256.digest(chunks[1] as Buffer))
  flip('public', leaf)
  const heldAs = await contentOf(id)
  flip('private', CID.parse(heldAs.cid))
  // Absence without a word of the database: as a disk loses it.
  await store.release((await contentOf(lost.id)).id)

  const archive = await exportOf(owner)
  const files = await filesIn(archive)
  expect(JSON.parse(String(files.get('end.json')))).toMatchObject({
    contents: 3,
    cars: 1,
    privateFiles: 0,
    missing: 3,
    whole: false,
  })
  const missing = String(files.get('missing/000001.jsonl'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(missing).toEqual([
    { car: `contents/${lost.cid}.car`, why: 'missing', cid: lost.cid, names: ['lost.txt'] },
    { car: `contents/${damaged}.car`, why: 'damaged', cid: damaged, names: ['damaged.bin'] },
    { car: `private/${id}.car`, why: 'damaged', cid: hidden, names: ['secret.bin'] },
  ])
  for (const { car } of missing) expect(files.has(car), car).toBe(false)
  expect(files.has(`contents/${good}.car`)).toBe(true)
  const taken = await send(second, elsewhere, archive)
  expect([taken.statusCode, taken.json()]).toEqual([200, { pins: 3, files: 1, contents: 1, present: 0 }])
})

test('people get what is stored about them, and nobody else', async () => {
  const [user, other] = [await api.addUser(operator), await api.addUser(operator)]
  const reply = await api.app.inject({ method: 'GET', url: '/api/v1/account/export', headers: user.headers })
  expect(reply.statusCode).toBe(200)
  const files = await filesIn(reply.rawPayload)
  const text = Buffer.concat([...files.values()]).toString('utf8')
  for (const word of [user.email, 'A user', '127.0.0.1']) expect(text).toContain(word)
  for (const word of [other.email, other.id, user.accessToken, user.refreshToken, 'scrypt', '$argon'])
    expect(text.includes(word), word).toBe(false)
  const { password } = await api.db.kysely
    .selectFrom('accounts')
    .where('user_id', '=', user.id)
    .select('password')
    .executeTakeFirstOrThrow()
  expect(text.includes(password ?? '-')).toBe(false)
  const key = await api.addApiKey(user)
  expect((await api.call('GET', '/api/v1/account/export', { as: key.headers })).statusCode).toBe(403)
})

test('an archive that is not one, or is cut off, or lies about its roots is refused', async () => {
  const owner = await api.addUser(operator)
  await upload(owner, randomUUID(), 'a.txt')
  const archive = await exportOf(owner)
  const head = JSON.stringify({ format: 'holdfast-export', version: 1, kind: 'organization' })
  const files = await filesIn(archive)
  const [car] = [...files].filter(([name]) => name.endsWith('.car'))
  const line = String([...files].find(([name]) => /contents.*jsonl/.test(name))?.[1])
  const cid = /contents\/(.*)\.car/.exec(car?.[0] ?? '')?.[1] ?? ''
  const other = rawBlock('x').cid.toString()
  const bad: Record<string, Buffer> = {
    'no tar': Buffer.alloc(5_000, 'x'),
    empty: Buffer.alloc(0),
    'cut off': archive.subarray(0, archive.length / 2),
    'no end': await tar([
      ['export.json', head],
      [`contents/${cid}.jsonl`, line],
    ]),
    'another format': await tar([
      ['export.json', '{"format":"other"}'],
      ['end.json', '{}'],
    ]),
    'a CAR alone': await tar([['export.json', head], car ?? ['', ''], ['end.json', '{}']]),
    'another root': await tar([
      ['export.json', head],
      [`contents/${other}.jsonl`, line.replaceAll(cid, other)],
      [`contents/${other}.car`, car?.[1] ?? ''],
      ['end.json', '{}'],
    ]),
    'a name that climbs': await tar([
      ['export.json', head],
      [`contents/${cid}.jsonl`, line.replace('a.txt', '../../etc/passwd')],
      car ?? ['', ''],
      ['end.json', '{}'],
    ]),
  }
  for (const [what, payload] of Object.entries(bad)) {
    const reply = await send(second, elsewhere, payload)
    expect([what, reply.statusCode >= 400 && reply.statusCode < 500]).toEqual([what, true])
  }
})

test('only owners export and import; across tenants there is nothing', async () => {
  const [owner, stranger] = [await api.addUser(operator), await api.addUser(operator)]
  for (const path of ['export', 'import']) {
    const url = `/api/v1/organizations/${owner.organizationId}/${path}`
    const method = path === 'export' ? 'GET' : 'POST'
    const headers = { ...stranger.headers, 'content-type': 'application/x-tar' }
    expect(
      (await api.app.inject({ method, url, headers, ...(path === 'import' ? { payload: Buffer.alloc(0) } : {}) }))
        .statusCode,
    ).toBe(404)
  }
})

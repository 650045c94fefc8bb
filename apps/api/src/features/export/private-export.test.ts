import { randomBytes, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { carV1, cborBlock, rawBlock } from '@packages/content/car/test-cars'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'
import { filePart, FORM_HEADERS, formBody } from '../../testing/multipart-form.ts'
import { readTar, tarOf, textEntry } from './tar-archive.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

type Listed = {
  id: string
  cid: string
  name: string
  visibility: string
  size: number
  metadata: object
  kind: string
}

const upload = async (
  user: TestUser,
  bytes: string | Buffer,
  name: string,
  visibility = 'private',
): Promise<Listed> => {
  const reply = await api.app.inject({
    method: 'POST',
    url: `/api/v1/files/upload?visibility=${visibility}`,
    headers: { ...user.headers, ...FORM_HEADERS },
    payload: formBody([{ name: 'metadata', body: JSON.stringify({ canary: name }) }, filePart(bytes, name)]),
  })
  if (reply.statusCode !== 201) throw new Error(reply.body)
  return reply.json().file
}

const exportOf = async (user: TestUser): Promise<Buffer> => {
  const url = `/api/v1/organizations/${user.organizationId}/export`
  const reply = await api.app.inject({ method: 'GET', url, headers: user.headers })
  expect(reply.statusCode).toBe(200)
  return reply.rawPayload
}

const send = (user: TestUser, payload: Buffer) =>
  api.app.inject({
    method: 'POST',
    url: `/api/v1/organizations/${user.organizationId}/import`,
    headers: { ...user.headers, 'content-type': 'application/x-tar' },
    payload,
  })

const filesIn = async (tar: Buffer): Promise<[string, Buffer][]> => {
  const files: [string, Buffer][] = []
  for await (const { name, bytes } of readTar(Readable.from([tar]))) {
    const pieces: Uint8Array[] = []
    for await (const piece of bytes) pieces.push(piece)
    files.push([name, Buffer.concat(pieces)])
  }
  return files
}

const tar = async (entries: readonly [string, string | Buffer][]): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  const all = (async function* () {
    for (const [name, text] of entries)
      if (typeof text === 'string') yield textEntry(name, text)
      else yield { name, size: text.length, bytes: Readable.from([text]) }
  })()
  for await (const piece of tarOf(all, new Date(0))) pieces.push(piece)
  return Buffer.concat(pieces)
}

const listed = async (user: TestUser): Promise<Listed[]> => {
  const { files } = (await api.call('GET', '/api/v1/files?limit=100', { as: user.headers })).json()
  return (files as Listed[]).toSorted((a, b) =>
    `${a.name}${a.cid}${a.visibility}` < `${b.name}${b.cid}${b.visibility}` ? -1 : 1,
  )
}
const facts = (files: Listed[]) =>
  files.map(({ cid, name, visibility, size, metadata, kind }) => ({ cid, name, visibility, size, metadata, kind }))
const carOf = async (user: TestUser, { id }: Listed): Promise<Buffer> => {
  const reply = await api.app.inject({ method: 'GET', url: `/api/v1/files/${id}/car`, headers: user.headers })
  expect(reply.statusCode).toBe(200)
  return reply.rawPayload
}

test('private files go to another organization and stay private: bytes, names and CIDs are the same', async () => {
  const [owner, elsewhere] = [await api.addUser(operator), await api.addUser(operator)]
  const same = randomUUID()
  await upload(owner, same, 'a name.txt')
  await upload(owner, same, 'a name.txt')
  await upload(owner, same, 'ünïcode & 語.txt')
  await upload(owner, same, 'a name.txt', 'public')
  await upload(owner, randomBytes(3 * 1024 * 1024 + 7), 'large.bin')
  await upload(owner, '', 'empty')
  const leaf = rawBlock(randomUUID())
  const root = cborBlock({ leaf: leaf.cid })
  const dag = await api.app.inject({
    method: 'POST',
    url: '/api/v1/files/car?visibility=private&name=a%20dag',
    headers: { ...owner.headers, 'content-type': 'application/vnd.ipld.car' },
    payload: Buffer.from(carV1([root.cid], [root, leaf])),
  })
  expect(dag.statusCode).toBe(201)

  const archive = await exportOf(owner)
  const end = JSON.parse(String((await filesIn(archive)).at(-1)?.[1]))
  expect(end).toMatchObject({ contents: 1, cars: 1, privateFiles: 6 })
  const reply = await send(elsewhere, archive)
  expect([reply.statusCode, reply.json()]).toEqual([200, { pins: 7, files: 7, contents: 7, present: 0 }])
  const [before, after] = [await listed(owner), await listed(elsewhere)]
  expect(facts(after)).toEqual(facts(before))
  expect(before.filter(({ visibility }) => visibility === 'private')).toHaveLength(6)
  for (const [index, file] of before.entries()) {
    const its = after[index] as Listed
    expect((await carOf(elsewhere, its)).equals(await carOf(owner, file))).toBe(true)
    const isPublic = (await api.content.store.reader('public').get(parseCid(file.cid))) !== undefined
    expect([file.name, isPublic]).toEqual([
      file.name,
      file.cid === before.find((one) => one.visibility === 'public')?.cid,
    ])
  }
  // What is there is passed over.
  expect((await send(elsewhere, archive)).json()).toEqual({ pins: 0, files: 0, contents: 0, present: 7 })
  expect(facts(await listed(elsewhere))).toEqual(facts(before))
})

test('an import that broke off is sent again, and no file is lost or comes twice', async () => {
  const owner = await api.addUser(operator)
  const to = await api.addUser(operator)
  const same = randomUUID()
  for (const name of ['x', 'x', 'x', 'y']) await upload(owner, same, name)
  const archive = await exportOf(owner)
  const entries = await filesIn(archive)
  const cars = entries.flatMap(([name], index) => (/private.*car$/.test(name) ? [index] : []))
  expect(cars).toHaveLength(4)
  const broken = await send(to, await tar(entries.slice(0, (cars[1] as number) + 1)))
  expect(broken.statusCode).toBe(400)
  expect(await listed(to)).toHaveLength(2)
  expect((await send(to, archive)).json()).toMatchObject({ files: 2, present: 2 })
  expect(facts(await listed(to))).toEqual(facts(await listed(owner)))
})

test("the organization's export opens what is sealed in its rows; a person's own leaves it sealed", async () => {
  const owner = await api.addUser(operator)
  const { cid, id } = await upload(owner, randomUUID(), 'canary-of-a-name')
  const texts = Object.fromEntries(await filesIn(await exportOf(owner)))
  const [row] = String(texts['tables/files-000001.jsonl']).split('\n')
  expect(JSON.parse(row ?? '')).toMatchObject({ id, cid, original_name: 'canary-of-a-name', visibility: 'private' })
  expect(JSON.parse(String(texts['tables/pins-000001.jsonl']).split('\n')[0] ?? '')).toMatchObject({ cid })
  const own = await api.app.inject({ method: 'GET', url: '/api/v1/account/export', headers: owner.headers })
  expect(own.statusCode).toBe(200)
  const text = own.rawPayload.toString('latin1')
  expect([text.includes(id), text.includes('canary-of-a-name'), text.includes(cid)]).toEqual([true, false, false])
})

test('unfinished uploads have their names in it too, and are sealed in a person’s own', async () => {
  const owner = await api.addUser(operator)
  const metadata = `filename ${Buffer.from('canary-of-an-upload').toString('base64')},visibility ${Buffer.from('private').toString('base64')}`
  const begun = await api.app.inject({
    method: 'POST',
    url: '/api/v1/uploads',
    headers: { ...owner.headers, 'tus-resumable': '1.0.0', 'upload-length': '5', 'upload-metadata': metadata },
  })
  expect(begun.statusCode).toBe(201)
  const folder = { name: 'canary-of-a-folder', metadata: { of: 'canary-in-metadata' }, visibility: 'private' }
  const body = { ...folder, entries: [{ path: 'a', size: 1 }] }
  expect((await api.call('POST', '/api/v1/uploads/folders', { body, as: owner.headers })).statusCode).toBe(201)
  const texts = Object.fromEntries(await filesIn(await exportOf(owner)))
  const rowOf = (table: string) => JSON.parse(String(texts[`tables/${table}-000001.jsonl`]).split('\n')[0] ?? '')
  expect(rowOf('uploads')).toMatchObject({ metadata: { name: 'canary-of-an-upload', header: metadata } })
  expect(rowOf('uploads').metadata.sealed).toBeUndefined()
  expect(rowOf('upload_folders')).toMatchObject({ name: folder.name, metadata: folder.metadata })
  const own = await api.app.inject({ method: 'GET', url: '/api/v1/account/export', headers: owner.headers })
  const text = own.rawPayload.toString('latin1')
  expect([text.includes('upload_folders'), text.includes('canary')]).toEqual([true, false])
})

test('of a private file whose key is destroyed an export has the row, and goes on', async () => {
  const owner = await api.addUser(operator)
  const gone = await upload(owner, randomUUID(), 'gone')
  const kept = await upload(owner, randomUUID(), 'kept')
  const files = await api.db.kysely.selectFrom('files').where('id', '=', gone.id).select('content_id').execute()
  await api.db.kysely
    .deleteFrom('root_keys')
    .where('content_id', '=', files[0]?.content_id ?? '')
    .execute()
  const names = (await filesIn(await exportOf(owner))).map(([name]) => name)
  expect(names.filter((name) => name.startsWith('private/'))).toEqual([
    `private/${kept.id}.jsonl`,
    `private/${kept.id}.car`,
  ])
})

test('a hostile archive brings no private file in: no name without bytes, no bytes without a name, nothing false', async () => {
  const owner = await api.addUser(operator)
  const to = await api.addUser(operator)
  const { id, cid } = await upload(owner, randomUUID(), 'a.txt')
  const entries = await filesIn(await exportOf(owner))
  const head: [string, string] = [
    'export.json',
    JSON.stringify({ format: 'holdfast-export', version: 1, kind: 'organization' }),
  ]
  const end: [string, string] = ['end.json', '{}']
  const line = String(entries.find(([name]) => name === `private/${id}.jsonl`)?.[1])
  const car = entries.find(([name]) => name === `private/${id}.car`)?.[1] ?? Buffer.alloc(0)
  const [other, leaf] = [rawBlock('other'), rawBlock('leaf')]
  const cut = cborBlock({ leaf: leaf.cid })
  const flipped = Buffer.from(car)
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
  const row = (text: string, bytes: Buffer | undefined): [string, string | Buffer][] => [
    head,
    [`private/${id}.jsonl`, text],
    ...(bytes === undefined ? [] : [[`private/${id}.car`, bytes] as [string, Buffer]]),
    end,
  ]
  const bad: Record<string, [string, string | Buffer][]> = {
    'a CAR alone': [head, [`private/${id}.car`, car], end],
    'a name alone': row(line, undefined),
    'two names': row(line + line, car),
    'a pin without a file': row(JSON.stringify({ pin: { cid, name: null, meta: {} }, file: null }), car),
    "another file's CAR": [head, [`private/${id}.jsonl`, line], [`private/${randomUUID()}.car`, car], end],
    'another root': row(line.replaceAll(cid, other.cid.toString()), car),
    'a changed byte': row(line, flipped),
    'cut off': row(line, car.subarray(0, -1)),
    'not whole': row(line.replaceAll(cid, cut.cid.toString()), Buffer.from(carV1([cut.cid], [cut]))),
    'a name that climbs': row(line.replace('a.txt', '../../etc/passwd'), car),
    'no CID': row(line.replaceAll(cid, 'bafy'), car),
    'several roots': row(line, Buffer.from(carV1([other.cid, leaf.cid], [other, leaf]))),
  }
  const counts = () => api.db.kysely.selectFrom('root_keys').select('content_id').execute()
  const before = (await counts()).length
  for (const [what, those] of Object.entries(bad)) {
    const { statusCode } = await send(to, await tar(those))
    expect([what, statusCode >= 400 && statusCode < 500]).toEqual([what, true])
  }
  expect([await listed(to), (await counts()).length]).toEqual([[], before])
  // The same lines are good where nothing was changed; a size that lies is not believed.
  const lies = JSON.parse(line)
  lies.file.size = 1e12
  expect((await send(to, await tar(row(JSON.stringify(lies), car)))).json()).toMatchObject({ files: 1 })
  expect((await listed(to)).map(({ size }) => size)).toEqual([36])
})

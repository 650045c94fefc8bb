import { randomBytes, randomUUID } from 'node:crypto'
import { carV1, cborBlock, rawBlock, type TestBlock } from '@packages/content/car/test-cars'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { FORM_HEADERS, filePart, formBody } from '../testing/multipart-form.ts'
import { cidOf, startTestUploads, type TestUploads, uploadMetadata } from '../testing/test-uploads.ts'

let t: TestUploads
beforeAll(async () => {
  t = await startTestUploads()
})
afterAll(() => t.stop())

const call: TestUploads['api']['call'] = (method, path, options = {}) =>
  t.api.call(method, path, { as: t.user.headers, ...options })

const setDefault = (defaultVisibility: 'public' | 'private') =>
  call('PATCH', `/api/v1/organizations/${t.user.organizationId}`, { body: { defaultVisibility } })

const fileOf = async (id: string) => (await call('GET', `/api/v1/files/${id}`)).json().files[0]

const form = async (query = '') => {
  const headers = { ...t.user.headers, ...FORM_HEADERS }
  const payload = formBody([filePart(randomBytes(10), 'form.bin')])
  return (await t.api.app.inject({ method: 'POST', url: `/api/v1/files/upload${query}`, headers, payload })).json().file
}

const tus = async (bytes: Buffer, metadata: Record<string, string>) => {
  const headers = { 'upload-length': String(bytes.length), 'upload-metadata': uploadMetadata(metadata) }
  const { reply, url } = await t.create(headers)
  expect(reply.status).toBe(201)
  const done = await t.patch(url, 0, new Uint8Array(bytes))
  expect(done.status).toBe(204)
  return { url, done, id: done.headers.get('holdfast-file') ?? '' }
}

/** Rows that say something about uploads, as text. */
const uploadRows = async (): Promise<string> => {
  const tables = ['uploads', 'upload_folders', 'upload_folder_entries', 'events', 'idempotency_keys'] as const
  const rows = await Promise.all(tables.map((table) => t.api.db.kysely.selectFrom(table).selectAll().execute()))
  return JSON.stringify(rows)
}

it('a resumable upload becomes a private file, and its row forgets name and CID when it has', async () => {
  const bytes = randomBytes(300_000)
  const metadata = { filename: 'resumed-canary.bin', metadata: '{"note":"canary"}', visibility: 'private' }
  const { url, done, id } = await tus(bytes, metadata)
  const cid = await cidOf(bytes)
  expect(done.headers.get('holdfast-cid')).toBe(cid)
  expect(await fileOf(id)).toMatchObject({
    cid,
    name: 'resumed-canary.bin',
    visibility: 'private',
    metadata: { note: 'canary' },
  })
  const rows = await uploadRows()
  for (const hidden of [cid, 'canary', Buffer.from('resumed-canary.bin').toString('base64')])
    expect(rows).not.toContain(hidden)
  expect(await Array.fromAsync(t.api.content.deps.staging.list())).toEqual([])
  const later = await t.send('HEAD', url, { 'tus-resumable': '1.0.0' })
  expect([later.headers.get('holdfast-file'), later.headers.get('holdfast-cid')]).toEqual([id, null])
  const shown = await t.send('GET', url)
  expect(await shown.json()).toMatchObject({ state: 'finished', file: id, name: null, cid: null })
})

it('names of what will be private are sealed from the first byte on, and told to their organization', async () => {
  const metadata = uploadMetadata({
    filename: 'early-canary.bin',
    metadata: '{"note":"canary"}',
    visibility: 'private',
  })
  const { reply, url } = await t.create({
    'upload-length': '5',
    'upload-metadata': metadata,
    'idempotency-key': 'early',
  })
  expect(reply.status).toBe(201)
  const entries = [{ path: 'a-file', size: 5 }]
  const body = { name: 'folder-canary', metadata: { note: 'canary' }, entries, visibility: 'private' }
  const folder = (await call('POST', '/api/v1/uploads/folders', { body })).json().id
  const { url: inFolder } = await t.create({
    'upload-length': '5',
    'upload-metadata': uploadMetadata({ folder, path: 'a-file', filename: 'inner-canary' }),
  })
  const tables = ['uploads', 'upload_folders', 'events', 'idempotency_keys'] as const
  const rows = await Promise.all(tables.map((table) => t.api.db.kysely.selectFrom(table).selectAll().execute()))
  const stored = JSON.stringify(rows)
  for (const text of ['early-canary.bin', 'folder-canary', 'inner-canary', '{"note":"canary"}'])
    for (const form of [text, JSON.stringify(text).slice(1, -1), Buffer.from(text).toString('base64')])
      expect(stored).not.toContain(form)
  expect(stored).not.toContain('a-file')
  const told = await t.send('HEAD', url, { 'tus-resumable': '1.0.0' })
  expect(told.headers.get('upload-metadata')).toBe(metadata)
  expect(await (await t.send('GET', url)).json()).toMatchObject({ state: 'open', name: 'early-canary.bin' })
  expect((await call('GET', `/api/v1/uploads/folders/${folder}`)).json()).toMatchObject({ name: 'folder-canary' })
  await t.patch(url, 0, 'hello')
  await t.patch(inFolder, 0, 'world')
  const { file } = (await call('POST', `/api/v1/uploads/folders/${folder}/complete`)).json()
  expect(file).toMatchObject({ name: 'folder-canary', metadata: { note: 'canary' }, visibility: 'private' })
  const names = (await call('GET', '/api/v1/files?name=early-canary.bin')).json().files
  expect(names).toMatchObject([{ metadata: { note: 'canary' }, visibility: 'private' }])
})

it('pieces that are put together in private forget their names too', async () => {
  const urls: string[] = []
  for (const text of ['one ', 'two']) {
    const headers = { 'upload-length': String(text.length), 'upload-concat': 'partial' }
    const { url } = await t.create({ ...headers, 'upload-metadata': uploadMetadata({ filename: 'piece-canary' }) })
    await t.patch(url, 0, text)
    urls.push(url)
  }
  const { reply } = await t.create({
    'upload-concat': `final;${urls.join(' ')}`,
    'upload-metadata': uploadMetadata({ filename: 'whole-canary', visibility: 'private' }),
  })
  const id = reply.headers.get('holdfast-file') ?? ''
  expect(await fileOf(id)).toMatchObject({ name: 'whole-canary', visibility: 'private', size: 7 })
  const rows = await uploadRows()
  for (const name of ['piece-canary', 'whole-canary'])
    for (const form of [name, Buffer.from(name).toString('base64')]) expect(rows).not.toContain(form)
})

it('a folder of resumable uploads becomes a private folder, and its paths are forgotten', async () => {
  const entries = [{ path: 'canary-dir/canary.txt', size: 5 }]
  const body = { name: 'canary-folder', entries, visibility: 'private' }
  const made = (await call('POST', '/api/v1/uploads/folders', { body })).json().id
  const metadata = uploadMetadata({ folder: made, path: 'canary-dir/canary.txt' })
  const { url } = await t.create({ 'upload-length': '5', 'upload-metadata': metadata })
  await t.patch(url, 0, 'hello')
  const { file } = (await call('POST', `/api/v1/uploads/folders/${made}/complete`)).json()
  expect(file).toMatchObject({ name: 'canary-folder', visibility: 'private', kind: 'directory' })
  const state = (await call('GET', `/api/v1/uploads/folders/${made}`)).json()
  expect(state).toMatchObject({ state: 'finished', visibility: 'private', name: '', file: file.id, cid: null })
  const again = (await call('POST', `/api/v1/uploads/folders/${made}/complete`)).json()
  expect(again.file).toEqual(file)
  expect(await uploadRows()).not.toContain('canary-')
  const car = await call('GET', `/api/v1/files/${file.id}/car?path=canary.txt`)
  expect(car.rawPayload.includes('hello')).toBe(true)
})

it("uploads that do not say are what the organization's default is, and say what they became", async () => {
  expect((await form()).visibility).toBe('public')
  expect((await setDefault('private')).json()).toMatchObject({ defaultVisibility: 'private' })
  try {
    expect((await form()).visibility).toBe('private')
    expect((await form('?visibility=public')).visibility).toBe('public')
    const resumed = await tus(randomBytes(5), { filename: 'by-default' })
    expect(await fileOf(resumed.id)).toMatchObject({ visibility: 'private' })
    const said = await tus(randomBytes(5), { filename: 'by-word', visibility: 'public' })
    expect(await fileOf(said.id)).toMatchObject({ visibility: 'public' })
    const entries = [{ path: 'empty', size: 0 }]
    const { id } = (await call('POST', '/api/v1/uploads/folders', { body: { name: 'x', entries } })).json()
    const { file } = (await call('POST', `/api/v1/uploads/folders/${id}/complete`)).json()
    expect(file.visibility).toBe('private')
    const { reply } = await importCar('', [leaf.cid], [leaf])
    expect(reply.json().files[0].file.visibility).toBe('private')
  } finally {
    await setDefault('public')
  }
  const events = await t.api.db.kysely.selectFrom('events').select('kind').execute()
  expect(events.map(({ kind }) => kind)).toContain('organization.default-visibility-changed')
})

const leaf = rawBlock('a leaf of a CAR, said once')
const importCar = async (query: string, roots: readonly TestBlock['cid'][], blocks: readonly TestBlock[]) => {
  const headers = { ...t.user.headers, 'content-type': 'application/vnd.ipld.car', 'idempotency-key': randomUUID() }
  const payload = Buffer.from(carV1(roots, blocks))
  const send = () => t.api.app.inject({ method: 'POST', url: `/api/v1/files/car${query}`, headers, payload })
  return { reply: await send(), send }
}

it('a CAR becomes a private file that exports as the same CAR, and a repeat gets its answer', async () => {
  const root = cborBlock({ leaf: leaf.cid, note: 'canary-of-a-car' })
  const { reply, send } = await importCar('?visibility=private&name=canary-car', [root.cid], [root, leaf])
  expect(reply.statusCode).toBe(201)
  const [{ file }] = reply.json().files
  expect(file).toMatchObject({ cid: root.cid.toString(), visibility: 'private', kind: 'dag', name: 'canary-car' })
  const again = await send()
  expect([again.headers['idempotent-replay'], again.json()]).toEqual(['true', reply.json()])
  const car = await call('GET', `/api/v1/files/${file.id}/car`)
  expect(car.rawPayload.equals(Buffer.from(carV1([root.cid], [root, leaf])))).toBe(true)
  expect(await t.api.content.store.reader('public').get(root.cid)).toBeUndefined()
  const rows = await uploadRows()
  for (const hidden of [root.cid.toString(), 'canary']) expect(rows).not.toContain(hidden)
})

it('a private CAR that cannot be read back leaves nothing in the store', async () => {
  const { store } = t.api.content
  await store.idle()
  const before = await store.stats()
  const fails = vi.spyOn(store, 'reader').mockImplementation(() => {
    throw new Error('ended meanwhile')
  })
  const { reply } = await importCar('?visibility=private', [leaf.cid], [leaf])
  fails.mockRestore()
  expect(reply.statusCode).toBe(500)
  await store.idle()
  const { roots, blocks } = await store.stats()
  expect({ roots, blocks }).toEqual({ roots: before.roots, blocks: before.blocks })
})

it('a private CAR is a file with its proven size, and must be whole by itself', async () => {
  const { reply } = await importCar('?visibility=private', [leaf.cid], [leaf])
  expect(reply.json().files[0].file).toMatchObject({ kind: 'file', size: leaf.bytes.length })
  // What is held in public or in another private root completes nothing.
  await importCar('?visibility=public', [leaf.cid], [leaf])
  const root = cborBlock({ leaf: leaf.cid })
  const refusals: [string, readonly TestBlock['cid'][], readonly TestBlock[], number, string][] = [
    ['', [root.cid], [root], 422, 'incomplete_dag'],
    ['&incomplete=keep', [root.cid], [root], 422, 'not_in_private'],
    ['', [root.cid, leaf.cid], [root, leaf], 422, 'not_in_private'],
    ['', [], [leaf], 422, 'car_without_roots'],
  ]
  for (const [query, roots, blocks, status, code] of refusals) {
    const refused = await importCar(`?visibility=private${query}`, roots, blocks)
    expect([refused.reply.statusCode, refused.reply.json().code]).toEqual([status, code])
  }
})

const countPrivate = async () => ({
  keys: (await t.api.db.kysely.selectFrom('root_keys').select('content_id').execute()).length,
  rows: (await t.api.db.kysely.selectFrom('contents').where('realm', '=', 'private').select('id').execute()).length,
})

it('a hostile CAR in private leaves neither rows nor keys nor blocks', async () => {
  const root = cborBlock({ leaf: leaf.cid })
  const wrong = { cid: leaf.cid, bytes: Buffer.from('other bytes under the same name') }
  const nobody = rawBlock('in no CAR').cid
  const whole = Buffer.from(carV1([root.cid], [root, leaf]))
  const before = await countPrivate()
  const cars: [string, Buffer][] = [
    ['a block that is not what its CID says', Buffer.from(carV1([root.cid], [root, wrong]))],
    ['one that comes twice, with other bytes', Buffer.from(carV1([root.cid], [root, leaf, wrong]))],
    ['cut off', whole.subarray(0, -1)],
    ['nothing', Buffer.alloc(0)],
    ['no CAR', Buffer.alloc(4_096, 'x')],
    ['a root that is not in it', Buffer.from(carV1([nobody], [root, leaf]))],
    ['a root that cannot be read', Buffer.from(carV1([rawBlock('x').cid], [{ ...rawBlock('x'), bytes: root.bytes }]))],
  ]
  for (const [what, payload] of cars) {
    const headers = { ...t.user.headers, 'content-type': 'application/vnd.ipld.car' }
    const url = '/api/v1/files/car?visibility=private'
    const { statusCode } = await t.api.app.inject({ method: 'POST', url, headers, payload })
    expect([what, statusCode >= 400 && statusCode < 500]).toEqual([what, true])
  }
  expect(await countPrivate()).toEqual(before)
})

it('a root that holds its own bytes, and blocks below no root, are a private file like others', async () => {
  const own = CID.createV1(0x55, identity.digest(Buffer.from('within the CID')))
  const inline = await importCar('?visibility=private', [own], [])
  expect([inline.reply.statusCode, inline.reply.json().files?.[0].file.size]).toEqual([201, 14])
  const spare = rawBlock(Buffer.alloc(300_000, 7))
  const { reply } = await importCar('?visibility=private', [leaf.cid], [leaf, spare])
  const [{ file }] = reply.json().files
  expect(file.size).toBe(leaf.bytes.length)
  // They are stored, so they are paid for; they are in no CAR that comes out.
  const { dag_size: stored } = await t.api.db.kysely
    .selectFrom('contents as c')
    .innerJoin('files as f', 'f.content_id', 'c.id')
    .where('f.id', '=', file.id)
    .select('c.dag_size')
    .executeTakeFirstOrThrow()
  expect(Number(stored)).toBeGreaterThan(300_000)
  const car = await call('GET', `/api/v1/files/${file.id}/car`)
  expect(car.rawPayload.equals(Buffer.from(carV1([leaf.cid], [leaf])))).toBe(true)
})

it('refuses what is no visibility', async () => {
  const headers = { 'upload-length': '1', 'upload-metadata': uploadMetadata({ visibility: 'secret' }) }
  expect((await t.create(headers)).reply.status).toBe(400)
  expect(
    (await call('PATCH', `/api/v1/organizations/${t.user.organizationId}`, { body: { defaultVisibility: 'x' } }))
      .statusCode,
  ).toBe(400)
})

import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody, type FormPart } from '../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let owner: TestUser
let other: TestUser

beforeAll(async () => {
  api = await buildTestContentApi()
  owner = await api.setUp()
  other = await api.addUser(owner)
})
afterAll(() => api.stop())

const upload = async (
  parts: readonly FormPart[],
  { as = owner, query = '?visibility=private', headers = {} }: { as?: TestUser; query?: string; headers?: object } = {},
) => {
  const reply = await api.app.inject({
    method: 'POST',
    url: `/api/v1/files/upload${query}`,
    headers: { ...as.headers, ...FORM_HEADERS, ...headers },
    payload: formBody(parts),
  })
  expect(reply.statusCode).toBe(201)
  return reply.json().file as {
    id: string
    cid: string
    name: string
    visibility: string
    metadata: object
    createdAt: string
  }
}

const call = (path: string, { as = owner, method = 'GET' as 'GET' | 'DELETE' } = {}) =>
  api.call(method, `/api/v1/files${path}`, { as: as.headers })

const get = async (path: string, as = owner) => (await call(path, { as })).json()

/** Every row of every table, and every byte of the store. */
const everything = async (): Promise<Buffer> => {
  const { rows: tables } = await sql<{ name: string }>`
    select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')
  `.execute(api.db.kysely)
  const parts: Buffer[] = []
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(api.db.kysely)
    parts.push(...rows.map(({ row }) => Buffer.from(`${row}\n`)))
  }
  const files = await readdir(api.content.directory, { recursive: true, withFileTypes: true })
  for (const file of files) if (file.isFile()) parts.push(await readFile(join(file.parentPath, file.name)))
  return Buffer.concat(parts)
}

/** Where any of the texts stands, also as bytea prints it, and a CID also by its digest. */
const findIn = (haystack: Buffer, cid: string, texts: readonly string[]): string[] => {
  const { digest } = CID.parse(cid).multihash
  const needles = [Buffer.from(cid), Buffer.from(digest), Buffer.from(Buffer.from(digest).toString('hex'))]
  for (const text of texts) needles.push(Buffer.from(text), Buffer.from(Buffer.from(text).toString('hex')))
  return needles.filter((needle) => haystack.includes(needle)).map((needle) => needle.toString('latin1'))
}

describe('a private upload', () => {
  it('says that it is private, and is listed, found by CID, id and whole name', async () => {
    const metadata = { name: 'metadata', body: '{"client":"Acme"}' }
    const file = await upload([metadata, filePart('the plan', 'merger.txt', 'text/plain')])
    expect(file).toMatchObject({ name: 'merger.txt', visibility: 'private', metadata: { client: 'Acme' } })
    const { pin: _, ...listed } = (await get('?limit=1')).files[0]
    expect(listed).toEqual(file)
    for (const path of [`/${file.cid}`, `/${file.id}`, '?name=merger.txt', `?cid=${file.cid}`])
      expect((await get(path)).files).toMatchObject([{ id: file.id, cid: file.cid, name: 'merger.txt' }])
    expect((await get('?namePrefix=merger')).files).toEqual([])
    const pins = await api.call('GET', `/api/v1/pins/${file.cid}/status`, { as: owner.headers })
    expect(pins.json().pins).toMatchObject([{ cid: file.cid, status: 'pinned' }])
  })

  it('downloads as the CAR that it would be in public', async () => {
    const parts = [filePart(randomBytes(3_000_000), 'photos/a.bin'), filePart('small', 'photos/b.txt')]
    const file = await upload(parts)
    const car = await call(`/${file.cid}/car`)
    expect(car.statusCode).toBe(200)
    const part = await call(`/${file.id}/car?path=b.txt`)
    expect(part.rawPayload.includes('small')).toBe(true)
    const shown = await upload(parts, { query: '?visibility=public' })
    expect(shown).toMatchObject({ cid: file.cid, visibility: 'public' })
    const publicCar = await call(`/${shown.id}/car`)
    expect(publicCar.rawPayload.equals(car.rawPayload)).toBe(true)
    expect((await get(`/${file.cid}`)).files).toHaveLength(2)
  })

  it('is nothing to another tenant, nor to a pin of the CID', async () => {
    const file = await upload([filePart(`only mine ${randomBytes(8).toString('hex')}`)])
    for (const path of [`/${file.cid}`, `/${file.id}`, `/${file.cid}/car`, `/${file.id}/car`])
      expect((await call(path, { as: other })).statusCode).toBe(404)
    expect((await call(`/${file.id}`, { as: other, method: 'DELETE' })).statusCode).toBe(404)
    expect((await get(`?cid=${file.cid}`, other)).files).toEqual([])
    const pin = await api.call('POST', `/api/v1/pins/${file.cid}`, { body: {}, as: other.headers })
    expect(pin.statusCode).toBe(202)
    expect(pin.json().status).toBe('queued')
    expect(await api.content.store.reader('public').get(CID.parse(file.cid))).toBeUndefined()
  })

  it('shares nothing, neither with other tenants nor within one', async () => {
    const bytes = randomBytes(100_000)
    const before = (await api.content.store.stats()).realms.private?.liveBytes ?? 0
    for (const as of [owner, owner, other]) await upload([filePart(bytes)], { as })
    const after = (await api.content.store.stats()).realms.private?.liveBytes ?? 0
    expect(after - before).toBeGreaterThan(300_000)
  })

  it('goes when it is deleted: rows, key and blocks', async () => {
    const file = await upload([filePart(randomBytes(2_000_000))])
    const { content_id: contentId } = await api.db.kysely
      .selectFrom('files')
      .select('content_id')
      .where('id', '=', file.id)
      .executeTakeFirstOrThrow()
    const key = () => api.db.kysely.selectFrom('root_keys').selectAll().where('content_id', '=', contentId).execute()
    expect(await key()).toHaveLength(1)
    expect(api.content.store.hasRoot(contentId)).toBe(true)
    const before = (await api.content.store.stats()).realms.private?.liveBytes ?? 0
    expect((await call(`/${file.cid}`, { method: 'DELETE' })).json()).toEqual({ deleted: 1 })
    expect(await key()).toEqual([])
    await api.content.store.idle()
    expect(api.content.store.hasRoot(contentId)).toBe(false)
    expect(before - ((await api.content.store.stats()).realms.private?.liveBytes ?? 0)).toBeGreaterThan(2_000_000)
    expect((await call(`/${file.cid}/car`)).statusCode).toBe(404)
  })

  it('cannot be read once its key is destroyed, though its blocks are there', async () => {
    const file = await upload([filePart('to be erased')])
    const { content_id: contentId } = await api.db.kysely
      .selectFrom('files')
      .select('content_id')
      .where('id', '=', file.id)
      .executeTakeFirstOrThrow()
    await api.db.kysely
      .transaction()
      .execute((tx) => api.keys.rootKeys.destroyRootKey(tx, owner.organizationId, contentId))
    expect((await call(`/${file.id}/car`)).statusCode).toBe(404)
  })

  it('is answered once for an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'private-once' }
    const parts = [filePart('once and only', 'once.txt')]
    const first = await upload(parts, { headers })
    expect(await upload(parts, { headers })).toEqual(first)
    expect((await get('?name=once.txt')).files).toHaveLength(1)
  })

  it('does not open in another row: sealed names are bound to theirs', async () => {
    const [a, b] = [await upload([filePart('row a', 'row-a.txt')]), await upload([filePart('row b', 'row-b.txt')])]
    const { original_name } = await api.db.kysely
      .selectFrom('files')
      .select('original_name')
      .where('id', '=', a.id)
      .executeTakeFirstOrThrow()
    const { original_name: own } = await api.db.kysely
      .selectFrom('files')
      .select('original_name')
      .where('id', '=', b.id)
      .executeTakeFirstOrThrow()
    const put = (name: string) =>
      api.db.kysely.updateTable('files').set({ original_name: name }).where('id', '=', b.id).execute()
    await put(original_name)
    expect((await call(`/${b.id}`)).statusCode).toBe(500)
    await put(own)
    expect((await call(`/${b.id}`)).statusCode).toBe(200)
  })
})

const eventsOf = (id: string) =>
  api.db.kysely.selectFrom('events').select(['kind', 'payload']).where('subject', '=', id).orderBy('id').execute()

const change = (id: string, visibility: string, as = owner) =>
  api.call('PUT', `/api/v1/files/${id}/visibility`, { body: { visibility }, as: as.headers })

describe('visibility', () => {
  it('goes from private to public: same CID and id, told, and the private root is gone with its key', async () => {
    const parts = [filePart(randomBytes(1_500_000), 'd/a'), filePart('b', 'd/b')]
    const file = await upload(parts)
    const row = () => api.db.kysely.selectFrom('files').selectAll().where('id', '=', file.id).executeTakeFirstOrThrow()
    const { content_id: privateId } = await row()
    const before = await api.db.kysely.selectFrom('usage').selectAll().orderBy('organization_id').execute()
    const reply = await change(file.id, 'public')
    expect([reply.statusCode, reply.json().file]).toMatchObject([200, { ...file, visibility: 'public' }])
    expect(await row()).toMatchObject({ cid: file.cid, original_name: file.name, visibility: 'public', cid_hash: null })
    expect(await api.db.kysely.selectFrom('root_keys').where('content_id', '=', privateId).execute()).toEqual([])
    await api.content.store.idle()
    expect(api.content.store.hasRoot(privateId)).toBe(false)
    expect(await api.content.store.measure({ realm: 'public', cid: CID.parse(file.cid) })).toMatchObject({ blocks: 5 })
    const events = await eventsOf(file.id)
    expect(events.map(({ kind }) => kind)).toEqual(['file.uploaded', 'file.visibility-changed'])
    expect(events[0]?.payload).not.toHaveProperty('cid')
    expect(events[1]?.payload).toMatchObject({ cid: file.cid, visibility: 'public' })
    const audited = await api.db.kysely
      .selectFrom('audit_log')
      .select(['action', 'result'])
      .where('resource_id', '=', file.id)
      .orderBy('id')
      .execute()
    expect(audited).toContainEqual({ action: 'file.visibility-changed', result: 'allowed' })
    const after = await api.db.kysely.selectFrom('usage').selectAll().orderBy('organization_id').execute()
    expect(after.map(({ roots, files }) => ({ roots, files }))).toEqual(
      before.map(({ roots, files }) => ({ roots, files })),
    )
    expect((await change(file.id, 'public')).json().file).toMatchObject({ id: file.id, visibility: 'public' })
    expect((await call(`/${file.cid}/car`)).statusCode).toBe(200)
  })

  it('stays as old as its upload, to the microsecond, and its pin as well; later ones are newer', async () => {
    const file = await upload([filePart('from then on', 'old.txt')])
    const times = () =>
      sql<{ file: string; pin: string }>`
        select f.created_at::text as file, p.created_at::text as pin from files f join pins p on p.id = f.pin_id
        where f.id = ${file.id}
      `.execute(api.db.kysely)
    await sql`update pins set created_at = created_at + interval '1 microsecond'
      where id = (select pin_id from files where id = ${file.id})`.execute(api.db.kysely)
    await sql`update files f set created_at = p.created_at from pins p where p.id = f.pin_id and f.id = ${file.id}`.execute(
      api.db.kysely,
    )
    const { rows: before } = await times()
    const later = await upload([filePart('after it', 'new.txt')])
    const published = (await change(file.id, 'public')).json()
    expect(published).toMatchObject({ file: { visibility: 'public', createdAt: file.createdAt } })
    expect((await times()).rows).toEqual(before)
    const newest = await upload([filePart('last', 'newest.txt')])
    expect([file, later, newest].map(({ createdAt }) => createdAt).sort()).toEqual([
      file.createdAt,
      later.createdAt,
      newest.createdAt,
    ])
  })

  it('never goes from public to private, and says why', async () => {
    const file = await upload([filePart('seen by all')], { query: '?visibility=public' })
    const reply = await change(file.id, 'private')
    expect(reply.statusCode).toBe(409)
    expect(reply.json()).toMatchObject({
      code: 'public_is_final',
      detail: expect.stringContaining('cannot be recalled'),
    })
    expect((await get(`/${file.id}`)).files).toMatchObject([{ visibility: 'public' }])
  })

  it("is not another tenant's to change", async () => {
    const file = await upload([filePart('not yours')])
    for (const to of ['public', 'private']) expect((await change(file.id, to, other)).statusCode).toBe(404)
    expect((await change(file.cid, 'public')).statusCode).toBe(404)
    expect((await change(file.id, 'hidden')).statusCode).toBe(400)
  })

  it('joins a public content that is held already, and leaves it when it is deleted', async () => {
    const parts = [filePart(`twice ${randomBytes(8).toString('hex')}`)]
    const shown = await upload(parts, { query: '?visibility=public', as: other })
    const file = await upload(parts)
    expect((await change(file.id, 'public')).statusCode).toBe(200)
    expect((await call(`/${file.id}`, { method: 'DELETE' })).statusCode).toBe(200)
    expect((await call(`/${shown.id}/car`, { as: other })).statusCode).toBe(200)
  })
})

it('leaves neither CID, name, metadata nor content in clear in the database or the data folder', async () => {
  const words = ['canary-name-7f3a.txt', 'canary-metadata-91bc', 'canary content 55de, said once']
  const [name = '', meta = '', body = ''] = words
  const metadata = { name: 'metadata', body: JSON.stringify({ note: meta }) }
  const file = await upload([metadata, filePart(body, name)], { headers: { 'idempotency-key': 'canary' } })
  const folder = await upload([filePart(body, `top/${name}`), filePart('x', 'top/x')])
  await get(`/${file.cid}`)
  expect((await call(`/${file.cid}/car`)).statusCode).toBe(200)
  expect((await call(`/${folder.id}`, { method: 'DELETE' })).statusCode).toBe(200)
  const dump = await everything()
  expect(findIn(dump, file.cid, words)).toEqual([])
  expect(findIn(dump, folder.cid, [])).toEqual([])
  // The search finds what is there.
  const shown = await upload([metadata, filePart(body, name)], { query: '?visibility=public' })
  expect(findIn(await everything(), shown.cid, words).length).toBeGreaterThan(3)
})

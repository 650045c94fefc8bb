import { randomBytes, randomUUID } from 'node:crypto'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody, type FormPart } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser

beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

type Listed = { id: string; cid: string; name: string; pin: { requestid: string; status: string } }

const upload = async (user: TestUser, parts: readonly FormPart[]): Promise<Listed> => {
  const reply = await api.app.inject({
    method: 'POST',
    url: '/api/v1/files/upload',
    headers: { ...user.headers, ...FORM_HEADERS },
    payload: formBody(parts),
  })
  if (reply.statusCode !== 201) throw new Error(reply.body)
  const { file, pin } = reply.json()
  return { ...file, pin }
}
const get = async (user: TestUser, path: string) => api.call('GET', `/api/v1${path}`, { as: user.headers })
const remove = async (user: TestUser, hash: string) => api.call('DELETE', `/api/v1/files/${hash}`, { as: user.headers })
const held = async (cid: string) => (await api.content.store.reader('public').get(parseCid(cid))) !== undefined
const namesOf = (files: Listed[]): string[] => files.map((file) => file.name)

describe('GET /files', () => {
  it('pages stably while files come in and go', async () => {
    const user = await api.addUser(operator)
    for (let n = 0; n < 7; n++) await upload(user, [filePart(`page ${n}`, `${n}.txt`)])
    const first = (await get(user, '/files?limit=3')).json()
    expect(namesOf(first.files)).toEqual(['6.txt', '5.txt', '4.txt'])
    await upload(user, [filePart('late', 'late.txt')])
    await remove(user, first.files[2].id)
    const second = (await get(user, `/files?limit=3&cursor=${first.nextCursor}`)).json()
    expect(namesOf(second.files)).toEqual(['3.txt', '2.txt', '1.txt'])
    const third = (await get(user, `/files?limit=3&cursor=${second.nextCursor}`)).json()
    expect(namesOf(third.files)).toEqual(['0.txt'])
    expect(third.nextCursor).toBeNull()
  })

  it('finds by name, prefix, type, CID, status and time', async () => {
    const user = await api.addUser(operator)
    await upload(user, [filePart('a', '100%_a.txt')])
    const since = new Date().toISOString()
    const photo = await upload(user, [filePart('b', '100x.png')])
    await upload(user, [filePart('c', 'note.txt', 'text/plain; charset=utf-8')])
    const find = async (query: string) => namesOf((await get(user, `/files?${query}`)).json().files)
    expect(await find('name=100x.png')).toEqual(['100x.png'])
    expect(await find(`namePrefix=${encodeURIComponent('100%_')}`)).toEqual(['100%_a.txt'])
    expect(await find('contentType=text/plain')).toEqual(['note.txt', '100%_a.txt'])
    expect(await find(`contentType=${encodeURIComponent('image/*')}`)).toEqual(['100x.png'])
    expect(await find(`cid=${photo.cid}`)).toEqual(['100x.png'])
    expect(await find('status=pinned')).toHaveLength(3)
    expect(await find('status=failed')).toEqual([])
    expect(await find(`createdAfter=${since}`)).toEqual(['note.txt', '100x.png'])
    expect(await find(`createdBefore=${since}`)).toEqual(['100%_a.txt'])
  })

  it.each([
    ['limit=0', 'invalid_request'],
    ['limit=1001', 'invalid_request'],
    ['limit=x', 'invalid_request'],
    ['limit=1&limit=2', 'invalid_request'],
    ['limit=0x10', 'invalid_request'],
    ['limit=1e2', 'invalid_request'],
    ['colour=red', 'invalid_request'],
    ['cursor=nonsense', 'invalid_cursor'],
    ['cid=nonsense', 'invalid_cid'],
    ['name=%00', 'invalid_request'],
    ['status=gone', 'invalid_request'],
    ['contentType=image', 'invalid_request'],
    ['createdAfter=yesterday', 'invalid_request'],
    ['createdAfter=0000-01-01T00:00:00Z', 'invalid_request'],
    ['createdAfter=0001-01-01T00:00:00%2B23:00', 'invalid_request'],
    ['createdBefore=2026-02-30T00:00:00Z', 'invalid_request'],
  ])('refuses %s', async (query, code) => {
    expect((await get(operator, `/files?${query}`)).json()).toMatchObject({ status: 400, code })
  })

  it('refuses a cursor that was made with other filters', async () => {
    const user = await api.addUser(operator)
    for (const name of ['a', 'b']) await upload(user, [filePart(name, name)])
    const { nextCursor } = (await get(user, '/files?limit=1')).json()
    expect((await get(user, `/files?limit=1&name=a&cursor=${nextCursor}`)).json()).toMatchObject({
      code: 'invalid_cursor',
    })
  })
})

describe('GET and DELETE /files/:hash', () => {
  it('finds all rows of a CID as v0, as v1 and in other bases, and one row by its id', async () => {
    const user = await api.addUser(operator)
    const parts = [{ name: 'profile', body: 'unixfs-v0-2015' }]
    const first = await upload(user, [...parts, filePart('v0', 'first')])
    const second = await upload(user, [...parts, filePart('v0', 'second')])
    expect(first.cid).toMatch(/^Qm/)
    const v1 = parseCid(first.cid).toV1().toString()
    for (const hash of [first.cid, v1]) {
      const { files } = (await get(user, `/files/${hash}`)).json()
      expect(files.map((file: Listed) => file.id)).toEqual([second.id, first.id])
    }
    expect(namesOf((await get(user, `/files/${first.id}`)).json().files)).toEqual(['first'])
    expect((await remove(user, first.id)).json()).toEqual({ deleted: 1 })
    expect(namesOf((await get(user, `/files/${v1}`)).json().files)).toEqual(['second'])
    expect(await held(v1)).toBe(true)
  })

  it('deletes all rows of a CID, and then the store has it no more', async () => {
    const user = await api.addUser(operator)
    const bytes = randomBytes(3_000_000)
    const { cid } = await upload(user, [filePart(bytes, 'a')])
    await upload(user, [filePart(bytes, 'b')])
    const other = await upload(user, [filePart('other', 'c')])
    const reply = await remove(user, cid)
    expect([reply.statusCode, reply.json()]).toEqual([200, { deleted: 2 }])
    expect((await get(user, `/files/${cid}`)).statusCode).toBe(404)
    expect((await get(user, `/pins/${cid}/status`)).statusCode).toBe(404)
    expect(await held(cid)).toBe(false)
    expect(await held(other.cid)).toBe(true)
    expect((await remove(user, cid)).statusCode).toBe(404)
  })

  it('keeps what another tenant has as well, until that one deletes it too', async () => {
    const [one, two] = [await api.addUser(operator), await api.addUser(operator)]
    const bytes = randomBytes(1_500_000)
    const { cid, id } = await upload(one, [filePart(bytes, 'mine')])
    await upload(two, [filePart(bytes, 'theirs')])
    expect((await get(two, `/files/${id}`)).statusCode).toBe(404)
    expect((await remove(two, id)).statusCode).toBe(404)
    expect((await remove(one, cid)).json()).toEqual({ deleted: 1 })
    expect(namesOf((await get(two, `/files/${cid}`)).json().files)).toEqual(['theirs'])
    expect(await held(cid)).toBe(true)
    await remove(two, cid)
    expect(await held(cid)).toBe(false)
  })

  it.each([
    ['/files/nonsense', 400, 'invalid_cid'],
    [`/files/${randomUUID()}`, 404, 'not_found'],
    ['/files/QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH', 404, 'not_found'],
    ['/files/..%2f..%2fetc', 400, 'invalid_cid'],
    ['/files/%00', 400, 'invalid_request'],
    [`/files/z${'1'.repeat(400)}`, 400, 'invalid_cid'],
  ])('answers %s with %i %s', async (path, status, code) => {
    const [read, deleted] = [await get(operator, path), await remove(operator, path.slice('/files/'.length))]
    expect(read.json()).toMatchObject({ status, code })
    expect(deleted.json()).toMatchObject({ status, code })
  })

  it('needs files:write to delete', async () => {
    const { headers } = await api.addApiKey(operator, { name: 'reader', scopes: ['files:read'] })
    const reply = await api.call('DELETE', `/api/v1/files/${randomUUID()}`, { as: headers })
    expect(reply.json()).toMatchObject({ code: 'insufficient_scope' })
  })
})

describe('storage limit', () => {
  it('refuses what is above it, charges a root once, and gives the bytes back', async () => {
    const user = await api.addUser(operator)
    await api.db.pool.query('update organizations set storage_limit = 3000 where id = $1', [user.organizationId])
    const bytes = randomBytes(2_000)
    const { cid } = await upload(user, [filePart(bytes, 'a')])
    await upload(user, [filePart(bytes, 'again')])
    const tooMuch = await api.app.inject({
      method: 'POST',
      url: '/api/v1/files/upload',
      headers: { ...user.headers, ...FORM_HEADERS },
      payload: formBody([filePart(randomBytes(2_000), 'b')]),
    })
    expect(tooMuch.json()).toMatchObject({ status: 403, code: 'quota_exceeded' })
    await api.content.manager.releases.sweep()
    const { rows } = await api.db.pool.query('select count(*) as open from tombstones where released_at is null')
    expect(rows).toEqual([{ open: 0 }])
    await remove(user, cid)
    await upload(user, [filePart(randomBytes(2_900), 'c')])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody, type FormPart } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let user: TestUser

beforeAll(async () => {
  api = await buildTestContentApi()
  user = await api.setUp()
})
afterAll(() => api.stop())

const send = (url: string, parts: readonly FormPart[]) =>
  api.app.inject({ method: 'POST', url, headers: { ...user.headers, ...FORM_HEADERS }, payload: formBody(parts) })
const reckon = (parts: readonly FormPart[]) => send('/api/v1/cid', parts)
const field = (name: string, body: string): FormPart => ({ name, body })

const traces = async () => {
  const { rows } = await api.db.pool.query(
    'select (select count(*) from files) as files, (select count(*) from pins) as pins, (select count(*) from contents) as contents',
  )
  const { roots, bytes } = await api.content.store.stats()
  return { ...rows[0], roots, bytes }
}

describe('POST /cid', () => {
  const forms: [string, FormPart[]][] = [
    ['a file', [filePart('hello world')]],
    ['an empty file', [filePart('')]],
    ['a large file by the old profile', [field('profile', 'unixfs-v0-2015'), filePart('x'.repeat(3_000_000))]],
    ['a wrapped file', [filePart('hello world'), field('wrap', 'true')]],
    ['a folder', [filePart('a', 'x/a'), filePart('', 'x/void/'), filePart('b', 'x/y/b')]],
    ['small chunks', [field('chunker', 'size-3'), field('maxLinks', '2'), filePart('hello world')]],
    ['other fields', [field('name', 'b'), field('metadata', '{"a":1}'), filePart('hello world')]],
  ]
  it.each(forms)('says what an upload is called, and stores nothing: %s', async (_, parts) => {
    const before = await traces()
    const reckoned = await reckon(parts)
    expect(reckoned.statusCode).toBe(200)
    expect(await traces()).toEqual(before)
    const { file, entries } = (await send('/api/v1/files/upload', parts)).json()
    const { cid, kind, size, name } = reckoned.json()
    expect({ cid, kind, size, name, entries: reckoned.json().entries }).toEqual({
      cid: file.cid,
      kind: file.kind,
      size: file.size,
      name: file.name,
      entries,
    })
  })

  it('tells the parameters, blocks and bytes', async () => {
    const { blocks, dagSize, parameters } = (await reckon([field('chunker', 'size-4'), filePart('hello world')])).json()
    // Three leaves of 11 bytes in all, and their parent.
    expect(blocks).toBe(4)
    expect(dagSize).toBeGreaterThan(11 + 3 * 36)
    expect(parameters).toEqual({
      profile: null,
      chunker: 'size-4',
      maxLinks: 1024,
      hamtFanout: 256,
      hamtThreshold: 262_144,
      hamtEstimation: 'block',
      cidVersion: 1,
      rawLeaves: true,
    })
    expect((await reckon([filePart('x')])).json().parameters.profile).toBe('unixfs-v1-2025')
  })

  it('needs no room on the disk and no quota, and keeps the limit of an upload', async () => {
    const { limits } = api.content.deps
    limits.minFreeBytes = 2 ** 41
    await api.db.pool.query('update organizations set storage_limit = 0')
    expect((await reckon([filePart('x')])).statusCode).toBe(200)
    await api.db.pool.query('update organizations set storage_limit = null')
    limits.minFreeBytes = 0
    limits.uploadMaxBytes = 1000
    expect((await reckon([filePart('x'.repeat(1001))])).json()).toMatchObject({
      status: 413,
      code: 'payload_too_large',
    })
    limits.uploadMaxBytes = 2 ** 40
  })

  it.each([
    ['no file', [field('name', 'x')], 'missing_file'],
    ['an unknown field', [field('colour', 'red'), filePart('a')], 'unknown_field'],
    ['a bad path', [filePart('a', 'x/a'), filePart('b', 'x/../b')], 'invalid_path'],
  ])('refuses %s', async (_, parts, code) => {
    expect((await reckon(parts)).json()).toMatchObject({ status: 400, code })
  })
})

const infer = (cid: unknown, as = user.headers) => api.call('POST', '/api/v1/cid/infer', { body: { cid }, as })
const uploaded = async (parts: readonly FormPart[]): Promise<string> =>
  (await send('/api/v1/files/upload', parts)).json().file.cid

describe('POST /cid/infer', () => {
  it('finds the parameters of a file and of a folder again', async () => {
    const file = await uploaded([field('chunker', 'size-1000'), field('maxLinks', '5'), filePart('x'.repeat(50_000))])
    const reply = await infer(file)
    expect(reply.statusCode).toBe(200)
    expect(reply.json()).toMatchObject({
      cid: file,
      kind: 'file',
      verified: true,
      profiles: [],
      parameters: { chunker: 'size-1000', maxLinks: 5, cidVersion: 1, rawLeaves: true },
    })
    const folder = await uploaded([
      field('profile', 'unixfs-v0-2015'),
      filePart('y'.repeat(600_000), 'a/b'),
      filePart('', 'a/c/'),
    ])
    expect((await infer(folder)).json()).toMatchObject({
      kind: 'directory',
      profiles: ['unixfs-v0-2015'],
      parameters: { cidVersion: 0, rawLeaves: false, chunker: 'size-262144' },
    })
  })

  it('knows nothing of what the organization does not hold', async () => {
    const cid = await uploaded([filePart('mine alone')])
    const stranger = await api.addUser(user)
    expect((await infer(cid, stranger.headers)).json()).toMatchObject({ status: 404, code: 'not_found' })
    expect((await infer(cid)).statusCode).toBe(200)
    await api.call('DELETE', `/api/v1/files/${cid}`, { as: user.headers })
    expect((await infer(cid)).statusCode).toBe(404)
  })

  it('lets an organization look at one thing at a time', async () => {
    const cid = await uploaded([filePart('z'.repeat(20_000_000))])
    const codes = (await Promise.all([infer(cid), infer(cid), infer(cid)])).map(({ statusCode }) => statusCode)
    expect(new Set(codes)).toEqual(new Set([200, 429]))
    expect((await infer(cid)).statusCode).toBe(200)
  })

  it.each([
    ['no CID', 'hello', 'invalid_cid'],
    ['a number', 7, 'invalid_request'],
  ])('refuses %s', async (_, cid, code) => {
    expect((await infer(cid)).json()).toMatchObject({ status: 400, code })
  })
})

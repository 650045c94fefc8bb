import { randomBytes } from 'node:crypto'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { MemoryBlocks } from '@packages/content/unixfs/memory-blocks'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestContentApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import type { TestContent } from '../../testing/test-content.ts'
import { UploadWork } from './upload-work.ts'
import { nothingDenied } from '../../testing/nothing-denied.ts'

let api: TestApi & { content: TestContent }
let user: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  user = await api.setUp()
})
afterAll(() => api.stop())

const FOLDERS = '/api/v1/uploads/folders'

/** Another one than the server's, as after a restart. */
const work = (): UploadWork =>
  new UploadWork({
    ...api.content.deps,
    ...api.keys,
    db: api.db,
    storeId: api.content.store.id,
    denied: nothingDenied,
    logger: silentLogger,
  })

const begin = async (entries: object[], more: object = {}) => {
  const reply = await api.call('POST', FOLDERS, { body: { name: 'photos', entries, ...more }, as: user.headers })
  return { reply, id: reply.json().id as string }
}

const metadataOf = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')

/** The upload of one file, begun with its first bytes. */
const sendFile = (folder: string, path: string, bytes: Buffer, { length = bytes.length, as = user.headers } = {}) =>
  api.app.inject({
    method: 'POST',
    url: '/api/v1/uploads',
    headers: {
      ...as,
      'upload-length': String(length),
      'upload-metadata': metadataOf({ folder, path }),
      'content-type': 'application/offset+octet-stream',
    },
    payload: bytes,
  })

const missing = async (id: string) =>
  (await api.call('GET', `${FOLDERS}/${id}/entries?state=missing`, { as: user.headers })).json().entries

const complete = (id: string, as = user.headers) => api.call('POST', `${FOLDERS}/${id}/complete`, { as })

const folderCid = async (files: Record<string, Buffer>, directories: string[] = []): Promise<string> => {
  const folder = new FolderImport({ sink: new MemoryBlocks(), profile: importProfiles['unixfs-v1-2025'] })
  for (const [path, bytes] of Object.entries(files))
    await folder.addFile(
      path.split('/'),
      (async function* () {
        if (bytes.length > 0) yield bytes
      })(),
    )
  for (const path of directories) folder.addDirectory(path.split('/'))
  return (await folder.finish()).root.toString()
}

it('becomes one CID when every byte is there, and asks for no byte twice', async () => {
  const files = {
    'photos/a.bin': randomBytes(40_000),
    'photos/sub/\u00e4.txt': Buffer.from('hi'),
    'photos/no': Buffer.alloc(0),
  }
  const entries = [
    ...Object.entries(files).map(([path, bytes]) => ({ path, size: bytes.length })),
    { path: 'photos/empty/', kind: 'directory' },
  ]
  const { reply, id } = await begin(entries, { metadata: { of: 'us' } })
  expect(reply.statusCode).toBe(201)
  expect((await missing(id)).map(({ path, offset }: { path: string; offset: number }) => [path, offset])).toEqual([
    ['photos/a.bin', 0],
    ['photos/sub/\u00e4.txt', 0],
  ])
  const early = await complete(id)
  expect([early.statusCode, early.json().errors]).toEqual([
    409,
    [
      { path: 'photos/a.bin', message: 'is missing' },
      { path: 'photos/sub/\u00e4.txt', message: 'is missing' },
    ],
  ])
  // A part of the first file, then the client is gone and begins it once more.
  const first = await sendFile(id, 'photos/a.bin', files['photos/a.bin'].subarray(0, 10_000), { length: 40_000 })
  expect([first.statusCode, first.headers['upload-offset']]).toEqual([201, '10000'])
  const again = await sendFile(id, 'photos/a.bin', files['photos/a.bin'])
  expect([again.headers.location, again.headers['upload-offset']]).toEqual([first.headers.location, '10000'])
  expect((await missing(id))[0]).toMatchObject({ offset: 10_000, upload: first.headers.location })
  const rest = await api.app.inject({
    method: 'PATCH',
    url: String(first.headers.location),
    headers: { ...user.headers, 'upload-offset': '10000', 'content-type': 'application/offset+octet-stream' },
    payload: files['photos/a.bin'].subarray(10_000),
  })
  expect(rest.headers['upload-offset']).toBe('40000')
  await sendFile(id, 'photos/sub/\u00e4.txt', files['photos/sub/\u00e4.txt'])
  expect(await missing(id)).toEqual([])

  const [one, two] = await Promise.all([complete(id), complete(id)])
  const three = await complete(id)
  expect([one.statusCode, two.json(), three.json()]).toEqual([201, one.json(), one.json()])
  expect(one.json()).toMatchObject({
    file: {
      cid: await folderCid(files, ['photos/empty']),
      name: 'photos',
      kind: 'directory',
      size: 40_002,
      metadata: { of: 'us' },
    },
    pin: { status: 'pinned' },
  })
  const state = (await api.call('GET', `${FOLDERS}/${id}`, { as: user.headers })).json()
  expect(state).toMatchObject({ state: 'finished', files: 3, directories: 1, bytes: 40_002, missing: 0 })
  expect(await Array.fromAsync(api.content.deps.staging.list())).toEqual([])
  expect((await sendFile(id, 'photos/a.bin', files['photos/a.bin'])).statusCode).toBe(409)
})

it('refuses folders that cannot be, and names the path', async () => {
  const cases: [object[], string, string][] = [
    [[{ path: 'a/../b', size: 1 }], 'invalid_path', 'a/../b'],
    [[{ path: '/a', size: 1 }], 'invalid_path', '/a'],
    [[{ path: 'a//b', size: 1 }], 'invalid_path', 'a//b'],
    [[{ path: '', size: 1 }], 'invalid_path', ''],
    [
      [
        { path: 'x/a', size: 1 },
        { path: 'x/a', size: 1 },
      ],
      'invalid_path',
      'x/a',
    ],
    [
      [
        { path: 'x', size: 1 },
        { path: 'x/a', size: 1 },
      ],
      'invalid_path',
      'x',
    ],
    [
      [
        { path: 'x/a', size: 1 },
        { path: 'x', size: 1 },
      ],
      'invalid_path',
      'x',
    ],
    [[{ path: `${'y/'.repeat(65)}z`, size: 1 }], 'invalid_path', 'y/'],
    [[{ path: Array.from({ length: 12 }, () => 'l'.repeat(200)).join('/'), size: 1 }], 'invalid_path', 'lll'],
  ]
  for (const [entries, code, path] of cases) {
    const { reply } = await begin(entries)
    expect([entries, reply.statusCode, reply.json().code]).toEqual([entries, 400, code])
    expect(reply.json().detail).toContain(path)
  }
  const others: [object[], object, string][] = [
    [[], {}, 'invalid_request'],
    [[{ path: 'a' }], {}, 'invalid_request'],
    [[{ path: 'a', size: -1 }], {}, 'invalid_request'],
    [[{ path: 'a', size: 2 ** 53 }], {}, 'invalid_request'],
    [[{ path: 'a', kind: 'directory', size: 3 }], {}, 'invalid_request'],
    [[{ path: 'a', size: 1 }], { profile: 'none' }, 'invalid_request'],
    [[{ path: 'a', size: 1 }], { name: '..' }, 'invalid_name'],
    [[{ path: 'a', size: 2 ** 41 }], {}, 'payload_too_large'],
  ]
  for (const [entries, more, code] of others) expect((await begin(entries, more)).reply.json().code).toBe(code)
})

it('takes files of the folder only, as long as it said', async () => {
  const { id } = await begin([
    { path: 'a', size: 3 },
    { path: 'none', size: 0 },
    { path: 'd', kind: 'directory' },
  ])
  const codeOf = async (path: string, bytes: string) => (await sendFile(id, path, Buffer.from(bytes))).json().code
  expect(await codeOf('b', 'abc')).toBe('not_found')
  expect(await codeOf('d', 'abc')).toBe('not_found')
  expect(await codeOf('a', 'abcd')).toBe('invalid_request')
  expect(await codeOf('none', '')).toBe('invalid_request')
})

it('is nothing to other organizations', async () => {
  const other = await api.addUser(user)
  const { id } = await begin([{ path: 'a', size: 3 }])
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/entries'],
    ['POST', '/complete'],
    ['DELETE', ''],
  ] as const)
    expect((await api.call(method, `${FOLDERS}/${id}${path}`, { as: other.headers })).statusCode).toBe(404)
  expect((await sendFile(id, 'a', Buffer.from('abc'), { as: other.headers })).statusCode).toBe(404)
  const elsewhere = id.replace(/^.{8}/, 'ffffffff')
  expect((await api.call('GET', `${FOLDERS}/${elsewhere}`, { as: user.headers })).statusCode).toBe(410)
})

it('has pages of entries, and is gone with its bytes when it is deleted', async () => {
  const entries = Array.from({ length: 25 }, (_, index) => ({ path: `f/${String(index).padStart(2, '0')}`, size: 2 }))
  const { id } = await begin(entries.toReversed())
  await sendFile(id, 'f/07', Buffer.from('ab'))
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const query = `limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`
    const page = (await api.call('GET', `${FOLDERS}/${id}/entries?${query}`, { as: user.headers })).json()
    seen.push(...page.entries.map(({ path }: { path: string }) => path))
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  expect(seen).toEqual(entries.map(({ path }) => path))
  expect(await missing(id)).toHaveLength(24)
  expect((await api.call('GET', `${FOLDERS}/${id}/entries?cursor=~`, { as: user.headers })).json().code).toBe(
    'invalid_cursor',
  )
  expect((await api.call('DELETE', `${FOLDERS}/${id}`, { as: user.headers })).statusCode).toBe(204)
  expect((await api.call('GET', `${FOLDERS}/${id}`, { as: user.headers })).statusCode).toBe(404)
  expect(await Array.fromAsync(api.content.deps.staging.list())).toEqual([])
})

it('finds what a crash left whole, and finishes it once', async () => {
  const { staging } = api.content.deps
  const reply = await api.app.inject({
    method: 'POST',
    url: '/api/v1/uploads',
    headers: { ...user.headers, 'upload-length': '5', 'upload-metadata': metadataOf({ name: 'crashed' }) },
  })
  const id = String(reply.headers.location).split('.')[1] ?? ''
  // The last byte was durable, and then the power went.
  const source = (async function* () {
    yield Buffer.from('bytes')
  })()
  await staging.append(id, source, { signal: new AbortController().signal, maxBytes: 5 })
  const files = async () => (await api.call('GET', '/api/v1/files?name=crashed', { as: user.headers })).json().files
  // Two that know nothing of each other, as no two processes should.
  await Promise.allSettled([work().sweep(), work().sweep()])
  await work().sweep()
  expect(await files()).toHaveLength(1)
  const state = (await api.call('GET', String(reply.headers.location), { as: user.headers })).json()
  expect(state).toMatchObject({ state: 'finished', file: (await files())[0].id })
})

it('is told missing again when its bytes are gone', async () => {
  const { id } = await begin([{ path: 'a', size: 3 }])
  const made = await sendFile(id, 'a', Buffer.from('abc'))
  await api.content.deps.staging.remove(String(made.headers.location).split('.')[1] ?? '')
  expect((await complete(id)).statusCode).toBe(409)
  expect(await missing(id)).toMatchObject([{ path: 'a', offset: 0 }])
})

it('takes 16 open folders of an organization', async () => {
  const other = await api.addUser(user)
  const body = { name: 'x', entries: [{ path: 'a', size: 1 }] }
  for (let count = 0; count < 16; count++)
    expect((await api.call('POST', FOLDERS, { body, as: other.headers })).statusCode).toBe(201)
  expect((await api.call('POST', FOLDERS, { body, as: other.headers })).json().code).toBe('rate_limited')
})

it('takes 100,000 entries', async () => {
  const entries = Array.from({ length: 100_000 }, (_, index) => ({
    path: `big/dir ${index % 100}/file ${index}`,
    size: 1,
  }))
  const started = performance.now()
  const { reply, id } = await begin(entries)
  console.log(`a manifest of 100,000 entries: ${Math.round(performance.now() - started)} ms`)
  expect(reply.statusCode).toBe(201)
  const state = (await api.call('GET', `${FOLDERS}/${id}`, { as: user.headers })).json()
  expect(state).toMatchObject({ files: 100_000, missing: 100_000 })
  expect((await begin([...entries, { path: 'one more', size: 1 }])).reply.json().code).toBe('invalid_request')
})

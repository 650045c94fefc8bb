import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { MemoryBlocks } from '@packages/content/unixfs/memory-blocks'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { setTimeout as sleep } from 'node:timers/promises'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { Upload, type UploadOptions } from 'tus-js-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestContentApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import type { TestContent } from '../../testing/test-content.ts'
import { OpenUploadCount } from './open-upload-count.ts'
import { UploadWork } from './upload-work.ts'

let api: TestApi & { content: TestContent }
let user: TestUser
let origin: string
beforeAll(async () => {
  api = await buildTestContentApi()
  user = await api.setUp()
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  origin = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`
})
afterAll(() => api.stop())

const ENDPOINT = '/api/v1/uploads'
const OFFSET = 'application/offset+octet-stream'

const metadataOf = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')

const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string | Uint8Array) =>
  fetch(new URL(path, origin), {
    method,
    headers: { ...user.headers, ...headers },
    ...(body === undefined ? {} : { body: body }),
  })

const create = async (headers: Record<string, string>, body?: string | Uint8Array) => {
  const reply = await send('POST', ENDPOINT, headers, body)
  return { reply, url: reply.headers.get('location') ?? '' }
}

const patch = (url: string, offset: number, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  send('PATCH', url, { 'content-type': OFFSET, 'upload-offset': String(offset), ...headers }, body)

const cidOf = async (bytes: Uint8Array): Promise<string> => {
  const profile = importProfiles['unixfs-v1-2025']
  const { root } = await importFile([bytes][Symbol.iterator]() as never, { sink: new MemoryBlocks(), profile })
  return root.toString()
}

/** Runs tus-js-client to its end. */
const upload = (source: UploadOptions['fileReader'] | unknown, options: Partial<UploadOptions>): Promise<Upload> =>
  new Promise((resolve, reject) => {
    const client: Upload = new Upload(source as ConstructorParameters<typeof Upload>[0], {
      endpoint: `${origin}${ENDPOINT}`,
      headers: user.headers,
      retryDelays: null,
      onSuccess: () => resolve(client),
      onError: reject,
      ...options,
    })
    client.start()
  })

/** Another one than the server's, as after a restart. */
const work = (): UploadWork =>
  new UploadWork({ ...api.content.deps, db: api.db, storeId: api.content.store.id, logger: silentLogger })

const filesNamed = async (name: string) =>
  (await api.call('GET', `/api/v1/files?name=${encodeURIComponent(name)}`, { as: user.headers })).json().files

describe('tus-js-client', () => {
  it('uploads a file in pieces', async () => {
    const bytes = randomBytes(5_000_000)
    const client = await upload(bytes, { chunkSize: 2_000_000, metadata: { filename: 'plain.bin', filetype: 'a/b' } })
    const [file] = await filesNamed('plain.bin')
    expect(file).toMatchObject({ size: bytes.length, cid: await cidOf(bytes), contentType: 'a/b' })
    expect(client.url).toContain(`${origin}${ENDPOINT}/`)
    const state = (await (await send('GET', client.url ?? '')).json()) as object
    expect(state).toMatchObject({ state: 'finished', offset: 5_000_000, file: file.id, cid: file.cid, failure: null })
  })

  it('uploads in parallel pieces that become one file', async () => {
    const bytes = randomBytes(3_000_001)
    const metadata = { name: 'parallel.bin', metadata: '{"a":1}' }
    await upload(bytes, { parallelUploads: 4, metadata })
    const files = await filesNamed('parallel.bin')
    expect(files).toMatchObject([{ size: bytes.length, cid: await cidOf(bytes), metadata: { a: 1 } }])
  })

  it('uploads a stream of unknown length', async () => {
    const bytes = randomBytes(2_500_000)
    // Not a file's stream, of which the client knows the length.
    const source = new PassThrough()
    source.end(bytes)
    await upload(source, { uploadLengthDeferred: true, chunkSize: 1_000_000, metadata: { name: 'deferred.bin' } })
    expect(await filesNamed('deferred.bin')).toMatchObject([{ size: bytes.length, cid: await cidOf(bytes) }])
  })

  it('sends the first bytes with the creation', async () => {
    await upload(Buffer.from('small'), { uploadDataDuringCreation: true, metadata: { name: 'created.txt' } })
    expect(await filesNamed('created.txt')).toMatchObject([{ size: 5, contentType: 'text/plain' }])
  })

  it('resumes from what an earlier client left', async () => {
    const bytes = randomBytes(900_000)
    const { url } = await create({
      'upload-length': String(bytes.length),
      'upload-metadata': metadataOf({ name: 'resumed.bin' }),
    })
    expect((await patch(url, 0, bytes.subarray(0, 300_000))).status).toBe(204)
    let sent = 0
    await upload(bytes, {
      uploadUrl: new URL(url, origin).href,
      onChunkComplete: (size) => {
        sent += size
      },
    })
    expect(sent).toBe(600_000)
    expect(await filesNamed('resumed.bin')).toMatchObject([{ cid: await cidOf(bytes) }])
  })
})

describe('checksum', () => {
  it.each(['sha1', 'sha256', 'md5'])('keeps bytes only with the right %s', async (algorithm) => {
    const { url } = await create({ 'upload-length': '5' })
    const digest = (text: string) => `${algorithm} ${createHash(algorithm).update(text).digest('base64')}`
    const wrong = await patch(url, 0, 'hello', { 'upload-checksum': digest('other') })
    expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([460, 'checksum_mismatch'])
    expect((await send('HEAD', url)).headers.get('upload-offset')).toBe('0')
    const right = await patch(url, 0, 'hello', { 'upload-checksum': digest('hello') })
    expect(right.status).toBe(204)
    expect(right.headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('hello')))
  })
})

const codeOf = async (reply: Response): Promise<[number, string]> => [
  reply.status,
  ((await reply.json()) as { code: string }).code,
]

describe('the protocol', () => {
  it('says what it can do, to anybody', async () => {
    const reply = await fetch(`${origin}${ENDPOINT}`, { method: 'OPTIONS' })
    expect(reply.status).toBe(204)
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-extension':
        'creation,creation-with-upload,creation-defer-length,checksum,expiration,termination,concatenation',
      'tus-checksum-algorithm': 'sha1,sha256,md5',
      'tus-max-size': String(2 ** 40),
    })
  })

  it('takes a client without Tus-Resumable for one of 1.0.0, and refuses another version', async () => {
    const { reply, url } = await create({
      'upload-length': '3',
      'upload-metadata': metadataOf({ filename: 'raw.txt' }),
    })
    expect(reply.status).toBe(201)
    expect(url).toMatch(/^\/api\/v1\/uploads\/[0-9a-f]{8}\.[0-9a-f-]{36}$/)
    expect(Date.parse(reply.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now() + 6 * 86_400_000)
    const head = await send('HEAD', url)
    expect(head.status).toBe(200)
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'upload-offset': '0',
      'upload-length': '3',
      'cache-control': 'no-store',
      'upload-metadata': metadataOf({ filename: 'raw.txt' }),
      'tus-resumable': '1.0.0',
    })
    const done = await patch(url, 0, 'abc')
    expect([done.status, done.headers.get('upload-offset')]).toEqual([204, '3'])
    const [file] = await filesNamed('raw.txt')
    expect([done.headers.get('holdfast-file'), done.headers.get('holdfast-cid')]).toEqual([file.id, file.cid])
    const other = await send('HEAD', url, { 'tus-resumable': '0.2.2' })
    expect([other.status, other.headers.get('tus-version')]).toEqual([412, '1.0.0'])
  })

  it('gives the same file when the last reply was lost', async () => {
    const { url } = await create({ 'upload-length': '3', 'upload-metadata': metadataOf({ name: 'once.txt' }) })
    await patch(url, 0, 'abc')
    const again = await patch(url, 3, '')
    const head = await send('HEAD', url)
    const files = await filesNamed('once.txt')
    expect(files).toHaveLength(1)
    for (const reply of [again, head]) expect(reply.headers.get('holdfast-file')).toBe(files[0].id)
    expect([again.status, head.headers.get('upload-offset')]).toEqual([204, '3'])
  })

  it('makes a file of no bytes at once', async () => {
    const { reply } = await create({ 'upload-length': '0', 'upload-metadata': metadataOf({ name: 'empty' }) })
    expect(reply.status).toBe(201)
    expect(await filesNamed('empty')).toMatchObject([{ size: 0, cid: reply.headers.get('holdfast-cid') }])
  })

  it('repeats a creation with the same Idempotency-Key', async () => {
    const headers = { 'upload-length': '4', 'idempotency-key': 'tus-1' }
    const [one, two] = [await create(headers), await create(headers)]
    expect(two.url).toBe(one.url)
    expect(await codeOf((await create({ ...headers, 'upload-length': '5' })).reply)).toEqual([
      422,
      'idempotency_key_reuse',
    ])
  })

  it('takes POST for PATCH and DELETE where it says so', async () => {
    const { url } = await create({ 'upload-length': '6' })
    const headers = { 'content-type': OFFSET, 'upload-offset': '0', 'x-http-method-override': 'PATCH' }
    expect((await send('POST', url, headers, 'abc')).status).toBe(204)
    expect((await send('POST', url, { 'x-http-method-override': 'DELETE' })).status).toBe(204)
    expect((await send('HEAD', url)).status).toBe(404)
    expect((await send('POST', url, { 'x-http-method-override': 'GET' })).status).toBe(405)
  })

  it('refuses what is not valid', async () => {
    const cases: [Record<string, string>, number, string][] = [
      [{}, 400, 'invalid_request'],
      [{ 'upload-length': '-1' }, 400, 'invalid_request'],
      [{ 'upload-length': '1e3' }, 400, 'invalid_request'],
      [{ 'upload-length': '9'.repeat(16) }, 400, 'invalid_request'],
      [{ 'upload-length': String(2 ** 40 + 1) }, 413, 'payload_too_large'],
      [{ 'upload-length': '1', 'upload-defer-length': '1' }, 400, 'invalid_request'],
      [{ 'upload-defer-length': '2' }, 400, 'invalid_request'],
      [{ 'upload-length': '1', 'upload-concat': 'other' }, 400, 'invalid_request'],
      [{ 'upload-concat': 'final;' }, 400, 'invalid_request'],
      [{ 'upload-length': '1', 'upload-checksum': 'crc32 AAAA' }, 400, 'invalid_request'],
      [{ 'upload-length': '1', 'upload-checksum': 'sha1 AAAA' }, 400, 'invalid_request'],
      [{ 'upload-length': '1', 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ]
    for (const [headers, status, code] of cases)
      expect([headers, ...(await codeOf((await create(headers, headers['content-type'] && 'x')).reply))]).toEqual([
        headers,
        status,
        code,
      ])
    const metadata: [string, string][] = [
      ['name !!!', 'invalid_request'],
      ['name YWI=,name YWI=', 'invalid_request'],
      ['n\u00e4me YWI=', 'invalid_request'],
      [`name ${Buffer.from([0xff]).toString('base64')}`, 'invalid_request'],
      [metadataOf({ name: 'a\0b' }), 'invalid_request'],
      [metadataOf({ name: '..' }), 'invalid_name'],
      [metadataOf({ metadata: '[]' }), 'invalid_metadata'],
      [metadataOf({ metadata: '{"a":1e999}' }), 'invalid_metadata'],
      [metadataOf({ profile: 'other' }), 'invalid_request'],
      [metadataOf({ chunker: 'size-0' }), 'invalid_request'],
      [metadataOf({ maxLinks: '-3' }), 'invalid_request'],
      [metadataOf({ folder: 'x', path: 'a' }), 'not_found'],
    ]
    for (const [header, code] of metadata) {
      const { reply } = await create({ 'upload-length': '1', 'upload-metadata': header })
      expect([header, (await codeOf(reply))[1]]).toEqual([header, code])
    }
  })

  it('refuses bytes at another place and more than there may be', async () => {
    const { url } = await create({ 'upload-length': '5' })
    expect(await codeOf(await patch(url, 3, 'ab'))).toEqual([409, 'offset_mismatch'])
    expect(await codeOf(await patch(url, 0, 'abcdef'))).toEqual([413, 'payload_too_large'])
    const wrongType = await send('PATCH', url, { 'upload-offset': '0', 'content-type': 'application/json' }, '{}')
    expect(wrongType.status).toBe(415)
    const noOffset = await send('PATCH', url, { 'content-type': OFFSET }, 'a')
    expect(noOffset.status).toBe(400)
    expect((await patch(url, 0, 'abc')).headers.get('upload-offset')).toBe('3')
    expect((await patch(url, 3, 'de')).headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abcde')))
  })

  it('imports as the metadata says', async () => {
    const bytes = randomBytes(300_000)
    const made = async (metadata: Record<string, string>) =>
      (
        await create(
          { 'upload-length': '300000', 'upload-metadata': metadataOf(metadata), 'content-type': OFFSET },
          bytes,
        )
      ).reply
    const old = await made({ name: 'v0', profile: 'unixfs-v0-2015' })
    expect(old.headers.get('holdfast-cid')).toMatch(/^Qm/)
    expect((await made({ name: 'v1' })).headers.get('holdfast-cid')).toBe(await cidOf(bytes))
    await made({ name: 'wrapped.bin', wrap: 'true' })
    expect(await filesNamed('wrapped.bin')).toMatchObject([{ kind: 'directory', size: 300_000 }])
  })

  it('lets a new request take over from one that hangs', async () => {
    const { url } = await create({ 'upload-length': '6' })
    const hanging = new PassThrough()
    hanging.write('abc')
    const target = new URL(url, origin)
    const request = httpRequest(target, {
      method: 'PATCH',
      headers: { ...user.headers, 'content-type': OFFSET, 'upload-offset': '0', 'content-length': '6' },
    })
    const ended = new Promise((resolve) =>
      request.on('response', (reply) => resolve(reply.statusCode)).on('error', resolve),
    )
    hanging.pipe(request)
    while (((await (await send('GET', url)).json()) as { offset: number }).offset < 0) await sleep(5)
    await sleep(100)
    const head = await send('HEAD', url)
    expect(head.headers.get('upload-offset')).toBe('3')
    expect(await ended).toBe(409)
    expect((await patch(url, 3, 'def')).headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abcdef')))
    request.destroy()
  })
})

describe('tenants', () => {
  it('hides uploads and pieces of others, and names another owner', async () => {
    const other = await api.addUser(user)
    const { url } = await create({ 'upload-length': '3', 'upload-concat': 'partial' })
    await patch(url, 0, 'abc')
    const as = (method: string, path: string, headers: Record<string, string> = {}) =>
      fetch(new URL(path, origin), { method, headers: { ...other.headers, ...headers } })
    for (const method of ['HEAD', 'GET', 'DELETE']) expect((await as(method, url)).status).toBe(404)
    expect((await as('PATCH', url, { 'upload-offset': '3', 'content-type': OFFSET })).status).toBe(404)
    expect((await as('POST', ENDPOINT, { 'upload-concat': `final;${url}` })).status).toBe(404)
    const elsewhere = url.replace(/[0-9a-f]{8}\./, 'ffffffff.')
    expect(await codeOf(await send('GET', elsewhere))).toEqual([410, 'upload_gone'])
    expect((await send('GET', `${ENDPOINT}/nonsense`)).status).toBe(404)
    expect((await fetch(new URL(url, origin), { method: 'HEAD' })).status).toBe(401)
    const readOnly = await api.addApiKey(user, { name: 'r', scopes: ['files:read'] })
    expect((await fetch(new URL(url, origin), { method: 'DELETE', headers: readOnly.headers })).status).toBe(403)
    expect(await (await as('GET', ENDPOINT)).json()).toEqual({ uploads: [], nextCursor: null })
  })

  it('puts pieces together once, and only whole ones', async () => {
    const piece = async (text: string, length = text.length): Promise<string> => {
      const { url } = await create({ 'upload-length': String(length), 'upload-concat': 'partial' })
      await patch(url, 0, text)
      return url
    }
    const [a, b, half] = [await piece('abc'), await piece('def'), await piece('x', 2)]
    expect(await codeOf((await create({ 'upload-concat': `final;${a} ${half}` })).reply)).toEqual([409, 'conflict'])
    const headers = { 'upload-concat': `final;${a} ${b}`, 'upload-metadata': metadataOf({ name: 'concat.txt' }) }
    const { reply, url } = await create(headers)
    expect(reply.headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abcdef')))
    expect((await create(headers)).url).toBe(url)
    expect(await filesNamed('concat.txt')).toHaveLength(1)
    expect((await send('HEAD', url)).headers.get('upload-concat')).toBe(`final;${a} ${b}`)
    expect((await patch(url, 6, '')).status).toBe(403)
    expect(await codeOf((await create({ 'upload-concat': `final;${b} ${a}` })).reply)).toEqual([409, 'conflict'])
  })
})

describe('limits', () => {
  it('keeps what came before the connection broke', async () => {
    const { url } = await create({ 'upload-length': '100' })
    const request = httpRequest(new URL(url, origin), {
      method: 'PATCH',
      headers: { ...user.headers, 'content-type': OFFSET, 'upload-offset': '0', 'content-length': '100' },
    })
    request.on('error', () => undefined)
    request.write('a'.repeat(60))
    await sleep(100)
    request.destroy()
    let offset = 0
    while (offset === 0) offset = Number((await send('HEAD', url)).headers.get('upload-offset'))
    expect(offset).toBe(60)
  })

  it('bounds how many unfinished uploads an organization has', async () => {
    const other = await api.addUser(user)
    const count = new OpenUploadCount(api.db.kysely, 3)
    for (let made = 0; made < 3; made++) await count.add(other.organizationId)
    // Nothing of these is in the database: it looks there before it refuses.
    await count.add(other.organizationId)
    const headers = { ...other.headers, 'upload-length': '1' }
    const urls: string[] = []
    for (let made = 0; made < 3; made++)
      urls.push((await fetch(`${origin}${ENDPOINT}`, { method: 'POST', headers })).headers.get('location') ?? '')
    const full = new OpenUploadCount(api.db.kysely, 3)
    await expect(full.add(other.organizationId)).rejects.toMatchObject({ code: 'rate_limited' })
    await full.add(user.organizationId).catch(() => undefined)
    await fetch(new URL(urls[0] ?? '', origin), { method: 'DELETE', headers: other.headers })
    await full.add(other.organizationId)
    const list = (await (await fetch(`${origin}${ENDPOINT}?limit=1`, { headers: other.headers })).json()) as {
      uploads: { id: string }[]
      nextCursor: string
    }
    const next = `${origin}${ENDPOINT}?limit=1&cursor=${list.nextCursor}`
    const rest = (await (await fetch(next, { headers: other.headers })).json()) as typeof list
    expect([...list.uploads, ...rest.uploads].map(({ id }) => `${ENDPOINT}/${id}`)).toEqual([urls[2], urls[1]])
  })

  it('refuses for want of space and quota, at the start and while bytes come, and goes on when there is some', async () => {
    const { deps } = api.content
    const other = await api.addUser(user)
    const limits = deps.limits as { minFreeBytes: number }
    const store = (length: number) =>
      fetch(`${origin}${ENDPOINT}`, { method: 'POST', headers: { ...other.headers, 'upload-length': String(length) } })
    const made = await store(3)
    const url = made.headers.get('location') ?? ''
    const bytes = (offset: number, body: string) =>
      fetch(new URL(url, origin), {
        method: 'PATCH',
        headers: { ...other.headers, 'content-type': OFFSET, 'upload-offset': String(offset) },
        body,
      })
    limits.minFreeBytes = 2 ** 41
    try {
      expect(await codeOf(await store(3))).toEqual([507, 'insufficient_storage'])
      expect(await codeOf(await bytes(0, 'abc'))).toEqual([507, 'insufficient_storage'])
    } finally {
      limits.minFreeBytes = 0
    }
    const setLimit = (limit: number | null) =>
      api.db.pool.query('update organizations set storage_limit = $2 where id = $1', [other.organizationId, limit])
    await setLimit(2_000_000)
    expect(await codeOf(await store(2_000_001))).toEqual([403, 'quota_exceeded'])
    await setLimit(2)
    expect(await codeOf(await bytes(0, 'abc'))).toEqual([403, 'quota_exceeded'])
    const state = await (await fetch(new URL(url, origin), { headers: other.headers })).json()
    expect(state).toMatchObject({ state: 'failed', offset: 3, failure: { code: 'quota_exceeded' } })
    await setLimit(null)
    expect((await bytes(3, '')).headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abc')))
  })

  it('expires after 7 days without activity, and takes what has expired away', async () => {
    const clock = api.content.deps.clock as { now: () => number }
    const { url } = await create({ 'upload-length': '6' })
    await patch(url, 0, 'abc')
    const DAY = 86_400_000
    const start = Date.now()
    try {
      clock.now = () => start + 6 * DAY
      // The next day it goes on, and is kept from then on.
      expect((await patch(url, 3, 'd')).headers.get('upload-expires')).toBe(new Date(start + 13 * DAY).toUTCString())
      clock.now = () => start + 12 * DAY
      expect((await send('HEAD', url)).headers.get('upload-offset')).toBe('4')
      clock.now = () => start + 14 * DAY
      expect(await codeOf(await patch(url, 4, 'ef'))).toEqual([410, 'upload_gone'])
      await work().sweep()
      expect((await send('HEAD', url)).status).toBe(404)
      expect(await Array.fromAsync(api.content.deps.staging.list())).not.toContainEqual(
        expect.objectContaining({ id: url.split('.')[1] }),
      )
    } finally {
      clock.now = Date.now
    }
  })
})

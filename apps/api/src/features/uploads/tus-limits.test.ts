import { request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OpenUploadCount } from './open-upload-count.ts'
import { UploadWork } from './upload-work.ts'
import {
  cidOf,
  OFFSET_TYPE,
  problemOfReply,
  startTestUploads,
  uploadMetadata,
  UPLOADS,
  type TestUploads,
} from '../../testing/test-uploads.ts'
import { nothingDenied } from '../../testing/nothing-denied.ts'

let uploads: TestUploads
beforeAll(async () => {
  uploads = await startTestUploads()
})
afterAll(() => uploads.stop())

/** Another one than the server's, as after a restart. */
const work = (): UploadWork =>
  new UploadWork({
    ...uploads.api.content.deps,
    ...uploads.api.keys,
    db: uploads.api.db,
    storeId: uploads.api.content.store.id,
    denied: nothingDenied,
    logger: silentLogger,
  })

describe('tenants', () => {
  it('hides uploads and pieces of others, and names another owner', async () => {
    const other = await uploads.api.addUser(uploads.user)
    const { url } = await uploads.create({ 'upload-length': '3', 'upload-concat': 'partial' })
    await uploads.patch(url, 0, 'abc')
    const as = (method: string, path: string, headers: Record<string, string> = {}) =>
      fetch(new URL(path, uploads.origin), { method, headers: { ...other.headers, ...headers } })
    for (const method of ['HEAD', 'GET', 'DELETE']) expect((await as(method, url)).status).toBe(404)
    expect((await as('PATCH', url, { 'upload-offset': '3', 'content-type': OFFSET_TYPE })).status).toBe(404)
    expect((await as('POST', UPLOADS, { 'upload-concat': `final;${url}` })).status).toBe(404)
    const elsewhere = url.replace(/[0-9a-f]{8}\./, 'ffffffff.')
    expect(await problemOfReply(await uploads.send('GET', elsewhere))).toEqual([410, 'upload_gone'])
    expect((await uploads.send('GET', `${UPLOADS}/nonsense`)).status).toBe(404)
    expect((await fetch(new URL(url, uploads.origin), { method: 'HEAD' })).status).toBe(401)
    const readOnly = await uploads.api.addApiKey(uploads.user, { name: 'r', scopes: ['files:read'] })
    expect((await fetch(new URL(url, uploads.origin), { method: 'DELETE', headers: readOnly.headers })).status).toBe(
      403,
    )
    expect(await (await as('GET', UPLOADS)).json()).toEqual({ uploads: [], nextCursor: null })
  })

  it('puts pieces together once, and only whole ones', async () => {
    const piece = async (text: string, length = text.length): Promise<string> => {
      const { url } = await uploads.create({ 'upload-length': String(length), 'upload-concat': 'partial' })
      await uploads.patch(url, 0, text)
      return url
    }
    const [a, b, half] = [await piece('abc'), await piece('def'), await piece('x', 2)]
    expect(await problemOfReply((await uploads.create({ 'upload-concat': `final;${a} ${half}` })).reply)).toEqual([
      409,
      'conflict',
    ])
    const headers = { 'upload-concat': `final;${a} ${b}`, 'upload-metadata': uploadMetadata({ name: 'concat.txt' }) }
    const { reply, url } = await uploads.create(headers)
    expect(reply.headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abcdef')))
    expect((await uploads.create(headers)).url).toBe(url)
    expect(await uploads.filesNamed('concat.txt')).toHaveLength(1)
    expect((await uploads.send('HEAD', url)).headers.get('upload-concat')).toBe(`final;${a} ${b}`)
    expect((await uploads.patch(url, 6, '')).status).toBe(403)
    expect(await problemOfReply((await uploads.create({ 'upload-concat': `final;${b} ${a}` })).reply)).toEqual([
      409,
      'conflict',
    ])
  })
})

describe('limits', () => {
  it('keeps what came before the connection broke', async () => {
    const { url } = await uploads.create({ 'upload-length': '100' })
    const request = httpRequest(new URL(url, uploads.origin), {
      method: 'PATCH',
      headers: { ...uploads.user.headers, 'content-type': OFFSET_TYPE, 'upload-offset': '0', 'content-length': '100' },
    })
    request.on('error', () => undefined)
    request.write('a'.repeat(60))
    await sleep(100)
    request.destroy()
    let offset = 0
    while (offset === 0) offset = Number((await uploads.send('HEAD', url)).headers.get('upload-offset'))
    expect(offset).toBe(60)
  })

  it('bounds how many unfinished uploads an organization has', async () => {
    const other = await uploads.api.addUser(uploads.user)
    const count = new OpenUploadCount(uploads.api.db.kysely, 3)
    for (let made = 0; made < 3; made++) await count.add(other.organizationId)
    // Nothing of these is in the database: it looks there before it refuses.
    await count.add(other.organizationId)
    const headers = { ...other.headers, 'upload-length': '1' }
    const urls: string[] = []
    for (let made = 0; made < 3; made++)
      urls.push((await fetch(`${uploads.origin}${UPLOADS}`, { method: 'POST', headers })).headers.get('location') ?? '')
    const full = new OpenUploadCount(uploads.api.db.kysely, 3)
    await expect(full.add(other.organizationId)).rejects.toMatchObject({ code: 'rate_limited' })
    await full.add(uploads.user.organizationId).catch(() => undefined)
    await fetch(new URL(urls[0] ?? '', uploads.origin), { method: 'DELETE', headers: other.headers })
    await full.add(other.organizationId)
    const list = (await (await fetch(`${uploads.origin}${UPLOADS}?limit=1`, { headers: other.headers })).json()) as {
      uploads: { id: string }[]
      nextCursor: string
    }
    const next = `${uploads.origin}${UPLOADS}?limit=1&cursor=${list.nextCursor}`
    const rest = (await (await fetch(next, { headers: other.headers })).json()) as typeof list
    expect([...list.uploads, ...rest.uploads].map(({ id }) => `${UPLOADS}/${id}`)).toEqual([urls[2], urls[1]])
  })

  it('refuses for want of space and quota, at the start and while bytes come, and goes on when there is some', async () => {
    const { deps } = uploads.api.content
    const other = await uploads.api.addUser(uploads.user)
    const limits = deps.limits as { minFreeBytes: number }
    const store = (length: number) =>
      fetch(`${uploads.origin}${UPLOADS}`, {
        method: 'POST',
        headers: { ...other.headers, 'upload-length': String(length) },
      })
    const made = await store(3)
    const url = made.headers.get('location') ?? ''
    const bytes = (offset: number, body: string) =>
      fetch(new URL(url, uploads.origin), {
        method: 'PATCH',
        headers: { ...other.headers, 'content-type': OFFSET_TYPE, 'upload-offset': String(offset) },
        body,
      })
    limits.minFreeBytes = 2 ** 41
    try {
      expect(await problemOfReply(await store(3))).toEqual([507, 'insufficient_storage'])
      expect(await problemOfReply(await bytes(0, 'abc'))).toEqual([507, 'insufficient_storage'])
    } finally {
      limits.minFreeBytes = 0
    }
    const setLimit = (limit: number | null) =>
      uploads.api.db.pool.query('update organizations set storage_limit = $2 where id = $1', [
        other.organizationId,
        limit,
      ])
    await setLimit(2_000_000)
    expect(await problemOfReply(await store(2_000_001))).toEqual([403, 'quota_exceeded'])
    await setLimit(2)
    expect(await problemOfReply(await bytes(0, 'abc'))).toEqual([403, 'quota_exceeded'])
    const state = await (await fetch(new URL(url, uploads.origin), { headers: other.headers })).json()
    expect(state).toMatchObject({ state: 'failed', offset: 3, failure: { code: 'quota_exceeded' } })
    await setLimit(null)
    expect((await bytes(3, '')).headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abc')))
  })

  it('counts for the quota what unfinished uploads will bring, and what those of unknown length have brought', async () => {
    const other = await uploads.api.addUser(uploads.user)
    await uploads.api.db.pool.query('update organizations set storage_limit = 3000000 where id = $1', [
      other.organizationId,
    ])
    const create = (headers: Record<string, string>) =>
      fetch(`${uploads.origin}${UPLOADS}`, { method: 'POST', headers: { ...other.headers, ...headers } })
    const patch = (url: string, offset: number, length: number) =>
      fetch(new URL(url, uploads.origin), {
        method: 'PATCH',
        headers: { ...other.headers, 'content-type': OFFSET_TYPE, 'upload-offset': String(offset) },
        body: new Uint8Array(length),
      })
    const piece = await create({ 'upload-length': '2000000', 'upload-concat': 'partial' })
    expect(piece.status).toBe(201)
    expect(await problemOfReply(await create({ 'upload-length': '2000000' }))).toEqual([403, 'quota_exceeded'])
    const deferred = (await create({ 'upload-defer-length': '1' })).headers.get('location') ?? ''
    expect((await patch(deferred, 0, 600_000)).status).toBe(204)
    expect(await problemOfReply(await patch(deferred, 600_000, 600_000))).toEqual([403, 'quota_exceeded'])
    await fetch(new URL(piece.headers.get('location') ?? '', uploads.origin), {
      method: 'DELETE',
      headers: other.headers,
    })
    const { offset } = (await (await fetch(new URL(deferred, uploads.origin), { headers: other.headers })).json()) as {
      offset: number
    }
    expect((await patch(deferred, offset, 600_000)).status).toBe(204)
    expect((await create({ 'upload-length': '2000000' })).status).toBe(201)
  })

  it('leaves nothing of a creation that was refused with all its bytes, unless its sender can come back', async () => {
    const other = await uploads.api.addUser(uploads.user)
    const setLimit = (limit: number | null) =>
      uploads.api.db.pool.query('update organizations set storage_limit = $2 where id = $1', [
        other.organizationId,
        limit,
      ])
    const store = (body: string, headers: Record<string, string> = {}) =>
      fetch(`${uploads.origin}${UPLOADS}`, {
        method: 'POST',
        headers: { ...other.headers, 'content-type': OFFSET_TYPE, 'upload-length': String(body.length), ...headers },
        body,
      })
    const unfinished = async () =>
      (
        (await (await fetch(`${uploads.origin}${UPLOADS}`, { headers: other.headers })).json()) as {
          uploads: unknown[]
        }
      ).uploads
    const once = { 'idempotency-key': 'refused-with-all-its-bytes' }
    await setLimit(2)
    expect(await problemOfReply(await store('abc'))).toEqual([403, 'quota_exceeded'])
    expect(await unfinished()).toEqual([])
    expect(await problemOfReply(await store('abc', once))).toEqual([403, 'quota_exceeded'])
    expect(await unfinished()).toHaveLength(1)
    await setLimit(null)
    await work().sweep()
    expect((await store('abc', once)).headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abc')))
    expect(await unfinished()).toEqual([])
  })

  it('expires after 7 days without activity, and takes what has expired away', async () => {
    const clock = uploads.api.content.deps.clock as { now: () => number }
    const { url } = await uploads.create({ 'upload-length': '6' })
    await uploads.patch(url, 0, 'abc')
    const DAY = 86_400_000
    const start = Date.now()
    try {
      clock.now = () => start + 6 * DAY
      // The next day it goes on, and is kept from then on.
      expect((await uploads.patch(url, 3, 'd')).headers.get('upload-expires')).toBe(
        new Date(start + 13 * DAY).toUTCString(),
      )
      clock.now = () => start + 12 * DAY
      expect((await uploads.send('HEAD', url)).headers.get('upload-offset')).toBe('4')
      clock.now = () => start + 14 * DAY
      expect(await problemOfReply(await uploads.patch(url, 4, 'ef'))).toEqual([410, 'upload_gone'])
      await work().sweep()
      expect((await uploads.send('HEAD', url)).status).toBe(404)
      expect(await Array.fromAsync(uploads.api.content.deps.staging.list())).not.toContainEqual(
        expect.objectContaining({ id: url.split('.')[1] }),
      )
    } finally {
      clock.now = Date.now
    }
  })
})

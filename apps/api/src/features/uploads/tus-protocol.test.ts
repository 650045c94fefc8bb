import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  cidOf,
  OFFSET_TYPE,
  problemOfReply,
  startTestUploads,
  uploadMetadata,
  UPLOADS,
  type TestUploads,
} from '../../testing/test-uploads.ts'

let uploads: TestUploads
beforeAll(async () => {
  uploads = await startTestUploads()
})
afterAll(() => uploads.stop())

describe('checksum', () => {
  it.each(['sha1', 'sha256', 'md5'])('keeps bytes only with the right %s', async (algorithm) => {
    const { url } = await uploads.create({ 'upload-length': '5' })
    const digest = (text: string) => `${algorithm} ${createHash(algorithm).update(text).digest('base64')}`
    const wrong = await uploads.patch(url, 0, 'hello', { 'upload-checksum': digest('other') })
    expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([460, 'checksum_mismatch'])
    expect((await uploads.send('HEAD', url)).headers.get('upload-offset')).toBe('0')
    const right = await uploads.patch(url, 0, 'hello', { 'upload-checksum': digest('hello') })
    expect(right.status).toBe(204)
    expect(right.headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('hello')))
  })
})

describe('the protocol', () => {
  it('says what it can do, to anybody', async () => {
    const reply = await fetch(`${uploads.origin}${UPLOADS}`, { method: 'OPTIONS' })
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
    const { reply, url } = await uploads.create({
      'upload-length': '3',
      'upload-metadata': uploadMetadata({ filename: 'raw.txt' }),
    })
    expect(reply.status).toBe(201)
    expect(url).toMatch(/^\/api\/v1\/uploads\/[0-9a-f]{8}\.[0-9a-f-]{36}$/)
    expect(Date.parse(reply.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now() + 6 * 86_400_000)
    const head = await uploads.send('HEAD', url)
    expect(head.status).toBe(200)
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'upload-offset': '0',
      'upload-length': '3',
      'cache-control': 'no-store',
      'upload-metadata': uploadMetadata({ filename: 'raw.txt' }),
      'tus-resumable': '1.0.0',
    })
    const done = await uploads.patch(url, 0, 'abc')
    expect([done.status, done.headers.get('upload-offset')]).toEqual([204, '3'])
    const [file] = await uploads.filesNamed('raw.txt')
    expect([done.headers.get('holdfast-file'), done.headers.get('holdfast-cid')]).toEqual([file.id, file.cid])
    const other = await uploads.send('HEAD', url, { 'tus-resumable': '0.2.2' })
    expect([other.status, other.headers.get('tus-version')]).toEqual([412, '1.0.0'])
  })

  it('gives the same file when the last reply was lost', async () => {
    const { url } = await uploads.create({
      'upload-length': '3',
      'upload-metadata': uploadMetadata({ name: 'once.txt' }),
    })
    await uploads.patch(url, 0, 'abc')
    const again = await uploads.patch(url, 3, '')
    const head = await uploads.send('HEAD', url)
    const files = await uploads.filesNamed('once.txt')
    expect(files).toHaveLength(1)
    for (const reply of [again, head]) expect(reply.headers.get('holdfast-file')).toBe(files[0].id)
    expect([again.status, head.headers.get('upload-offset')]).toEqual([204, '3'])
  })

  it('makes a file of no bytes at once', async () => {
    const { reply } = await uploads.create({
      'upload-length': '0',
      'upload-metadata': uploadMetadata({ name: 'empty' }),
    })
    expect(reply.status).toBe(201)
    expect(await uploads.filesNamed('empty')).toMatchObject([{ size: 0, cid: reply.headers.get('holdfast-cid') }])
  })

  it('repeats a creation with the same Idempotency-Key', async () => {
    const headers = { 'upload-length': '4', 'idempotency-key': 'tus-1' }
    const [one, two] = [await uploads.create(headers), await uploads.create(headers)]
    expect(two.url).toBe(one.url)
    expect(await problemOfReply((await uploads.create({ ...headers, 'upload-length': '5' })).reply)).toEqual([
      422,
      'idempotency_key_reuse',
    ])
  })

  it('takes POST for PATCH and DELETE where it says so', async () => {
    const { url } = await uploads.create({ 'upload-length': '6' })
    const headers = { 'content-type': OFFSET_TYPE, 'upload-offset': '0', 'x-http-method-override': 'PATCH' }
    expect((await uploads.send('POST', url, headers, 'abc')).status).toBe(204)
    expect((await uploads.send('POST', url, { 'x-http-method-override': 'DELETE' })).status).toBe(204)
    expect((await uploads.send('HEAD', url)).status).toBe(404)
    expect((await uploads.send('POST', url, { 'x-http-method-override': 'GET' })).status).toBe(405)
  })

  it('refuses what is not valid', async () => {
    const cases: [Record<string, string>, number, string][] = [
      [{}, 400, 'invalid_request'],
      [{ 'upload-length': '-1' }, 400, 'invalid_request'],
      [{ 'upload-length': '1e3' }, 400, 'invalid_request'],
      [{ 'upload-length': '9'.repeat(16) }, 413, 'payload_too_large'],
      [{ 'upload-length': '9'.repeat(400) }, 413, 'payload_too_large'],
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
      expect([
        headers,
        ...(await problemOfReply((await uploads.create(headers, headers['content-type'] && 'x')).reply)),
      ]).toEqual([headers, status, code])
    const metadata: [string, string][] = [
      ['name !!!', 'invalid_request'],
      ['name YWI=,name YWI=', 'invalid_request'],
      ['n\u00e4me YWI=', 'invalid_request'],
      [`name ${Buffer.from([0xff]).toString('base64')}`, 'invalid_request'],
      [uploadMetadata({ name: 'a\0b' }), 'invalid_request'],
      [uploadMetadata({ name: '..' }), 'invalid_name'],
      [uploadMetadata({ metadata: '[]' }), 'invalid_metadata'],
      [uploadMetadata({ metadata: '{"a":1e999}' }), 'invalid_metadata'],
      [uploadMetadata({ profile: 'other' }), 'invalid_request'],
      [uploadMetadata({ chunker: 'size-0' }), 'invalid_request'],
      [uploadMetadata({ maxLinks: '-3' }), 'invalid_request'],
      [uploadMetadata({ folder: 'x', path: 'a' }), 'not_found'],
    ]
    for (const [header, code] of metadata) {
      const { reply } = await uploads.create({ 'upload-length': '1', 'upload-metadata': header })
      expect([header, (await problemOfReply(reply))[1]]).toEqual([header, code])
    }
  })

  it('refuses bytes at another place and more than there may be', async () => {
    const { url } = await uploads.create({ 'upload-length': '5' })
    expect(await problemOfReply(await uploads.patch(url, 3, 'ab'))).toEqual([409, 'offset_mismatch'])
    expect(await problemOfReply(await uploads.patch(url, 0, 'abcdef'))).toEqual([413, 'payload_too_large'])
    const wrongType = await uploads.send(
      'PATCH',
      url,
      { 'upload-offset': '0', 'content-type': 'application/json' },
      '{}',
    )
    expect(wrongType.status).toBe(415)
    const noOffset = await uploads.send('PATCH', url, { 'content-type': OFFSET_TYPE }, 'a')
    expect(noOffset.status).toBe(400)
    expect((await uploads.patch(url, 0, 'abc')).headers.get('upload-offset')).toBe('3')
    expect((await uploads.patch(url, 3, 'de')).headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abcde')))
  })

  it('imports as the metadata says', async () => {
    const bytes = randomBytes(300_000)
    const made = async (metadata: Record<string, string>) =>
      (
        await uploads.create(
          { 'upload-length': '300000', 'upload-metadata': uploadMetadata(metadata), 'content-type': OFFSET_TYPE },
          bytes,
        )
      ).reply
    const old = await made({ name: 'v0', profile: 'unixfs-v0-2015' })
    expect(old.headers.get('holdfast-cid')).toMatch(/^Qm/)
    expect((await made({ name: 'v1' })).headers.get('holdfast-cid')).toBe(await cidOf(bytes))
    await made({ name: 'wrapped.bin', wrap: 'true' })
    expect(await uploads.filesNamed('wrapped.bin')).toMatchObject([{ kind: 'directory', size: 300_000 }])
  })

  it('lets a new request take over from one that hangs', async () => {
    const { url } = await uploads.create({ 'upload-length': '6' })
    const hanging = new PassThrough()
    hanging.write('abc')
    const target = new URL(url, uploads.origin)
    const request = httpRequest(target, {
      method: 'PATCH',
      headers: { ...uploads.user.headers, 'content-type': OFFSET_TYPE, 'upload-offset': '0', 'content-length': '6' },
    })
    const ended = new Promise((resolve) =>
      request.on('response', (reply) => resolve(reply.statusCode)).on('error', resolve),
    )
    hanging.pipe(request)
    while (((await (await uploads.send('GET', url)).json()) as { offset: number }).offset < 0) await sleep(5)
    await sleep(100)
    const head = await uploads.send('HEAD', url)
    expect(head.headers.get('upload-offset')).toBe('3')
    expect(await ended).toBe(409)
    expect((await uploads.patch(url, 3, 'def')).headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abcdef')))
    request.destroy()
  })

  it('takes nothing of a request that was still being looked up when a newer one was told the offset', async () => {
    const { api, user } = uploads
    const { url } = await uploads.create({ 'upload-length': '6' })
    const made = await api.call('POST', '/api/v1/api-keys', { as: user.headers, body: { name: 'slow', maxUses: 9 } })
    const { id, key } = made.json()
    const { kysely } = api.db
    const waiting = sql<{ count: number }>`select count(*) from pg_locks where not granted`
    const overtaken = await kysely.transaction().execute(async (tx) => {
      await tx.selectFrom('api_keys').select('id').where('id', '=', id).forUpdate().execute()
      const patched = uploads.patch(url, 0, 'abc', { authorization: `Bearer ${key}` })
      await expect.poll(async () => (await waiting.execute(kysely)).rows[0]?.count).toBe(1)
      expect((await uploads.send('HEAD', url)).headers.get('upload-offset')).toBe('0')
      return { patched }
    })
    expect(await problemOfReply(await overtaken.patched)).toEqual([409, 'conflict'])
    expect((await uploads.patch(url, 0, 'abcdef')).headers.get('holdfast-cid')).toBe(await cidOf(Buffer.from('abcdef')))
  })
})

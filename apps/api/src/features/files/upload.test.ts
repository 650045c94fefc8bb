import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { openFile } from '@packages/content/unixfs/file-reader'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody, type FormPart } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'
import { UPLOAD_LIMITS } from '../../upload-body/upload-limits.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let user: TestUser

beforeAll(async () => {
  api = await buildTestContentApi()
  user = await api.setUp()
})
afterAll(() => api.stop())
beforeEach(() => {
  api.content.deps.limits.uploadMaxBytes = 2 ** 40
  api.content.deps.limits.minFreeBytes = 0
})

const upload = (parts: readonly FormPart[], options: { headers?: Record<string, string>; end?: boolean } = {}) =>
  api.app.inject({
    method: 'POST',
    url: '/api/v1/files/upload',
    headers: { ...user.headers, ...FORM_HEADERS, ...options.headers },
    payload: formBody(parts, options),
  })

const readBack = async (cid: string): Promise<Buffer> => {
  const file = await openFile(api.content.store.reader('public'), parseCid(cid))
  const pieces: Uint8Array[] = []
  for await (const piece of file.read()) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What must not change when an upload fails. */
const traces = async () => {
  // Duplicates that earlier uploads left go behind their replies.
  await api.content.manager.releases.sweep()
  const { rows } = await api.db.pool.query(
    'select (select count(*) from files) as files, (select count(*) from pins) as pins, (select count(*) from contents) as contents',
  )
  return { ...rows[0], inFlight: api.content.store.inFlight().size, roots: (await api.content.store.stats()).roots }
}

describe('upload', () => {
  it.each([
    ['nothing', 0],
    ['one byte', 1],
    ['255 bytes', 255],
    ['1 MiB and a byte', 1_048_577],
    ['5 MiB', 5 * 1_048_576],
  ])('stores, pins and gives back a file of %s', async (_, length) => {
    const bytes = randomBytes(length)
    const reply = await upload([filePart(bytes, 'photo.jpg')])
    expect(reply.statusCode).toBe(201)
    const { file, pin } = reply.json()
    expect(file).toMatchObject({ name: 'photo.jpg', size: length, contentType: 'image/jpeg', metadata: {} })
    expect(pin.status).toBe('pinned')
    expect(sha256(await readBack(file.cid))).toBe(sha256(bytes))
    expect(api.content.store.inFlight().size).toBe(0)
  })

  it('gives the CIDs of both profiles of IPIP-499', async () => {
    const v1 = await upload([filePart('hello world')])
    const v0 = await upload([{ name: 'profile', body: 'unixfs-v0-2015' }, filePart('hello world')])
    expect(v1.json().file.cid).toBe('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')
    expect(v0.json().file.cid).toBe('Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD')
  })

  it.each([
    ['before', (file: FormPart, fields: FormPart[]) => [...fields, file]],
    ['after', (file: FormPart, fields: FormPart[]) => [file, ...fields]],
  ])('takes name and metadata %s the file', async (_, order) => {
    const fields = [
      { name: 'name', body: 'u\u0308ber.txt' },
      { name: 'metadata', body: '{"tags":["a"]}', type: 'application/json' },
    ]
    const reply = await upload(order(filePart('x', 'other.bin', 'text/plain; charset=utf-8'), fields))
    expect(reply.json().file).toMatchObject({
      name: 'über.txt',
      contentType: 'text/plain; charset=utf-8',
      metadata: { tags: ['a'] },
    })
  })

  const table: [string, FormPart[], number, string, { end?: boolean; headers?: Record<string, string> }?][] = [
    ['no parts', [], 400, 'missing_file'],
    ['no file', [{ name: 'name', body: 'a' }], 400, 'missing_file'],
    ['a form without a chosen file', [filePart('', '')], 400, 'missing_file'],
    ['two files of one name', [filePart('a'), filePart('b')], 400, 'invalid_path'],
    ['an unknown field', [{ name: 'colour', body: 'red' }, filePart('a')], 400, 'unknown_field'],
    ['__proto__ as a field', [{ name: '__proto__', body: 'x' }, filePart('a')], 400, 'unknown_field'],
    [
      'a field twice',
      [{ name: 'name', body: 'a' }, { name: 'name', body: 'b' }, filePart('a')],
      400,
      'invalid_multipart',
    ],
    ['a file without a name', [{ name: 'file', body: 'a' }], 400, 'invalid_name'],
    ['a path as name', [filePart('a'), { name: 'name', body: '../x' }], 400, 'invalid_name'],
    ['NUL in the name', [{ name: 'name', body: 'a\0b' }, filePart('a')], 400, 'invalid_name'],
    ['a line feed in the name', [{ name: 'name', body: 'a\nb' }, filePart('a')], 400, 'invalid_name'],
    ['an escaped line feed in the filename', [filePart('a', 'a%0Ab')], 400, 'invalid_name'],
    ['a name of 300 bytes', [{ name: 'name', body: 'a'.repeat(300) }, filePart('a')], 400, 'invalid_name'],
    ['a name of 10 KiB', [{ name: 'name', body: 'a'.repeat(10_240) }, filePart('a')], 400, 'invalid_name'],
    ['a name that is not UTF-8', [{ name: 'name', body: Buffer.from([0xff]) }, filePart('a')], 400, 'invalid_name'],
    ['an empty name', [{ name: 'name', body: '' }, filePart('a')], 400, 'invalid_name'],
    ['.. as filename', [filePart('a', '..')], 400, 'invalid_name'],
    ['broken metadata', [{ name: 'metadata', body: '{' }, filePart('a')], 400, 'invalid_metadata'],
    ['a list as metadata', [{ name: 'metadata', body: '[]' }, filePart('a')], 400, 'invalid_metadata'],
    [
      'metadata of 17 KiB',
      [filePart('a'), { name: 'metadata', body: `{"a":"${'x'.repeat(17_000)}"}` }],
      400,
      'invalid_metadata',
    ],
    ['an unknown profile', [{ name: 'profile', body: 'fast' }, filePart('a')], 400, 'invalid_request'],
    ['a profile after the file', [filePart('a'), { name: 'profile', body: 'unixfs-v1-2025' }], 400, 'invalid_request'],
    ['no closing boundary', [filePart('a')], 400, 'truncated_body', { end: false }],
    [
      'a large file without closing boundary',
      [filePart(randomBytes(3_000_000))],
      400,
      'truncated_body',
      { end: false },
    ],
    [
      'a boundary that is not in the body',
      [filePart('a')],
      400,
      'truncated_body',
      { headers: { 'content-type': 'multipart/form-data; boundary=other' } },
    ],
    ['no boundary', [filePart('a')], 400, 'invalid_multipart', { headers: { 'content-type': 'multipart/form-data' } }],
    ['JSON', [filePart('a')], 415, 'unsupported_media_type', { headers: { 'content-type': 'application/json' } }],
    [
      'a packed body',
      [filePart('a')],
      415,
      'unsupported_media_type',
      { headers: { ...FORM_HEADERS, 'content-encoding': 'gzip' } },
    ],
    ['an attachment', [{ name: 'file', body: 'a', disposition: 'attachment; filename="a"' }], 400, 'invalid_multipart'],
    [
      'a bad idempotency key',
      [filePart('a')],
      400,
      'invalid_idempotency_key',
      { headers: { 'idempotency-key': 'a b' } },
    ],
  ]
  it.each(table)('refuses %s and leaves nothing', async (_, parts, status, code, options) => {
    const before = await traces()
    const reply = await upload(parts, options)
    expect(reply.json()).toMatchObject({ status, code })
    expect(await traces()).toEqual(before)
  })

  it.each([
    ['C:\\Users\\me\\photo.jpg', 'photo.jpg'],
    ['a%22b.txt', 'a"b.txt'],
    ['CON', 'CON'],
    ['gpj.\u202eexe', 'gpj.\u202eexe'],
    ["x'; drop table files; --", "x'; drop table files; --"],
  ])('stores the filename %s as %s', async (filename, name) => {
    const reply = await upload([filePart('a', filename)])
    expect(reply.json().file.name).toBe(name)
  })

  it('refuses a file above the limit while it comes in, and leaves nothing', async () => {
    api.content.deps.limits.uploadMaxBytes = 1_000_000
    const before = await traces()
    const reply = await upload([filePart(randomBytes(1_000_001))])
    expect(reply.json()).toMatchObject({ status: 413, code: 'payload_too_large' })
    expect(await traces()).toEqual(before)
    expect((await upload([filePart(randomBytes(1_000_000))])).statusCode).toBe(201)
  })

  it('refuses uploads while the disk has too little space', async () => {
    api.content.deps.limits.minFreeBytes = 2 ** 41
    expect((await upload([filePart('a')])).json()).toMatchObject({ status: 507, code: 'insufficient_storage' })
  })

  it('asks for a credential and for its scope', async () => {
    const anonymous = await upload([filePart('a')], { headers: { authorization: '' } })
    expect(anonymous.statusCode).toBe(401)
    const { headers } = await api.addApiKey(user, { name: 'reader', scopes: ['files:read'] })
    expect((await upload([filePart('a')], { headers })).json()).toMatchObject({ code: 'insufficient_scope' })
  })
})

describe('upload with an Idempotency-Key', () => {
  it('answers a repeat with the first reply and stores nothing more', async () => {
    const bytes = randomBytes(2_000_000)
    const headers = { 'idempotency-key': 'upload-1' }
    const first = await upload([filePart(bytes)], { headers })
    expect(first.statusCode).toBe(201)
    const before = await traces()
    const again = await upload([filePart(bytes)], { headers })
    expect(again.statusCode).toBe(201)
    expect(again.json()).toEqual(first.json())
    expect(again.headers['idempotent-replay']).toBe('true')
    expect(await traces()).toEqual(before)
  })

  it.each([
    ['other bytes', [filePart('b')]],
    ['another name', [filePart('a', 'b.txt')]],
    ['other metadata', [filePart('a'), { name: 'metadata', body: '{"a":1}' }]],
  ])('refuses %s under the same key', async (what, parts) => {
    const headers = { 'idempotency-key': `reuse ${what}`.replaceAll(' ', '-') }
    await upload([filePart('a')], { headers })
    expect((await upload(parts, { headers })).json()).toMatchObject({ status: 422, code: 'idempotency_key_reuse' })
  })

  it('runs once when it is sent five times at once', async () => {
    const bytes = randomBytes(100_000)
    const send = () => upload([filePart(bytes)], { headers: { 'idempotency-key': 'race' } })
    const replies = await Promise.all([send(), send(), send(), send(), send()])
    const made = replies.filter((reply) => reply.statusCode === 201)
    expect(made.length).toBeGreaterThan(0)
    expect(new Set(made.map((reply) => reply.json().file.id)).size).toBe(1)
    for (const reply of replies) expect([201, 409]).toContain(reply.statusCode)
  })
})

const open = async () => {
  if (!api.app.server.listening) await api.app.listen({ host: '127.0.0.1', port: 0 })
  const address = api.app.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const socket = connect(address.port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}
const head = (length: number) =>
  `POST /api/v1/files/upload HTTP/1.1\r\nHost: x\r\nAuthorization: ${user.headers.authorization}\r\n` +
  `Content-Type: ${FORM_HEADERS['content-type']}\r\nContent-Length: ${length}\r\n\r\n`

const inFlight = () => api.content.store.inFlight().size

describe('upload over a socket', () => {
  it('leaves nothing when the client goes away in the middle', async () => {
    const before = await traces()
    const socket = await open()
    const body = formBody([filePart(randomBytes(5_000_000))])
    socket.write(head(body.length))
    socket.write(body.subarray(0, 3_000_000))
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.destroy()
    await expect.poll(traces, { timeout: 5_000 }).toEqual(before)
  })

  it('tells a sender of too much why, though it goes on sending', async () => {
    api.content.deps.limits.uploadMaxBytes = 1_000_000
    const socket = await open()
    const body = formBody([filePart(randomBytes(30_000_000))])
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    socket.write(head(body.length))
    for (let at = 0; at < body.length; at += 1_000_000)
      if (!socket.write(body.subarray(at, at + 1_000_000))) await once(socket, 'drain')
    await expect.poll(() => answer, { timeout: 5_000 }).toContain('payload_too_large')
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  it('keeps only so many of an organization open, and takes the next when one has gone', async () => {
    const body = formBody([filePart('a'.repeat(10_000))])
    const sockets = await Promise.all(Array.from({ length: UPLOAD_LIMITS.openPerOrganization }, open))
    for (const socket of sockets) socket.write(Buffer.concat([Buffer.from(head(body.length)), body.subarray(0, 5_000)]))
    await expect.poll(inFlight, { timeout: 10_000 }).toBe(sockets.length)
    const refused = await upload([filePart('a')])
    expect(refused.json()).toMatchObject({ status: 429, code: 'rate_limited' })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    // The ones that are open are taken whole.
    const first = sockets[0] as Socket
    first.write(body.subarray(5_000))
    const [answer] = await once(first, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 201 /)
    expect((await upload([filePart('a')])).statusCode).toBe(201)
    for (const socket of sockets) socket.destroy()
    await expect.poll(inFlight, { timeout: 10_000 }).toBe(0)
  })

  it('refuses by length alone, before the body comes', async () => {
    api.content.deps.limits.uploadMaxBytes = 1_000_000
    const socket = await open()
    socket.write(head(50_000_000))
    const [chunk] = await once(socket, 'data')
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })
})

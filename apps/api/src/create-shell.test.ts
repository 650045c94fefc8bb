import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { unlimited } from '@packages/runtime/rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ApiInstance } from './api-instance.ts'
import { createShell, type ShellDeps } from './create-shell.ts'
import { HTTP_LIMITS } from './http-limits.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

let app: ApiInstance

const build = async (
  publicUrl = 'http://127.0.0.1:3000',
  more: Pick<ShellDeps, 'hstsSubdomains'> = {},
): Promise<ApiInstance> => {
  const shell = await createShell({
    ...more,
    publicUrl,
    rateLimiters: {
      login: unlimited,
      account: unlimited,
      anonymous: unlimited,
      credential: unlimited,
      user: unlimited,
      address: unlimited,
    },
    meter: { admit: async () => {}, sent: () => {} },
    authenticator: { authenticate: async () => null },
  })
  const route = {
    schema: { body: z.strictObject({ name: z.string().min(1), tags: z.array(z.string()).optional() }) },
    config: { access: 'public' as const },
  }
  shell.app.post('/things', route, async (request) => ({ got: request.body }))
  const hasty = { config: { access: 'public' as const, bodyDeadlineMs: 100 } }
  shell.app.post('/hasty', hasty, async (request) => ({ got: request.body }))
  shell.app.get('/things/:id', async (request) => ({ id: request.params }))
  shell.app.get('/broken', async () => {
    throw new Error('a secret of the machine: /var/lib')
  })
  shell.app.get('/teapot', async () => {
    throw new HoldfastError('conflict', { detail: 'two pots', headers: { 'x-pot': '1' } })
  })
  shell.app.get('/api/v1/private', { config: { action: 'files:read' } }, async () => 'secret')
  return shell.app
}

const rawRequest = async (text: string | Buffer): Promise<{ status: number; body: string; head: string }> => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const socket = connect(address.port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  const answer = Buffer.concat(chunks).toString()
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2)
  return { status: Number(head.split(' ')[1]), body, head }
}

beforeEach(async () => {
  app = await build()
})
afterEach(() => app.close())

const post = (payload: string | Buffer, type = 'application/json') =>
  app.inject({ method: 'POST', url: '/things', headers: { 'content-type': type }, payload })

describe('problems', () => {
  it('have the members of RFC 9457, a code and the request id', async () => {
    const reply = await app.inject('/teapot')
    expect(reply.statusCode).toBe(409)
    expect(reply.headers['content-type']).toBe('application/problem+json')
    expect(reply.headers['x-pot']).toBe('1')
    expect(reply.json()).toEqual({
      type: 'urn:holdfast:problem:conflict',
      title: 'This is in conflict with the current state',
      status: 409,
      detail: 'two pots',
      code: 'conflict',
      requestId: reply.headers['request-id'],
    })
    expect(reply.headers['request-id']).toMatch(UUID)
  })

  it('keep a well-formed request id and replace any other', async () => {
    const id = '0190d0c0-0000-7000-8000-000000000001'
    const kept = await app.inject({ url: '/teapot', headers: { 'request-id': id } })
    expect(kept.headers['request-id']).toBe(id)
    const replaced = await app.inject({ url: '/teapot', headers: { 'request-id': 'x"y' } })
    expect(replaced.headers['request-id']).toMatch(UUID)
  })

  it('tell nothing of a programmer error', async () => {
    const reply = await app.inject('/broken')
    expect(reply.statusCode).toBe(500)
    expect(reply.json()).toMatchObject({ code: 'internal' })
    expect(reply.body).not.toContain('/var/lib')
  })

  it('answer 404 for unknown paths and 405 with Allow for unknown methods', async () => {
    expect((await app.inject('/nothing')).json()).toMatchObject({ status: 404, code: 'not_found' })
    const reply = await app.inject({ method: 'DELETE', url: '/things/1?x=1' })
    expect(reply.json()).toMatchObject({ status: 405, code: 'method_not_allowed' })
    expect(reply.headers.allow).toBe('GET, HEAD')
    expect((await app.inject({ method: 'GET', url: '/things' })).headers.allow).toBe('POST')
  })

  it('answer 401 with a challenge on routes of the API that say nothing about access', async () => {
    const reply = await app.inject('/api/v1/private')
    expect(reply.json()).toMatchObject({ status: 401, code: 'unauthenticated' })
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="holdfast"')
  })
})

describe('bodies', () => {
  const rows: [string, string | Buffer, string, number, string][] = [
    ['an unknown field', '{"name":"a","colour":"red"}', 'application/json', 400, 'unknown_field'],
    ['a missing field', '{}', 'application/json', 400, 'invalid_request'],
    ['a wrong type', '{"name":1}', 'application/json', 400, 'invalid_request'],
    ['an array', '[]', 'application/json', 400, 'invalid_request'],
    ['null', 'null', 'application/json', 400, 'invalid_request'],
    ['broken JSON', '{"name":', 'application/json', 400, 'invalid_json'],
    ['an empty body', '', 'application/json', 400, 'invalid_json'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400, 'invalid_json'],
    ['a __proto__ key', '{"name":"a","__proto__":{"x":1}}', 'application/json', 400, 'invalid_json'],
    ['an escaped __proto__ key', '{"name":"a","__pr\\u006fto__":{}}', 'application/json', 400, 'invalid_json'],
    ['NUL in a value', '{"name":"a\\u0000b"}', 'application/json', 400, 'invalid_request'],
    ['NUL in a key', '{"name":"a","b\\u0000":1}', 'application/json', 400, 'invalid_request'],
    ['half a surrogate pair', '{"name":"\\ud800"}', 'application/json', 400, 'invalid_request'],
    ['nesting of 100,000', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'application/json', 400, 'invalid_json'],
    ['XML', '<a/>', 'application/xml', 415, 'unsupported_media_type'],
    ['text', 'hello', 'text/plain', 415, 'unsupported_media_type'],
    ['more than 1 MiB', `{"name":"${'a'.repeat(1024 * 1024)}"}`, 'application/json', 413, 'payload_too_large'],
  ]
  it.each(rows)('with %s are refused', async (_what, payload, type, status, code) => {
    const reply = await post(payload, type)
    expect(reply.json()).toMatchObject({ status, code })
    expect(reply.statusCode).toBe(status)
  })

  it('that are packed are refused, and not read as what they are not', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const payload = gzipSync('{"name":"a"}')
    const reply = await app.inject({ method: 'POST', url: '/things', headers, payload })
    expect(reply.json()).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
      detail: expect.stringContaining('Content-Encoding'),
    })
    expect(reply.headers['accept-encoding']).toBe('identity')
  })

  it('name every field that is wrong', async () => {
    const reply = await post('{"name":"","tags":["a",2],"x":1,"y":2}')
    const paths = reply.json().errors.map((error: { path: string }) => error.path)
    expect(paths.toSorted()).toEqual(['name', 'tags.1', 'x', 'y'])
  })

  it('reach the route when they are right', async () => {
    expect((await post('{"name":"ä\\u00e4"}')).json()).toEqual({ got: { name: 'ää' } })
  })
})

describe('addresses', () => {
  it('with NUL, broken escapes or overlong segments are refused', async () => {
    expect((await app.inject('/things/a%00b')).json()).toMatchObject({ status: 400, code: 'invalid_request' })
    expect((await app.inject('/things/1?q=%00')).json()).toMatchObject({ status: 400, code: 'invalid_request' })
    expect((await app.inject('/things/%zz')).json()).toMatchObject({ status: 400, code: 'invalid_path' })
    expect((await app.inject(`/things/${'a'.repeat(1025)}`)).json()).toMatchObject({
      status: 414,
      code: 'uri_too_long',
    })
  })
})

describe('sockets', () => {
  it('are so many at most', async () => {
    expect(app.server.maxConnections).toBe(HTTP_LIMITS.maxConnections)
    app.server.maxConnections = 1
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const first = connect(port, '127.0.0.1')
    await once(first, 'connect')
    const second = connect(port, '127.0.0.1').on('error', () => {})
    await once(second, 'close')
    expect(first.destroyed).toBe(false)
    first.destroy()
  })

  it('answer 431 as a problem when the headers are too large', async () => {
    const { status, body, head } = await rawRequest(
      `GET /teapot HTTP/1.1\r\nHost: a\r\nX-Big: ${'a'.repeat(HTTP_LIMITS.maxHeaderBytes)}\r\n\r\n`,
    )
    expect(status).toBe(431)
    expect(head).toContain('application/problem+json')
    expect(JSON.parse(body)).toMatchObject({ code: 'header_too_large' })
  })

  it('answer 400 as a problem for what is no HTTP', async () => {
    const { status, body } = await rawRequest('HELLO\r\n\r\n')
    expect(status).toBe(400)
    expect(JSON.parse(body)).toMatchObject({ code: 'invalid_request' })
  })

  it('answer 408 and close when a body trickles', async () => {
    const begun = performance.now()
    const { status, body, head } = await rawRequest(
      'POST /hasty HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a',
    )
    expect(status).toBe(408)
    expect(JSON.parse(body)).toMatchObject({ code: 'request_timeout' })
    expect(head).toMatch(/connection: close/i)
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  it.each(['1.1', '1.0'])('answer 400 as a problem with two Hosts in HTTP/%s', async (version) => {
    const reply = await rawRequest(`GET /teapot HTTP/${version}\r\nHost: a\r\nhOST: b\r\nConnection: close\r\n\r\n`)
    expect(reply.status).toBe(400)
    expect(reply.body).toContain('"invalid_request"')
  })

  it('answer 400 as a problem with a Host that is none', async () => {
    const reply = await rawRequest('GET /teapot HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')
    expect(JSON.parse(reply.body)).toMatchObject({ status: 400, code: 'invalid_request' })
  })

  it('answer 400 as a problem without a Host', async () => {
    const { status, body } = await rawRequest('GET /teapot HTTP/1.1\r\nConnection: close\r\n\r\n')
    expect(status).toBe(400)
    expect(body).toContain('"invalid_request"')
  })
})

describe('security headers', () => {
  it('are on every answer, errors of the router included', async () => {
    for (const url of ['/teapot', '/nothing', '/things/%zz', '/things/1']) {
      const { headers } = await app.inject(url)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
      })
      expect(headers['strict-transport-security']).toBeUndefined()
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('ask for HTTPS only where the platform is reached by it', async () => {
    const https = await build('https://files.example.org')
    expect((await https.inject('/teapot')).headers['strict-transport-security']).toBe('max-age=31536000')
    await https.close()
    const below = await build('https://files.example.org', { hstsSubdomains: true })
    expect((await below.inject('/teapot')).headers['strict-transport-security']).toBe(
      'max-age=31536000; includeSubDomains',
    )
    await below.close()
  })
})

import { once } from 'node:events'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { Agent, request as requestHttps, type RequestOptions } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { makeTestCertificates } from '@packages/testkit/test-certificates'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ADMIN = { email: 'ada@example.org', password: 'long enough' }
/** Where people would reach it by a name. */
const ORIGIN = 'https://files.example.org'
const BIG = 32 * 1024 * 1024
const FORM = 'multipart/form-data; boundary=x'
const PART = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'

const authority = makeTestCertificates()
const [one, two] = ['one', 'two'].map((name) => authority.make(name, ['IP:127.0.0.1'])) as [Pair, Pair]
type Pair = ReturnType<typeof authority.make>

let folder: string
let platform: SpawnedPlatform
let token: string

const certFile = () => join(folder, 'cert.pem')
const keyFile = () => join(folder, 'key.pem')
const place = (pair: Pair) => Promise.all([copyFile(pair.certFile, certFile()), copyFile(pair.keyFile, keyFile())])

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-tls-'))
  await place(one)
  platform = await spawnPlatform({
    dataDir: join(folder, 'data'),
    command: [process.execPath, 'apps/platform/src/main.ts', '--without-dashboard'],
    environment: {
      TLS_CERT: certFile(),
      TLS_KEY: keyFile(),
      GATEWAY_WORKERS: '2',
      HSTS_SUBDOMAINS: 'include',
      PUBLIC_URL: ORIGIN,
      GATEWAY_URL: 'https://gateway.example.org',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
    },
  })
  token = (
    (await call('/api/v1/auth/login', { method: 'POST' }, JSON.stringify(ADMIN))).json() as { accessToken: string }
  ).accessToken
})
afterAll(async () => {
  await platform?.kill()
  authority.remove()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

const open = (path: string, options: RequestOptions = {}) =>
  requestHttps(new URL(path, platform.apiUrl), {
    ca: authority.ca,
    agent: false,
    ...options,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...options.headers },
  })

const read = async (request: ReturnType<typeof open>) => {
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const body = Buffer.concat(await response.toArray())
  return { status: response.statusCode, headers: response.headers, body, json: () => JSON.parse(body.toString()) }
}

const call = (path: string, options: RequestOptions = {}, body: string | Buffer = '') => {
  const request = open(path, { ...options, headers: { 'content-type': 'application/json', ...options.headers } })
  request.end(body)
  return read(request)
}

/** @returns who the listener is and what it speaks. @throws the alert of a handshake that it refused */
const shake = async (url: string, options: ConnectionOptions = {}) => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), ca: authority.ca, ...options })
  try {
    await once(socket, 'secureConnect')
    return { name: socket.getPeerCertificate().subject.CN, version: socket.getProtocol() }
  } finally {
    socket.destroy()
  }
}

/** Who twelve new connections meet: workers of the gateway take turns. */
const names = async (url: string) => {
  const met = await Promise.all(Array.from({ length: 12 }, () => shake(url)))
  return [...new Set(met.map(({ name }) => name))]
}

const both = () => [platform.apiUrl, platform.gatewayUrl]

test('API and gateway speak TLS 1.3; 1.2 and plain HTTP are refused', async () => {
  for (const url of both()) {
    expect(url).toMatch(/^https:/)
    expect(await shake(url)).toEqual({ name: 'one', version: 'TLSv1.3' })
    await expect(shake(url, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/alert protocol version/)
    const { hostname, port } = new URL(url)
    const plain = connectPlain(Number(port), hostname).on('error', () => {})
    plain.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(Buffer.concat(await plain.toArray()).toString()).not.toMatch(/HTTP\//)
  }
})

test('browsers are told to stay with HTTPS, and given __Host- cookies', async () => {
  const origin = ORIGIN
  const signIn = await call('/api/auth/sign-in/email', { method: 'POST', headers: { origin } }, JSON.stringify(ADMIN))
  expect(signIn.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
  const { headers } = await call(new URL('/', platform.gatewayUrl).href)
  expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
  expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'")
  expect(String(signIn.headers['set-cookie'])).toMatch(/^__Host-holdfast\.session_token=[^;]+;.*; Secure/)
})

describe('a new certificate', () => {
  test('is shown to new connections; uploads, downloads and kept connections that are open go on', async () => {
    const upload = (body: Buffer | string) =>
      call('/api/v1/files/upload', { method: 'POST', headers: { 'content-type': FORM } }, body)
    const content = Buffer.alloc(BIG, 'holdfast')
    const { status, json } = await upload(Buffer.concat([Buffer.from(PART), content, Buffer.from('\r\n--x--\r\n')]))
    expect(status).toBe(201)
    const { file } = json() as { file: { cid: string } }

    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority.ca })
    const probe = async () => {
      const request = open('/health/live', { agent })
      request.end()
      return { ...(await read(request)), name: (request.socket as TLSSocket).getPeerCertificate().subject.CN }
    }
    expect(await probe()).toMatchObject({ status: 200, name: 'one' })
    const slow = open('/api/v1/files/upload', { method: 'POST', headers: { 'content-type': FORM } })
    slow.write(`${PART}the beginning`)
    const download = open(new URL(`/ipfs/${file.cid}`, platform.gatewayUrl).href)
    download.end()
    const [body] = (await once(download, 'response')) as [IncomingMessage]
    body.pause()

    await place(two)
    process.kill(platform.pid, 'SIGHUP')
    for (const url of both()) await expect.poll(() => names(url), { timeout: 20_000 }).toEqual(['two'])

    expect(await probe()).toMatchObject({ status: 200, name: 'one' })
    agent.destroy()
    slow.end(' and the end\r\n--x--\r\n')
    expect((await read(slow)).status).toBe(201)
    expect(Buffer.concat(await body.toArray()).equals(content)).toBe(true)
  })

  test('that is broken is refused in loud words, and the one before stays', async () => {
    await writeFile(certFile(), 'not a certificate')
    process.kill(platform.pid, 'SIGHUP')
    await expect.poll(() => platform.output(), { timeout: 20_000 }).toMatch(/TLS_CERT has no certificate in PEM/)
    const line =
      platform
        .output()
        .split('\n')
        .find((text) => text.includes('cannot be used')) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({
      level: 50,
      msg: 'the new certificate cannot be used; the one before stays in use',
    })
    for (const url of both()) expect(await names(url)).toEqual(['two'])
  })
})

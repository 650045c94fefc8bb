import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type Server, get } from 'node:https'
import { type AddressInfo, connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../minimal-logger.ts'
import { makeTestCertificates, type TestCertificates } from './test-certificates.ts'
import { TlsCertificates } from './tls-certificates.ts'
import { createTlsServer, showCertificate, type TlsVersion } from './tls-server.ts'

let authority: TestCertificates
let one: ReturnType<TestCertificates['make']>
let two: ReturnType<TestCertificates['make']>
let folder: string
let certFile: string
let keyFile: string
let certificates: TlsCertificates
let server: Server

beforeAll(() => {
  authority = makeTestCertificates()
  one = authority.make('one', ['IP:127.0.0.1'])
  two = authority.make('two', ['IP:127.0.0.1'])
})
afterAll(() => authority.remove())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-tls-test-'))
  certFile = join(folder, 'cert.pem')
  keyFile = join(folder, 'key.pem')
  place(one)
})
afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
  await certificates?.close()
  rmSync(folder, { recursive: true, force: true })
})

const place = (pair: { certFile: string; keyFile: string }): void => {
  copyFileSync(pair.certFile, certFile)
  copyFileSync(pair.keyFile, keyFile)
}
const open = (minVersion: TlsVersion = 'TLSv1.3') =>
  TlsCertificates.open({ certFile, keyFile, minVersion }, silentLogger, { lookMs: 50, settleMs: 50 })

const port = (): number => (server.address() as AddressInfo).port
const listen = async (minVersion?: TlsVersion, body: Buffer = Buffer.from('hello')): Promise<void> => {
  certificates = await open(minVersion)
  server = createTlsServer({}, certificates.current, (_request, response) => response.end(body))
  certificates.onChange((tls) => showCertificate(server, tls))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}
const shake = async (
  options: ConnectionOptions = {},
): Promise<{ name: string; version: string | null; alpn: unknown }> => {
  const socket = connect({ port: port(), host: '127.0.0.1', ca: authority.ca, ...options })
  try {
    await once(socket, 'secureConnect')
    const name = String(socket.getPeerCertificate().subject.CN)
    return { name, version: socket.getProtocol(), alpn: socket.alpnProtocol }
  } finally {
    socket.destroy()
  }
}

describe('a listener', () => {
  it('speaks TLS 1.3 and refuses 1.2, with http/1.1 by ALPN', async () => {
    await listen()
    const offer = { ALPNProtocols: ['h2', 'http/1.1'] }
    expect(await shake(offer)).toEqual({ name: 'one', version: 'TLSv1.3', alpn: 'http/1.1' })
    await expect(shake({ maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/i)
  })

  it('speaks TLS 1.2 when told to, and never 1.1', async () => {
    await listen('TLSv1.2')
    expect((await shake({ maxVersion: 'TLSv1.2' })).version).toBe('TLSv1.2')
    // Level 0, or the client would refuse it by itself.
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await expect(shake(old)).rejects.toThrow(/alert protocol version/)
  })

  it('does not wait for handshakes that never come when it closes', async () => {
    await listen()
    const silent = connectPlain(port(), '127.0.0.1').on('error', () => {})
    await once(server, 'connection')
    const closed = once(silent, 'close')
    const ended = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    await Promise.all([closed, ended])
  })
})

describe('new files', () => {
  it('are shown without a restart, and a download that runs is not cut', async () => {
    const body = Buffer.alloc(32 * 1024 * 1024, 'x')
    await listen('TLSv1.3', body)
    const request = get({ port: port(), host: '127.0.0.1', ca: authority.ca, agent: false })
    const [response] = await once(request, 'response')
    response.pause()
    place(two)
    await expect.poll(async () => (await shake()).name).toBe('two')
    let bytes = 0
    response.on('data', (piece: Buffer) => (bytes += piece.length))
    response.resume()
    await once(response, 'end')
    expect(bytes).toBe(body.length)
  })

  it('that do not fit are not shown: the old pair stays, and the next good one is taken', async () => {
    await listen()
    copyFileSync(two.keyFile, keyFile)
    await certificates.reload()
    expect((await shake()).name).toBe('one')
    writeFileSync(certFile, 'broken')
    await certificates.reload()
    expect((await shake()).name).toBe('one')
    place(two)
    await certificates.reload()
    expect((await shake()).name).toBe('two')
  })
})

describe('a start', () => {
  const rows: [string, () => void, RegExp][] = [
    ['without the certificate', () => rmSync(certFile), /TLS_CERT cannot be read/],
    ['without the key', () => rmSync(keyFile), /TLS_KEY cannot be read/],
    ['with the key of another', () => copyFileSync(two.keyFile, keyFile), /TLS_KEY is not the key/],
    ['with a broken certificate', () => writeFileSync(certFile, 'x'), /TLS_CERT has no certificate/],
    ['with a broken key', () => writeFileSync(keyFile, 'x'), /TLS_KEY has no private key/],
  ]
  it.each(rows)('%s is refused with 78', async (_what, spoil, message) => {
    spoil()
    await expect(open()).rejects.toMatchObject({ exitCode: 78, message: expect.stringMatching(message) })
  })
})

import { once } from 'node:events'
import { type ConnectionOptions, connect } from 'node:tls'
import { makeTestCertificates } from '@packages/runtime/tls/test-certificates'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, expect, it } from 'vitest'

const authority = makeTestCertificates()
const { certFile, keyFile } = authority.make('here', ['IP:127.0.0.1'])
const TLS = { TLS_CERT: certFile, TLS_KEY: keyFile, TLS_MIN_VERSION: '1.2' }

let platform: TestPlatform
beforeAll(async () => {
  platform = await startPlatform({ environment: TLS, setUp: false })
})
afterAll(async () => {
  await platform?.stop()
  authority.remove()
})

/** @returns the version spoken @throws the alert of a handshake that was refused */
const shake = async (url: string, options: ConnectionOptions) => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), ca: authority.ca, ...options })
  try {
    await once(socket, 'secureConnect')
    return socket.getProtocol()
  } finally {
    socket.destroy()
  }
}

it.each(['apiUrl', 'gatewayUrl'] as const)(
  'TLS 1.2 is let in by its setting, with forward secrecy and sealed records, and nothing older: %s',
  async (name) => {
    const url = platform[name]
    expect(await shake(url, { maxVersion: 'TLSv1.2' })).toBe('TLSv1.2')
    expect(await shake(url, {})).toBe('TLSv1.3')
    // Level 0, or the client would refuse it by itself.
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await expect(shake(url, old)).rejects.toThrow(/alert protocol version/)
    for (const ciphers of ['AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384'])
      await expect(shake(url, { maxVersion: 'TLSv1.2', ciphers })).rejects.toThrow(/alert handshake failure/)
  },
)

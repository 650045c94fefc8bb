import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestCertificates, type TestCertificates } from '../tls/test-certificates.ts'
import { OutgoingCalls } from './outgoing-calls.ts'

let certificates: TestCertificates
let server: ReturnType<typeof createServer>
let port: number

beforeAll(async () => {
  certificates = makeTestCertificates()
  const { cert, key } = certificates.make('hooks', ['DNS:hooks.example', 'IP:127.0.0.1'])
  server = createServer({ cert, key }, (_, response) => response.end('sealed'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.close()
  certificates.remove()
})

const resolve = async () => ['127.0.0.1']
const call = (host: string, ca?: string) =>
  new OutgoingCalls({ steeredBy: 'operator', resolve, ...(ca === undefined ? {} : { ca }) }).call(
    `https://${host}:${port}/`,
  )

it.each(['hooks.example', '127.0.0.1'])('verifies the certificate of %s', async (host) => {
  const answer = await call(host, certificates.ca)
  expect(Buffer.from(await answer.bytes()).toString()).toBe('sealed')
})

it('refuses a certificate for another name', async () => {
  await expect(call('other.example', certificates.ca)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
})

it('refuses an authority that nobody knows, also when the environment turns verification off', async () => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  try {
    await expect(call('hooks.example')).rejects.toThrow(/unable to verify|self-signed/)
  } finally {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
  }
})

import type { RequestListener, ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import type { TlsPair } from './tls-pair.ts'

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

/** What a listener shows, and the oldest version that it speaks. */
export type ListenerTls = TlsPair & { minVersion: TlsVersion }

const HANDSHAKE_MS = 10_000

/** For TLS 1.2 only what has forward secrecy and authenticated encryption (RFC 9325, 4.2). */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':')

const contextOf = ({ cert, key, minVersion }: ListenerTls): SecureContextOptions => ({
  cert,
  key,
  minVersion,
  ciphers: CIPHERS,
  honorCipherOrder: true,
})

/** An HTTPS server that speaks HTTP/1.1 with the same limits as one without TLS; it does not listen yet. */
export const createTlsServer = (options: ServerOptions, tls: ListenerTls, handler: RequestListener): Server => {
  const server = createServer(
    { ...options, ...contextOf(tls), ALPNProtocols: ['http/1.1'], handshakeTimeout: HANDSHAKE_MS },
    handler,
  )
  endHandshakesWithIdleOnes(server)
  return server
}

/** For handshakes from now on; connections that are open go on as they are. */
export const showCertificate = (server: Server, tls: ListenerTls): void => server.setSecureContext(contextOf(tls))

const peer = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

/** A socket that has not shaken hands stands in no list of the HTTP server's: its close would wait for it. */
const endHandshakesWithIdleOnes = (server: Server): void => {
  const shaking = new Map<string, Socket>()
  server.on('connection', (socket: Socket) => {
    const name = peer(socket)
    shaking.set(name, socket)
    socket.once('close', () => {
      if (shaking.get(name) === socket) shaking.delete(name)
    })
  })
  server.on('secureConnection', (socket) => shaking.delete(peer(socket)))
  const closeIdle = server.closeIdleConnections.bind(server)
  server.closeIdleConnections = () => {
    for (const socket of shaking.values()) socket.destroy()
    closeIdle()
  }
}

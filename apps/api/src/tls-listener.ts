import type { RequestListener, Server } from 'node:http'
import type { TlsCertificates } from '@packages/runtime/tls/tls-certificates'
import { createTlsServer, showCertificate } from '@packages/runtime/tls/tls-server'
import { HTTP_LIMITS, SERVER_OPTIONS } from './http-limits.ts'

/**
 * Makes Fastify's servers (it has two for `localhost`) with TLS. Each shows the newest certificate. Fastify sets its time limits
 * only on servers of its own making.
 */
export const tlsListener =
  (certificates: TlsCertificates) =>
  (handler: RequestListener): Server => {
    const server = createTlsServer(SERVER_OPTIONS, certificates.current, handler)
    server.keepAliveTimeout = HTTP_LIMITS.keepAliveMs
    server.requestTimeout = HTTP_LIMITS.requestTimeoutMs
    server.setTimeout(HTTP_LIMITS.socketIdleMs)
    server.once(
      'close',
      certificates.onChange((tls) => showCertificate(server, tls)),
    )
    // The same to Fastify, which knows `http.Server` alone.
    return server as unknown as Server
  }

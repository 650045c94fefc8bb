import { createServer, type RequestListener, type Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import { createTlsServer, type ListenerTls } from '@packages/runtime/tls/tls-server'
import type { Sites } from '../request/site.ts'
import type { HttpLimits } from './http-limits.ts'
import { tunnelToSelf } from './tunnel-to-self.ts'
import { refuseClient, refuseExpectation } from './refuse-client.ts'

/** The bare server with every limit set; it does not listen yet. */
export const createHttpServer = (
  handler: RequestListener,
  limits: HttpLimits,
  tls: ListenerTls | null,
  sites: Sites,
): Server | TlsServer => {
  const options = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // How often the two timeouts above are looked at.
    connectionsCheckingInterval: Math.min(5000, limits.headersTimeoutMs),
    noDelay: true,
    // What has no body is over with its headers: to tell so by the events of a stream cost a hot request 7 % of its time.
    optimizeEmptyRequests: true,
    insecureHTTPParser: false,
  }
  const server = tls === null ? createServer(options, handler) : createTlsServer(options, tls, handler)
  server.timeout = limits.stallTimeoutMs
  server.maxRequestsPerSocket = limits.maxRequestsPerConnection
  server.maxConnections = limits.maxConnections
  server.on('clientError', refuseClient)
  server.on('checkExpectation', refuseExpectation)
  // With TLS node ends the connection: what came through could not be told from what is encrypted.
  if (tls === null) server.on('connect', tunnelToSelf(server, sites))
  return server
}

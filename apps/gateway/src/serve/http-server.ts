import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { HttpLimits } from './http-limits.ts'
import { refuseClient } from './refuse-client.ts'

/** The bare server with every limit set; it does not listen yet. */
export const createHttpServer = (
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  limits: HttpLimits,
): Server => {
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      // How often the two timeouts above are looked at.
      connectionsCheckingInterval: Math.min(5000, limits.headersTimeoutMs),
      noDelay: true,
      insecureHTTPParser: false,
    },
    handler,
  )
  server.timeout = limits.stallTimeoutMs
  server.maxRequestsPerSocket = limits.maxRequestsPerConnection
  server.maxConnections = limits.maxConnections
  server.on('clientError', refuseClient)
  return server
}

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { Registry } from 'prom-client'

/** Scrapers come from this machine, or through a proxy that asks for credentials. */
const HOST = '127.0.0.1'
const HEADERS_MS = 5_000

/** `GET /metrics` in Prometheus' text format, on loopback and without credentials: no tenant, no CID and no name is in it. */
export class MetricsServer {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param port 0 takes a free one. @throws Error (EADDRINUSE, EACCES) when it cannot listen */
  static async start(registry: Registry, port: number): Promise<MetricsServer> {
    const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: HEADERS_MS }, (request, response) => {
      if (request.url?.split('?')[0] !== '/metrics') {
        response.writeHead(404).end()
        return
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD' }).end()
        return
      }
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        () => response.writeHead(503).end(),
      )
    })
    server.listen(port, HOST)
    await once(server, 'listening')
    return new MetricsServer(server)
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

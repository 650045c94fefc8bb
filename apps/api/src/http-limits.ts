/**
 * What one connection or request may take. Node and Fastify leave most of these open by default
 * (`requestTimeout` 0: a slow body holds a socket for ever).
 */
export const HTTP_LIMITS = {
  /** All request headers together; more answers 431. */
  maxHeaderBytes: 16 * 1024,
  /** Request line and headers must have come in. */
  headersTimeoutMs: 20_000,
  /** A whole request, streamed uploads included; routes with a JSON body have `jsonBodyDeadlineMs`. */
  requestTimeoutMs: 6 * 3_600_000,
  /** A socket on which nothing moves, in either direction. */
  socketIdleMs: 120_000,
  keepAliveMs: 72_000,
  /** Sockets of one process; more are closed at once. */
  maxConnections: 4096,
  jsonBodyBytes: 1024 * 1024,
  jsonBodyDeadlineMs: 30_000,
  jsonDepth: 64,
  /** How long after its reply a body that nobody wants is read on, so that its sender gets to see why: as nginx does it. */
  lingerMs: 30_000,
  /** How much of it, for callers without a credential. */
  lingerBytes: 8 * 1024 * 1024,
  /** One path segment: a CID has at most 300 characters, a file name 255 bytes percent-encoded. */
  pathSegmentChars: 1024,
} as const

/** What Node's server is made with; with and without TLS. */
export const SERVER_OPTIONS = {
  maxHeaderSize: HTTP_LIMITS.maxHeaderBytes,
  headersTimeout: HTTP_LIMITS.headersTimeoutMs,
  requireHostHeader: false,
}

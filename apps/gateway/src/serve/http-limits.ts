/** Bounds of one worker's HTTP server. Times in milliseconds. */
export type HttpLimits = {
  /** All header lines of a request together. */
  maxHeaderBytes: number
  /** From the first byte of a request to the end of its headers. */
  headersTimeoutMs: number
  /** From the first byte to the end of a body; nothing here reads bodies, so this only ends senders of one. */
  requestTimeoutMs: number
  /** An idle kept connection is closed after this. */
  keepAliveTimeoutMs: number
  /** A connection on which no byte moves in either direction while a response is being sent is cut. */
  stallTimeoutMs: number
  /** Each piece of a streamed body (32 KiB for a slow client) has to leave within this: trickling readers are cut. */
  pieceTimeoutMs: number
  maxRequestsPerConnection: number
  maxConnections: number
}

export const HTTP_LIMITS: Readonly<HttpLimits> = {
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 30_000,
  stallTimeoutMs: 30_000,
  pieceTimeoutMs: 60_000,
  maxRequestsPerConnection: 100_000,
  maxConnections: 10_000,
}

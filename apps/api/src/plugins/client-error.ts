import { randomUUIDv7 } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorCode } from '@packages/shared/error-catalogue'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { securityHeaders } from './security-headers.ts'

/** Errors of Node's HTTP parser and timers that have a status of their own. */
const CODES: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'header_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** The whole HTTP response for a request that could not even be parsed. */
export const clientErrorResponse = (parserCode: string, requestId: string): string => {
  const error = new HoldfastError(CODES[parserCode] ?? 'invalid_request', {
    detail: CODES[parserCode] === undefined ? 'This is not a valid HTTP request.' : undefined,
  })
  const body = JSON.stringify(problemOf(error, requestId))
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    ...Object.entries(securityHeaders(undefined)).map(([name, value]) => `${name}: ${value}`),
    `Request-Id: ${requestId}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}

/** Answers on the bare socket, where Fastify has no request yet. */
export const answerClientError = (error: Error & { code: string }, socket: Socket): void => {
  // More came after a request that was to be the last: its answer is on the way, and ends the connection.
  if (error.code === 'HPE_CLOSED_CONNECTION') return
  // What is no HTTP yet, such as a TLS handshake that failed, gets no answer in HTTP.
  if (!/^(HPE|ERR_HTTP)_/.test(error.code) || !socket.writable || socket.destroyed) {
    socket.destroy()
    return
  }
  socket.end(clientErrorResponse(error.code, randomUUIDv7()), () => socket.destroy())
}

/** Of expectations only 100-continue is known (RFC 9110, 10.1.1), and Node meets that by itself. */
export const answerExpectation = (_request: IncomingMessage, response: ServerResponse): void => {
  response.shouldKeepAlive = false
  response.writeHead(417, { ...securityHeaders(undefined), 'request-id': randomUUIDv7(), 'content-length': 0 }).end()
}

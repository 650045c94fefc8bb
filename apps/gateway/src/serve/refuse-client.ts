import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ErrorCode } from '@packages/shared/error-catalogue'
import { planError } from '../plan/plan-error.ts'
import { EVERYWHERE, OWN_POLICY } from '../plan/shared-headers.ts'
import { isStreaming } from './stream-content.ts'

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

const codeOf = (error: NodeJS.ErrnoException): ErrorCode => {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'header_too_large'
  return error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'invalid_request'
}

/**
 * Answers what node's parser refused (there is no request object then) and ends the connection. While a body is
 * on its way nothing can be said without being taken for content, so the connection is only cut.
 */
export const refuseClient = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  // More came after a request that was to be the last: its answer is on the way, and ends the connection.
  if (error.code === 'HPE_CLOSED_CONNECTION') return
  // What is no HTTP yet, such as a TLS handshake that failed, gets no answer in HTTP.
  if (!/^(HPE|ERR_HTTP)_/.test(error.code ?? '') || !socket.writable || isStreaming(socket)) {
    socket.destroy()
    return
  }
  const plan = planError('GET', undefined, new HoldfastError(codeOf(error)))
  const lines = [`HTTP/1.1 ${plan.status} ${REASONS[plan.status] ?? 'Error'}`, `Date: ${new Date().toUTCString()}`]
  for (let at = 0; at < plan.headers.length; at += 2) lines.push(`${plan.headers[at]}: ${plan.headers[at + 1]}`)
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`), plan.body as Buffer]))
}

/** Of expectations only 100-continue is known (RFC 9110, 10.1.1), and node meets that by itself. */
export const refuseExpectation = (_request: IncomingMessage, response: ServerResponse): void => {
  response.shouldKeepAlive = false
  response.writeHead(417, ['Content-Length', '0', 'Content-Security-Policy', OWN_POLICY, ...EVERYWHERE]).end()
}

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * CONNECT (RFC 9110, 9.3.6), as clients send it that use this gateway as their HTTP proxy: whatever host it names, the tunnel ends
 * here, and what comes through it are requests like any other. Nothing is ever dialled.
 */
export const tunnelToSelf =
  (server: Server) =>
  (_request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    // With a parser and all limits of a new connection.
    server.emit('connection', socket)
  }

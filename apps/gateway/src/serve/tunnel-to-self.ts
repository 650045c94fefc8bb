import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Sites } from '../request/site.ts'

/** Whether a CONNECT means this gateway: one of its hosts, or the very address that it came to. */
const isOwn = ({ url = '', socket }: IncomingMessage, sites: Sites): boolean =>
  sites.of(url).kind !== 'path' || url === `${socket.localAddress}:${socket.localPort}`

/**
 * CONNECT (RFC 9110, 9.3.6), as clients send it that use this gateway as their HTTP proxy for its own hosts. The tunnel ends here, and
 * what comes through it are requests like any other; nothing is ever dialled, and to any other host there is none.
 */
export const tunnelToSelf =
  (server: Server, sites: Sites) =>
  (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (!isOwn(request, sites)) {
      socket.destroy()
      return
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    // With a parser and all limits of a new connection.
    server.emit('connection', socket)
  }

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiInstance } from '../api-instance.ts'
import { HTTP_LIMITS } from '../http-limits.ts'

export type LingerLimits = {
  /** From the end of the reply until a sender who has not come to an end is cut off. */
  lingerMs: number
  /** Of the rest of a body: what is read and dropped for somebody without a credential. */
  lingerBytes: number
}

/**
 * Reads on and drops what is left of a body when the reply is on its way: closing a socket with unread bytes resets it, and a reply
 * that the client has not read yet is lost. Who sends more than `bytes` is not read any further, and has until `ms` after the
 * reply to read it.
 */
export const linger = (raw: IncomingMessage, response: ServerResponse, ms: number, bytes: number): void => {
  // Requests of `inject` have no socket and no `complete`.
  if (raw.complete !== false || raw.destroyed) return
  const { socket } = raw
  let left = bytes
  let closing = false
  let cut: NodeJS.Timeout | undefined
  raw.on('data', (piece: Uint8Array) => {
    left -= piece.length
    if (left < 0) raw.pause()
  })
  response.once('finish', () => {
    if (!raw.complete) cut = setTimeout(() => socket.destroy(), ms)
  })
  // Node calls this when a reply with `Connection: close` is out. Our end stays open, too, until the body is in: many clients
  // take its closing for a failure while they write.
  socket.destroySoon = () => {
    closing = true
  }
  raw.once('end', () => {
    Reflect.deleteProperty(socket, 'destroySoon')
    if (closing) socket.destroySoon()
  })
  for (const over of ['end', 'close']) raw.once(over, () => clearTimeout(cut))
}

/** Gives every route the time that its reply needs to be read, whatever it was refused for. */
export const installLinger = (app: ApiInstance, limits: LingerLimits = HTTP_LIMITS): void => {
  app.addHook('onSend', async ({ raw, actor, routeOptions }, reply) => {
    if (raw.complete !== false) return
    // Its handler reads the rest.
    if (routeOptions.config.answersWhileReading === true && reply.statusCode < 400) return
    // Fastify's, for bodies that are too large. Who ends in time may go on; a deadline that has passed is one.
    if (reply.statusCode !== 408) reply.removeHeader('connection')
    linger(raw, reply.raw, limits.lingerMs, actor === null ? limits.lingerBytes : Number.POSITIVE_INFINITY)
  })
}

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What node does not document, and has had for ten years: the descriptor below a socket, and a response's head as it is sent. */
type Internals = { _handle?: { fd?: unknown } | null }
type HeadInternals = { _header?: unknown; _headerSent?: unknown }

/** The connection of a response that others may write to now: not encrypted, its turn has come, and nothing of node's is still to leave. */
export type PlainSocket = { socket: Socket; descriptor: number }

export const plainSocketOf = (response: ServerResponse): PlainSocket | undefined => {
  const { socket } = response
  if (socket === null || 'encrypted' in socket || !socket.writable) return undefined
  if (socket.writableLength > 0 || response.writableLength > 0 || response.chunkedEncoding) return undefined
  const descriptor = (socket as Socket & Internals)._handle?.fd
  return typeof descriptor === 'number' && descriptor >= 0 ? { socket, descriptor } : undefined
}

/** The head that `writeHead` has made and node has not sent; undefined when it has. */
export const unsentHeadOf = (response: ServerResponse): Buffer | undefined => {
  const { _header: head, _headerSent: isSent } = response as ServerResponse & HeadInternals
  return typeof head === 'string' && isSent === false ? Buffer.from(head, 'latin1') : undefined
}

/** The head that node has sent, or has given to the connection with a body. */
export const sentHeadOf = (response: ServerResponse): string | undefined => {
  const { _header: head, _headerSent: isSent } = response as ServerResponse & HeadInternals
  return typeof head === 'string' && isSent === true ? head : undefined
}

/** Node must not send a head: that is done past it. @param head where node has made none */
export const headWasSent = (response: ServerResponse, head?: string): void => {
  const internals = response as ServerResponse & HeadInternals
  internals._header ??= head
  internals._headerSent = true
}

const sentPastNode = new WeakMap<object, number>()

/** To be told of what was written to a connection past node. */
export const countPastNode = (connection: object, bytes: number): void => {
  sentPastNode.set(connection, (sentPastNode.get(connection) ?? 0) + bytes)
}

/** All bytes that a connection has been given. */
export const bytesGivenTo = (connection: { readonly bytesWritten: number }): number =>
  connection.bytesWritten + (sentPastNode.get(connection) ?? 0)

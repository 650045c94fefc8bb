import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { OutgoingRefused } from './outgoing-refused.ts'

/** The answer of another server. Its body is read by one of the three, once. Redirects are answers like others: nobody follows them here. */
export type OutgoingAnswer = {
  status: number
  headers: IncomingHttpHeaders
  /** Pieces as they come; ends with OutgoingRefused `too-large` past the limit. */
  body(): AsyncIterable<Uint8Array>
  bytes(): Promise<Uint8Array>
  /** Gives the connection up. */
  cancel(): void
}

export const outgoingAnswer = (message: IncomingMessage, maxBodyBytes: number): OutgoingAnswer => {
  const pieces = async function* (): AsyncIterable<Uint8Array> {
    let length = 0
    for await (const piece of message as AsyncIterable<Uint8Array>) {
      length += piece.length
      if (length > maxBodyBytes)
        throw new OutgoingRefused('too-large', `The answer has more than ${maxBodyBytes} bytes.`)
      yield piece
    }
  }
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    body: pieces,
    bytes: async () => Buffer.concat(await Array.fromAsync(pieces())),
    cancel: () => void message.destroy(),
  }
}

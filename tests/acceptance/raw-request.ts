import { connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

export type RawResponse = { status: number; headers: Map<string, string>; body: Buffer }

export type RawRequest = {
  method?: string
  /** As it goes onto the wire: nothing is normalised, escaped or checked. */
  target: string
  headers?: readonly (readonly [name: string, value: string])[]
  body?: string | Uint8Array
  /** Content-Length is set from the body unless this is false. */
  length?: boolean
  /** Host is set unless this is false. */
  host?: boolean
  /** After the body: wait for the answer, or close our side of the connection first. */
  afterwards?: 'wait' | 'close'
}

const TIMEOUT_MS = 30_000
const PIECE_BYTES = 64 * 1024

const head = (url: URL, request: RawRequest): string => {
  const { method = 'GET', target, headers = [], body, length = true, host = true } = request
  const lines = [`${method} ${target} HTTP/1.1`]
  if (host) lines.push(`Host: ${url.host}`)
  lines.push('Connection: close')
  if (body !== undefined && length) lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
  for (const [name, value] of headers) lines.push(`${name}: ${value}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

const withoutChunks = (body: Buffer): Buffer => {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const line = body.indexOf('\r\n', at)
    const size = line < 0 ? 0 : Number.parseInt(body.toString('latin1', at, line), 16)
    if (!(size > 0)) return Buffer.concat(parts)
    parts.push(body.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}

const parse = (bytes: Buffer): RawResponse => {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.toString('latin1', 0, Math.max(end, 0)).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1])
  if (!(status > 0)) throw new Error(`no HTTP answer: ${JSON.stringify(bytes.toString('latin1', 0, 200))}`)
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
    }),
  )
  const body = bytes.subarray(end + 4)
  return { status, headers, body: headers.get('transfer-encoding') === 'chunked' ? withoutChunks(body) : body }
}

const wasReset = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')

/**
 * Sends one HTTP/1.1 request exactly as given over a connection of its own, and reads until the server closes it.
 * A server that refuses a body in the middle closes while we send; the reset can overtake its answer (RFC 9112, 9.6). Then
 * it is asked again, five times at most.
 * @throws Error when the connection ends without an answer
 */
export const rawRequest = async (base: string, request: RawRequest): Promise<RawResponse> => {
  for (let tries = 1; ; tries++) {
    try {
      return await sendOnce(base, request)
    } catch (error) {
      if (tries === 5 || !wasReset(error)) throw error
    }
  }
}

const sendOnce = (base: string, request: RawRequest): Promise<RawResponse> => {
  const url = new URL(base)
  const { promise, resolve, reject } = Promise.withResolvers<RawResponse>()
  const socket = connect({ host: url.hostname, port: Number(url.port), timeout: TIMEOUT_MS })
  const received: Buffer[] = []
  let failure: Error | undefined
  socket.on('timeout', () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)))
  socket.on('error', (error) => {
    failure = error
  })
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  socket.on('close', () => {
    try {
      resolve(parse(Buffer.concat(received)))
    } catch (error) {
      reject(failure ?? error)
    }
  })
  void write(socket, request, head(url, request))
  return promise
}

/**
 * In pieces, with a look at what came in between: Node throws away what it has not read when a write fails, and with it the answer.
 */
const write = async (socket: Socket, { body = '', afterwards }: RawRequest, head: string) => {
  const bytes = Buffer.concat([Buffer.from(head), Buffer.from(body)])
  for (let at = 0; at < bytes.length && !socket.destroyed; at += PIECE_BYTES) {
    await new Promise((resolve) => socket.write(bytes.subarray(at, at + PIECE_BYTES), resolve))
    await setImmediate()
  }
  if (afterwards === 'close') socket.end()
}

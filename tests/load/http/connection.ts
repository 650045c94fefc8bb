import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type RawResponse, ResponseReader } from './response-reader.ts'

const RECEIVE_BYTES = 256 * 1024
const SILENCE_MS = 60_000

/** One kept connection for one request at a time; costs the load program a fraction of what a full client does. */
export class Connection {
  readonly #host: string
  readonly #socket: Socket
  readonly #reader = new ResponseReader()
  #waiting: PromiseWithResolvers<RawResponse> | undefined
  #drained: PromiseWithResolvers<void> | undefined

  private constructor(url: URL) {
    this.#host = url.host
    // One buffer for everything that is received: bodies are counted, not kept.
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafeSlow(RECEIVE_BYTES),
        callback: (count, buffer) => this.#receive(buffer, count),
      },
    })
    this.#socket.setTimeout(SILENCE_MS, () => this.#socket.destroy(new Error('no answer for a minute')))
    this.#socket.on('drain', () => this.#drained?.resolve())
    this.#socket.on('error', (error) => this.#waiting?.reject(error))
    this.#socket.once('close', () => this.#waiting?.reject(new Error('the server closed the connection')))
  }

  static async open(url: URL): Promise<Connection> {
    const connection = new Connection(url)
    await once(connection.#socket, 'connect')
    return connection
  }

  #receive(buffer: Uint8Array, count: number): boolean {
    try {
      const response = this.#reader.push(Buffer.from(buffer.buffer, buffer.byteOffset, count))
      if (response !== undefined) this.#waiting?.resolve(response)
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)))
    }
    return true
  }

  /** The bytes of a request's head. */
  head(method: string, path: string, headers: Record<string, string | number>): Buffer {
    const named = { Host: this.#host, ...headers }
    const lines = Object.entries(named).map(([name, value]) => `${name}: ${value}\r\n`)
    return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  }

  /** Sends the parts of a request as fast as they are taken, and reads the answer; one before the end stops the sending. */
  async request(parts: Iterable<Uint8Array>): Promise<RawResponse> {
    const waiting = Promise.withResolvers<RawResponse>()
    this.#waiting = waiting
    let answered = false
    const noted = waiting.promise.then(
      () => void (answered = true),
      () => void (answered = true),
    )
    for (const part of parts) {
      if (answered) break
      if (this.#socket.write(part)) continue
      this.#drained = Promise.withResolvers()
      await Promise.race([this.#drained.promise, noted])
    }
    return waiting.promise
  }

  close(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }
}

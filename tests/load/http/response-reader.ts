/** A response that has been read whole. */
export type RawResponse = { status: number; body: string; bodyBytes: number }

const KEPT_BYTES = 65_536
const TAIL_CHARACTERS = 1024

/**
 * Reads HTTP/1.1 responses to one request after another, as cheaply as a load program needs it: bodies with a length
 * are counted. Of a body the first 64 KiB are kept, and of a longer chunked one its end.
 */
export class ResponseReader {
  #head = Buffer.alloc(0)
  #status = 0
  /** Bytes of the body that are still to come; null while a head is read; -1 for a chunked body. */
  #left: number | null = null
  #kept: Buffer[] = []
  #keptBytes = 0
  #bodyBytes = 0
  #tail = ''

  /** Takes bytes; answers the response that they complete. `chunk` may be overwritten afterwards. */
  push(chunk: Buffer): RawResponse | undefined {
    let rest = chunk
    if (this.#left === null) {
      this.#head = Buffer.concat([this.#head, rest])
      const end = this.#head.indexOf('\r\n\r\n')
      if (end === -1) return undefined
      rest = this.#head.subarray(end + 4)
      this.#readHead(this.#head.toString('latin1', 0, end))
      this.#head = Buffer.alloc(0)
    }
    return this.#left === -1 ? this.#readChunked(rest) : this.#readCounted(rest)
  }

  #readHead(head: string): void {
    this.#status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length !== undefined) this.#left = Number(length)
    else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#left = -1
    else throw new Error(`a response of unknown length: ${head.slice(0, 300)}`)
  }

  #keep(bytes: Buffer, limit = KEPT_BYTES): void {
    if (this.#keptBytes > limit) return
    this.#kept.push(Buffer.from(bytes))
    this.#keptBytes += bytes.length
  }

  #readCounted(bytes: Buffer): RawResponse | undefined {
    this.#left = (this.#left ?? 0) - bytes.length
    this.#bodyBytes += bytes.length
    this.#keep(bytes)
    if (this.#left < 0) throw new Error('more bytes than the response said')
    return this.#left === 0 ? this.#finish() : undefined
  }

  #readChunked(bytes: Buffer): RawResponse | undefined {
    this.#bodyBytes += bytes.length
    this.#keep(bytes)
    this.#tail = (this.#tail + bytes.toString('latin1')).slice(-TAIL_CHARACTERS)
    if (!/(?:^|\r\n)0\r\n(?:[^\r\n]+\r\n)*\r\n$/.test(this.#tail)) return undefined
    if (this.#bodyBytes > this.#keptBytes) this.#keep(Buffer.from(this.#tail, 'latin1'), Number.POSITIVE_INFINITY)
    this.#tail = ''
    return this.#finish()
  }

  #finish(): RawResponse {
    const response = { status: this.#status, body: Buffer.concat(this.#kept).toString(), bodyBytes: this.#bodyBytes }
    this.#left = null
    this.#kept = []
    this.#keptBytes = 0
    this.#bodyBytes = 0
    return response
  }
}

/** Shorter pieces are copied together as they come: each that waits for itself takes some 200 bytes beside its own. */
const SMALL_BYTES = 4 * 1024
const JOINED_BYTES = 64 * 1024

/** Bytes that wait to be written, in order. */
export class WriteQueue {
  #pieces: Uint8Array[] = []
  /** The last small pieces, joined: they come behind the others. */
  #joined: Buffer | undefined
  #joinedBytes = 0
  #bytes = 0

  /** Bytes that wait, and those that were taken and not told as `written`. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0 && this.#joined === undefined
  }

  push(bytes: Uint8Array): void {
    if (bytes.length >= SMALL_BYTES) {
      this.#endJoined()
      this.#pieces.push(bytes)
    } else {
      if (this.#joinedBytes + bytes.length > JOINED_BYTES) this.#endJoined()
      this.#joined ??= Buffer.allocUnsafeSlow(JOINED_BYTES)
      this.#joined.set(bytes, this.#joinedBytes)
      this.#joinedBytes += bytes.length
    }
    this.#bytes += bytes.length
  }

  #endJoined(): void {
    if (this.#joined !== undefined) this.#pieces.push(this.#joined.subarray(0, this.#joinedBytes))
    this.#joined = undefined
    this.#joinedBytes = 0
  }

  takeAll(): Uint8Array[] {
    this.#endJoined()
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  /** The first `count` bytes; so many must be waiting. */
  take(count: number): Uint8Array[] {
    this.#endJoined()
    let left = count
    let whole = 0
    for (let piece = this.#pieces[0]; piece !== undefined && piece.length <= left; piece = this.#pieces[whole]) {
      left -= piece.length
      whole++
    }
    const taken = this.#pieces.splice(0, whole)
    const split = this.#pieces[0]
    if (left > 0 && split !== undefined) {
      taken.push(split.subarray(0, left))
      this.#pieces[0] = split.subarray(left)
    }
    return taken
  }

  /** What was taken is in the file: it takes no memory any more. */
  written(count: number): void {
    this.#bytes -= count
  }

  clear(): void {
    this.#joined = undefined
    this.#joinedBytes = 0
    this.#pieces = []
    this.#bytes = 0
  }
}

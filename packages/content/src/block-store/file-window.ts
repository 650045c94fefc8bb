import type { FileHandle } from 'node:fs/promises'

/** How much is read at once. Less than the largest block would have each of those read twice. */
export const WINDOW_BYTES = 4 * 1024 * 1024

/** Room before what is read in advance, for the record that began before it: a block of 2 MiB and its head. */
const HEADROOM = 2 * 1024 * 1024 + 64 * 1024

/** `bytes` stand `HEADROOM` behind the start of `buffer`. */
type Ahead = { start: number; buffer: Buffer; length: Promise<number> }

/**
 * Reads a file through a window, so that small records cost no call each and large ones are passed by. What is read from end to end is read in
 * advance, while the bytes before are hashed: a rebuild waits for the slower of the two, not for both.
 */
export class FileWindow {
  readonly #handle: FileHandle
  readonly #size: number
  readonly #isReadWhole: boolean
  #start = 0
  #bytes: Buffer = Buffer.alloc(0)
  #ahead: Ahead | undefined

  constructor(handle: FileHandle, { size, isReadWhole }: { size: number; isReadWhole: boolean }) {
    this.#handle = handle
    this.#size = size
    this.#isReadWhole = isReadWhole
  }

  /** Up to `length` bytes at `position`; less at the end of the file. */
  async at(position: number, length: number, ahead: number): Promise<Buffer> {
    const end = Math.min(position + length, this.#size)
    if (position < this.#start || end > this.#start + this.#bytes.length) {
      const isNext = await this.#takeAhead(position, end)
      if (!isNext) await this.#readAt(position, Math.max(length, ahead))
      if (this.#isReadWhole && ahead >= WINDOW_BYTES) this.#readAhead()
    }
    return this.#bytes.subarray(position - this.#start, end - this.#start)
  }

  /** Nothing reads from the file any more. */
  async settled(): Promise<void> {
    await this.#ahead?.length.catch(() => undefined)
  }

  async #readAt(position: number, length: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#size - position)))
    const filled = await this.#fill(buffer, position)
    this.#start = position
    this.#bytes = buffer.subarray(0, filled)
  }

  /** True when what was read in advance, with the end of the window before it, has all that is asked for. */
  async #takeAhead(position: number, end: number): Promise<boolean> {
    const ahead = this.#ahead
    if (ahead?.start !== this.#start + this.#bytes.length || position < this.#start) return false
    const before = ahead.start - position
    if (before < 0 || before > HEADROOM) return false
    const length = await ahead.length
    if (end > ahead.start + length) return false
    this.#bytes.copy(ahead.buffer, HEADROOM - before, this.#bytes.length - before)
    this.#start = position
    this.#bytes = ahead.buffer.subarray(HEADROOM - before, HEADROOM + length)
    return true
  }

  #readAhead(): void {
    const start = this.#start + this.#bytes.length
    if (this.#ahead?.start === start || start >= this.#size) return
    const before = this.#ahead?.length
    const buffer = Buffer.allocUnsafe(HEADROOM + Math.min(WINDOW_BYTES, this.#size - start))
    const length = (async () => {
      await before
      return this.#fill(buffer.subarray(HEADROOM), start)
    })()
    // Who needs it is told.
    length.catch(() => undefined)
    this.#ahead = { start, buffer, length }
  }

  /** @returns how many bytes there were */
  async #fill(buffer: Buffer, position: number): Promise<number> {
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled
  }
}

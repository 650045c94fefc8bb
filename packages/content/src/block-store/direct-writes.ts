import { constants, open, write } from 'node:fs'
import { promisify } from 'node:util'
import { writeBuffers } from './write-buffers.ts'

const openFile = promisify(open)

// TypeScript knows it only together with a browser's globals.
declare const WebAssembly: {
  Memory: new (options: { initial: number; maximum: number }) => { buffer: ArrayBuffer }
}

/** Bytes of one write that goes past the page cache; a multiple of every block size. */
export const DIRECT_BYTES = 2 * 1024 * 1024
const BUFFERS = 4
const WASM_PAGE_BYTES = 64 * 1024

/** Direct writing means that buffers, places and lengths fit to the disk's blocks: WebAssembly's memory starts at a page. */
const alignedBuffers = (): Uint8Array[] => {
  const pages = (BUFFERS * DIRECT_BYTES) / WASM_PAGE_BYTES
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages })
  return Array.from({ length: BUFFERS }, (_, i) => new Uint8Array(buffer, i * DIRECT_BYTES, DIRECT_BYTES))
}

const cannotBeDirect = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EINVAL' || error.code === 'ENOTSUP')

/** A segment's file, opened for direct writes; without `fd` when it cannot be. */
export type DirectFile = { fd: number | undefined }

/**
 * Writes that go past the page cache (`O_DIRECT`), for large uploads: their copy into fresh pages of the kernel took as long as all
 * the rest of an upload, and pushed out what the gateway reads (ADR 0018). Where the file system has no such writes, and while all
 * buffers are in use, they go the usual way. What is durable is the same: only a sync makes it so.
 */
export class DirectWrites {
  #free: Uint8Array[] | undefined
  #isSupported = process.platform === 'linux'

  /** Opens an existing file into `file`, where that is supported. Whoever opened it closes it. */
  async open(path: string, file: DirectFile): Promise<void> {
    if (!this.#isSupported) return
    try {
      file.fd = await openFile(path, constants.O_WRONLY | constants.O_DIRECT)
    } catch (error) {
      if (!cannotBeDirect(error)) throw error
      this.#isSupported = false
    }
  }

  /**
   * Writes `pieces` of `DIRECT_BYTES` together at `position`, a multiple of `DIRECT_BYTES`.
   * @param fd the same file, opened in the usual way
   */
  async write(file: DirectFile, fd: number, pieces: readonly Uint8Array[], position: number): Promise<void> {
    this.#free ??= alignedBuffers()
    const buffer = this.#isSupported && file.fd !== undefined ? this.#free.pop() : undefined
    if (buffer === undefined || file.fd === undefined) return writeBuffers(fd, pieces, position)
    try {
      let at = 0
      for (const piece of pieces) {
        buffer.set(piece, at)
        at += piece.length
      }
      const written = await this.#writeDirect(file.fd, buffer, position)
      if (written < DIRECT_BYTES) await writeBuffers(fd, [buffer.subarray(written)], position + written)
    } finally {
      this.#free.push(buffer)
    }
  }

  /** @returns bytes written; what is left is for the usual way, which tells of a full disk. */
  async #writeDirect(fd: number, buffer: Uint8Array, position: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    write(fd, buffer, 0, DIRECT_BYTES, position, (error, count) => (error ? reject(error) : resolve(count)))
    try {
      return await promise
    } catch (error) {
      if (!cannotBeDirect(error)) throw error
      this.#isSupported = false
      return 0
    }
  }
}

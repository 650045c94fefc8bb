import { closeSync, fdatasync, ftruncate, open } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type BlockKey, keyToCidBytes } from './block-key.ts'
import { CAR_HEADER, recordHead } from './car-record.ts'
import {
  cidChecksum,
  encodeItems,
  encodeMarker,
  encodeTitle,
  type MarkerItem,
  type SegmentTitle,
} from './commit-marker.ts'
import { DIRECT_BYTES, type DirectFile, type DirectWrites } from './direct-writes.ts'
import type { BlockLocation } from './index-entry.ts'
import { segmentPath, segmentsFolder, syncFolder } from './segment-path.ts'
import type { StoreFaults } from './store-options.ts'
import { writeBuffers } from './write-buffers.ts'
import { WriteQueue } from './write-queue.ts'

const openFile = promisify(open)
const syncFile = promisify(fdatasync)
const truncateFile = promisify(ftruncate)

const WRITE_BYTES = 1024 * 1024
const BACKPRESSURE_BYTES = 8 * 1024 * 1024
const BACKGROUND_SYNC_BYTES = 32 * 1024 * 1024

/**
 * Appends records to one segment: one `writev` in flight, of 1 MiB or more when so much is waiting. Positions are known at once;
 * an error shows at the next `flush`, `sync` or waiting `append`, and the writer is of no use after it but for `truncate`.
 */
export class SegmentWriter {
  readonly id: number
  readonly #path: string
  readonly #faults: StoreFaults
  readonly #opened: Promise<number>
  #fd: number | undefined
  #length: number
  #written: number
  #synced: number
  #groupStart: number
  readonly secret: Buffer
  #checksum: ReturnType<typeof cidChecksum>
  readonly #queue = new WriteQueue()
  #pump: Promise<void> | undefined
  #backgroundSync: Promise<void> | undefined
  #error: unknown
  /** Set as long as the segment is written in large pieces past the page cache: until the first flush. */
  #direct: DirectWrites | undefined
  #directFile: DirectFile = { fd: undefined }

  private constructor(
    directory: string,
    id: number,
    length: number,
    secret: Buffer,
    faults: StoreFaults,
    opened: Promise<number>,
  ) {
    this.id = id
    this.secret = secret
    this.#checksum = cidChecksum(secret)
    this.#path = segmentPath(directory, id)
    this.#faults = faults
    this.#length = this.#written = this.#synced = this.#groupStart = length
    this.#opened = opened
    opened.then(
      (fd) => {
        this.#fd = fd
      },
      (error) => {
        this.#error = error
      },
    )
  }

  /**
   * A new segment, with its header; the folder's entry is durable before the first bytes are.
   * @param direct for one that will be large
   */
  static create(
    directory: string,
    id: number,
    title: SegmentTitle,
    faults: StoreFaults,
    direct?: DirectWrites,
  ): SegmentWriter {
    const path = segmentPath(directory, id)
    const directFile: DirectFile = { fd: undefined }
    const opened = (async () => {
      const fd = await openFile(path, 'wx')
      await direct?.open(path, directFile)
      await syncFolder(segmentsFolder(directory))
      return fd
    })()
    const writer = new SegmentWriter(directory, id, 0, title.secret, faults, opened)
    writer.#direct = direct
    writer.#directFile = directFile
    writer.#push(CAR_HEADER)
    writer.#push(encodeTitle(title))
    writer.#groupStart = writer.#length
    return writer
  }

  /** An unsealed segment that is committed up to `length`. */
  static reopen(
    directory: string,
    id: number,
    at: { length: number; secret: Buffer },
    faults: StoreFaults,
  ): SegmentWriter {
    return new SegmentWriter(directory, id, at.length, at.secret, faults, openFile(segmentPath(directory, id), 'r+'))
  }

  /** Where the next byte goes. */
  get length(): number {
    return this.#length
  }

  /** Where the records since the last marker start. */
  get groupStart(): number {
    return this.#groupStart
  }

  /** True while so much is waiting that the caller should wait for `drained`. */
  get full(): boolean {
    return this.#queue.bytes > BACKPRESSURE_BYTES
  }

  #push(bytes: Uint8Array): void {
    this.#queue.push(bytes)
    this.#length += bytes.length
  }

  /** Queues a block; the location is final. */
  append(key: BlockKey, bytes: Uint8Array): BlockLocation {
    return this.appendParts(key, bytes.length === 0 ? [] : [bytes], bytes.length)
  }

  /** As `append`, for a block of `length` bytes that lies in pieces. */
  appendParts(key: BlockKey, parts: readonly Uint8Array[], length: number): BlockLocation {
    const head = recordHead(key, length)
    this.#checksum.add(keyToCidBytes(key))
    this.#push(head)
    const location = { segment: this.id, offset: this.#length, length }
    for (const part of parts) this.#push(part)
    if (this.#queue.bytes >= (this.#direct === undefined ? WRITE_BYTES : DIRECT_BYTES)) this.#start()
    return location
  }

  /** Queues the marker that ends the records since the last one. */
  appendMarker(items: readonly MarkerItem[], sequence: number): void {
    const list = encodeItems(items)
    const listStart = this.#length
    this.#checksum.add(list.cidBytes)
    this.#push(list.record)
    const marker = { start: this.#groupStart, sequence, listStart, checksum: this.#checksum.digest() }
    this.#push(encodeMarker(this.secret, marker, list.cidBytes))
    this.#checksum = cidChecksum(this.secret)
    this.#groupStart = this.#length
  }

  #start(): void {
    this.#pump ??= this.#run()
  }

  async #run(): Promise<void> {
    try {
      const fd = await this.#opened
      while (!this.#queue.isEmpty && this.#error === undefined) {
        const direct = this.#direct
        // The rest waits for more, or for the flush.
        if (direct !== undefined && this.#queue.bytes < DIRECT_BYTES) break
        const bytes = direct === undefined ? this.#queue.bytes : DIRECT_BYTES
        const pieces = direct === undefined ? this.#queue.takeAll() : this.#queue.take(bytes)
        this.#faults.beforeWrite?.(this.id, bytes)
        if (direct === undefined) await writeBuffers(fd, pieces, this.#written)
        else await direct.write(this.#directFile, fd, pieces, this.#written)
        this.#written += bytes
        this.#queue.written(bytes)
        this.#startBackgroundSync(fd)
      }
    } catch (error) {
      this.#error ??= error
    } finally {
      this.#pump = undefined
    }
  }

  #startBackgroundSync(fd: number): void {
    if (this.#backgroundSync !== undefined || this.#written - this.#synced < BACKGROUND_SYNC_BYTES) return
    this.#backgroundSync = this.#syncUpTo(fd, this.#written).then(
      () => {
        this.#backgroundSync = undefined
      },
      (error) => {
        this.#error ??= error
        this.#backgroundSync = undefined
      },
    )
  }

  async #syncUpTo(fd: number, length: number): Promise<void> {
    if (this.#faults.skipSync) return
    await syncFile(fd)
    this.#synced = Math.max(this.#synced, length)
    this.#faults.synced?.(this.id, this.#synced)
  }

  #throwIfFailed(): void {
    if (this.#error !== undefined) throw this.#error
  }

  /** Resolves when everything queued is handed to the kernel. */
  async flush(): Promise<void> {
    this.#direct = undefined
    do {
      if (!this.#queue.isEmpty) this.#start()
      await this.#pump
      this.#throwIfFailed()
    } while (!this.#queue.isEmpty)
  }

  /** Resolves when less is waiting than `full` says. */
  async drained(): Promise<void> {
    while (this.full && this.#error === undefined) {
      this.#start()
      await this.#pump
    }
    this.#throwIfFailed()
  }

  /** Resolves when everything queued is on the disk. */
  async sync(): Promise<void> {
    await this.flush()
    await this.#backgroundSync
    this.#throwIfFailed()
    await this.#syncUpTo(await this.#opened, this.#written)
  }

  /** Drops everything behind `length` after a failure. The segment can be appended to again when this resolves. */
  async truncate(length: number): Promise<void> {
    this.#direct = undefined
    await this.#pump
    await this.#backgroundSync
    const fd = await this.#opened
    this.#queue.clear()
    await truncateFile(fd, length)
    await syncFile(fd)
    this.#length = this.#written = this.#groupStart = length
    this.#synced = Math.min(this.#synced, length)
    this.#checksum = cidChecksum(this.secret)
    this.#error = undefined
  }

  async close(): Promise<void> {
    await this.#pump
    await this.#backgroundSync
    await this.#opened.catch(() => undefined)
    if (this.#fd !== undefined) closeSync(this.#fd)
    if (this.#directFile.fd !== undefined) closeSync(this.#directFile.fd)
    this.#fd = this.#directFile.fd = undefined
  }

  /** Closes and removes the file: nothing in the index may point at it. */
  async discard(): Promise<void> {
    this.#queue.clear()
    await this.close()
    await unlink(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}

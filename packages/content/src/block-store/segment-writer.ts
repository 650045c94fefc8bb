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
import type { BlockLocation } from './index-entry.ts'
import { segmentPath, segmentsFolder, syncFolder } from './segment-path.ts'
import type { StoreFaults } from './store-options.ts'
import { writeBuffers } from './write-buffers.ts'

const openFile = promisify(open)
const syncFile = promisify(fdatasync)
const truncateFile = promisify(ftruncate)

const WRITE_BYTES = 1024 * 1024
const BACKPRESSURE_BYTES = 8 * 1024 * 1024
/** Shorter pieces are copied together as they come: each that waits for itself takes some 200 bytes beside its own. */
const SMALL_BYTES = 4 * 1024
const JOINED_BYTES = 64 * 1024
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
  #queue: Uint8Array[] = []
  /** The last small pieces, joined: they come behind the queue. */
  #joined: Buffer | undefined
  #joinedBytes = 0
  #queuedBytes = 0
  #pump: Promise<void> | undefined
  #backgroundSync: Promise<void> | undefined
  #error: unknown

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

  /** A new segment, with its header; the folder's entry is durable before the first bytes are. */
  static create(directory: string, id: number, title: SegmentTitle, faults: StoreFaults): SegmentWriter {
    const opened = (async () => {
      const fd = await openFile(segmentPath(directory, id), 'wx')
      await syncFolder(segmentsFolder(directory))
      return fd
    })()
    const writer = new SegmentWriter(directory, id, 0, title.secret, faults, opened)
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
    return this.#queuedBytes > BACKPRESSURE_BYTES
  }

  #push(bytes: Uint8Array): void {
    if (bytes.length >= SMALL_BYTES) {
      this.#endJoined()
      this.#queue.push(bytes)
    } else {
      if (this.#joinedBytes + bytes.length > JOINED_BYTES) this.#endJoined()
      this.#joined ??= Buffer.allocUnsafeSlow(JOINED_BYTES)
      this.#joined.set(bytes, this.#joinedBytes)
      this.#joinedBytes += bytes.length
    }
    this.#queuedBytes += bytes.length
    this.#length += bytes.length
  }

  #endJoined(): void {
    if (this.#joined !== undefined) this.#queue.push(this.#joined.subarray(0, this.#joinedBytes))
    this.#joined = undefined
    this.#joinedBytes = 0
  }

  get #isWaiting(): boolean {
    return this.#queue.length > 0 || this.#joined !== undefined
  }

  #dropQueue(): void {
    this.#joined = undefined
    this.#joinedBytes = 0
    this.#queue = []
    this.#queuedBytes = 0
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
    if (this.#queuedBytes >= WRITE_BYTES) this.#start()
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
      while (this.#isWaiting && this.#error === undefined) {
        this.#endJoined()
        const batch = this.#queue
        const bytes = this.#queuedBytes
        this.#queue = []
        this.#faults.beforeWrite?.(this.id, bytes)
        await writeBuffers(fd, batch, this.#written)
        this.#written += bytes
        this.#queuedBytes -= bytes
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
    do {
      if (this.#isWaiting) this.#start()
      await this.#pump
      this.#throwIfFailed()
    } while (this.#isWaiting)
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
    await this.#pump
    await this.#backgroundSync
    const fd = await this.#opened
    this.#dropQueue()
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
    this.#fd = undefined
  }

  /** Closes and removes the file: nothing in the index may point at it. */
  async discard(): Promise<void> {
    this.#dropQueue()
    await this.close()
    await unlink(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}

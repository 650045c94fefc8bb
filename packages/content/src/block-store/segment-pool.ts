import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs'
import type { BlockLocation } from './index-entry.ts'
import { QuickReads, SHORT_BYTES, THREAD_MS } from './quick-reads.ts'
import { ReadAround, WINDOW_BYTES } from './read-around.ts'
import { segmentPath } from './segment-path.ts'
import { BlockDamaged, isMissingFile, SegmentGone } from './store-error.ts'
import { DAG_LIMITS } from '../dag/dag-limits.ts'

type OpenSegment = { fd: number; users: number; usedAt: number; forgotten: boolean }

const MAX_OPEN = 128
/** An unlinked segment keeps its space while somebody has it open. */
const IDLE_MS = 30_000

// A part of the disk that fails is a block that cannot be had, and nothing else.
const asDamage = (error: NodeJS.ErrnoException): Error =>
  error.code === 'EIO' ? new BlockDamaged('the disk cannot read a part of a segment', { cause: error }) : error

/** Into the target from `offset` on; from the file at `position`. */
type Place = { offset: number; length: number; position: number }

const readAtOnce = ({ fd }: OpenSegment, target: Uint8Array, place: Place): number => {
  try {
    return readSync(fd, target, place.offset, place.length, place.position)
  } catch (error) {
    throw asDamage(error as NodeJS.ErrnoException)
  }
}

const readByThread = ({ fd }: OpenSegment, target: Uint8Array, place: Place): Promise<number> =>
  new Promise((resolve, reject) => {
    read(fd, target, place.offset, place.length, place.position, (error, bytesRead) =>
      error ? reject(asDamage(error)) : resolve(bytesRead),
    )
  })

/** One that was unlinked is being cut, slice by slice: what is asked for lies elsewhere by now. */
const endsTooEarly = (segment: number, { fd }: OpenSegment): Error =>
  fstatSync(fd).nlink === 0 ? new SegmentGone(segment) : new BlockDamaged(`segment ${segment} ends too early`)

/** @throws BlockDamaged for a length that no block had when it was stored: the entry that says so has flipped */
export const checkLength = (length: number): void => {
  if (length > DAG_LIMITS.maxBlockBytes) throw new BlockDamaged(`no block has ${length} bytes`)
}

/** File descriptors of segments, opened when needed, closed when idle, when there are too many, or when told to. */
export class SegmentPool {
  readonly #directory: string
  readonly #open = new Map<number, OpenSegment>()
  readonly #sweeper: NodeJS.Timeout
  readonly #now: () => number
  readonly #quick: QuickReads
  readonly #around: ReadAround
  /** What is brought is looked at by nobody. */
  #nowhere: Buffer | undefined

  /** @param now in milliseconds, of a clock that never goes back */
  constructor(directory: string, now: () => number = () => performance.now()) {
    this.#directory = directory
    this.#now = now
    this.#quick = new QuickReads(now)
    this.#around = new ReadAround((segment, position) => this.#bring(segment, position), now)
    this.#sweeper = setInterval(() => this.#sweep(), IDLE_MS).unref()
  }

  #acquire(segment: number): OpenSegment {
    let entry = this.#open.get(segment)
    if (entry === undefined) {
      if (this.#open.size >= MAX_OPEN) this.#evict()
      entry = { fd: this.#openFile(segment), users: 0, usedAt: 0, forgotten: false }
      this.#open.set(segment, entry)
    }
    entry.users++
    return entry
  }

  #openFile(segment: number): number {
    try {
      return openSync(segmentPath(this.#directory, segment), 'r')
    } catch (error) {
      if (isMissingFile(error)) throw new SegmentGone(segment)
      throw error
    }
  }

  #release(entry: OpenSegment): void {
    entry.users--
    entry.usedAt = performance.now()
    if (entry.forgotten && entry.users === 0) closeSync(entry.fd)
  }

  /** Closes a segment as soon as its last read ends. */
  forget(segment: number): void {
    const entry = this.#open.get(segment)
    if (entry === undefined) return
    this.#open.delete(segment)
    entry.forgotten = true
    if (entry.users === 0) closeSync(entry.fd)
  }

  #evict(): void {
    let oldest: [number, OpenSegment] | undefined
    for (const item of this.#open)
      if (item[1].users === 0 && (oldest === undefined || item[1].usedAt < oldest[1].usedAt)) oldest = item
    if (oldest !== undefined) this.forget(oldest[0])
  }

  #sweep(): void {
    const limit = performance.now() - IDLE_MS
    for (const [segment, entry] of this.#open) if (entry.users === 0 && entry.usedAt < limit) this.forget(segment)
  }

  /** Fills `target` from `targetOffset` with `length` bytes of a segment at `position`. @throws SegmentGone, BlockDamaged */
  async read(
    segment: number,
    target: Uint8Array,
    targetOffset: number,
    length: number,
    position: number,
  ): Promise<void> {
    checkLength(length)
    const entry = this.#acquire(segment)
    try {
      for (let done = 0; done < length; ) {
        const place = { offset: targetOffset + done, length: length - done, position: position + done }
        const count =
          this.#readNow(segment, entry, target, place) ?? (await this.#readSoon(segment, entry, target, place))
        if (count === 0) throw endsTooEarly(segment, entry)
        done += count
      }
    } finally {
      this.#release(entry)
    }
  }

  /** Fills `target` from `position` on in this turn, where that costs little. @returns whether it did; @throws as `read` */
  readNow(segment: number, target: Uint8Array, position: number): boolean {
    const { length } = target
    checkLength(length)
    const entry = this.#acquire(segment)
    try {
      return this.#readNow(segment, entry, target, { offset: 0, length, position }) === length
    } finally {
      this.#release(entry)
    }
  }

  #readNow(segment: number, entry: OpenSegment, target: Uint8Array, place: Place): number | undefined {
    const count = this.#quick.try(place.length, () => readAtOnce(entry, target, place))
    if (count !== undefined) this.#around.took(segment, place.position, this.#quick.lastMs)
    return count
  }

  async #readSoon(segment: number, entry: OpenSegment, target: Uint8Array, place: Place): Promise<number> {
    if (place.length > SHORT_BYTES) return readByThread(entry, target, place)
    const start = this.#now()
    const count = await readByThread(entry, target, place)
    this.#around.took(segment, place.position, this.#now() - start - THREAD_MS)
    return count
  }

  async #bring(segment: number, position: number): Promise<void> {
    const entry = this.#acquire(segment)
    try {
      this.#nowhere ??= Buffer.allocUnsafeSlow(WINDOW_BYTES)
      await readByThread(entry, this.#nowhere, { offset: 0, length: WINDOW_BYTES, position })
    } finally {
      this.#release(entry)
    }
  }

  /** The descriptor of a segment, for this turn of the event loop: it may be closed in the next. @throws SegmentGone */
  descriptorOf(segment: number): number {
    const entry = this.#acquire(segment)
    this.#release(entry)
    return entry.fd
  }

  /** The block's bytes, at once; not verified. @throws SegmentGone, BlockDamaged */
  readBlockSync({ segment, offset, length }: BlockLocation): Buffer {
    checkLength(length)
    const entry = this.#acquire(segment)
    try {
      const bytes = Buffer.allocUnsafe(length)
      for (let done = 0; done < length; ) {
        const count = readAtOnce(entry, bytes, { offset: done, length: length - done, position: offset + done })
        if (count === 0) throw endsTooEarly(segment, entry)
        done += count
      }
      return bytes
    } finally {
      this.#release(entry)
    }
  }

  close(): void {
    clearInterval(this.#sweeper)
    for (const segment of this.#open.keys()) this.forget(segment)
  }
}

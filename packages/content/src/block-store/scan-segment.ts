import { type FileHandle, open } from 'node:fs/promises'
import { type BlockKey, codecOfKey, multihashOfKey } from './block-key.ts'
import { CAR_HEADER, MAX_RECORD_HEAD_BYTES, parseRecordHead } from './car-record.ts'
import { decodeTitle, MARKER_CID_PREFIX, MARKER_LENGTH_BYTES, type SegmentTitle } from './commit-marker.ts'
import { FileWindow, WINDOW_BYTES } from './file-window.ts'
import { matchesHash } from './hash-block.ts'
import { segmentPath } from './segment-path.ts'
import { CODEC_RAW } from '@packages/shared/cid'

/** A record of a segment. `data` is there when it was asked for; it is only good until the next record. */
export type SegmentRecord = {
  key: BlockKey
  cidBytes: Buffer
  /** The digest of an identity CID: a title or a marker. */
  identity: Buffer | undefined
  start: number
  offset: number
  length: number
  end: number
  data: Buffer | undefined
}

/** Which records' bytes a scan reads: none, those that may have links, all, or those that are asked for. */
export type ScanData = 'none' | 'linked' | 'all' | ((key: BlockKey, offset: number) => boolean)

const HEAD_BYTES = 512
const SMALL_RECORD = 16 * 1024

/** Reads the records of one segment, one after the other. */
export class SegmentScan {
  readonly #handle: FileHandle
  readonly #window: FileWindow
  readonly #data: ScanData
  readonly size: number
  #ahead = WINDOW_BYTES

  private constructor(handle: FileHandle, size: number, data: ScanData) {
    this.#handle = handle
    this.#window = new FileWindow(handle, { size, isReadWhole: data === 'all' })
    this.#data = data
    this.size = size
  }

  static async open(directory: string, id: number, data: ScanData): Promise<SegmentScan> {
    const handle = await open(segmentPath(directory, id), 'r')
    return new SegmentScan(handle, (await handle.stat()).size, data)
  }

  /** The title and where the records behind it start; `undefined` when the file does not start as a segment does. */
  async title(): Promise<{ title: SegmentTitle; end: number } | undefined> {
    const header = await this.#window.at(0, CAR_HEADER.length, WINDOW_BYTES)
    if (!header.equals(CAR_HEADER)) return undefined
    const record = await this.record(CAR_HEADER.length, this.size)
    if (record?.identity === undefined || !isSound(record)) return undefined
    const title = decodeTitle(record.identity)
    return title === undefined ? undefined : { title, end: record.end }
  }

  /** The record at `position`; `undefined` when there is none that is well-formed and ends before `limit`. */
  async record(position: number, limit: number): Promise<SegmentRecord | undefined> {
    if (position >= limit) return undefined
    const head = parseRecordHead(await this.#window.at(position, MAX_RECORD_HEAD_BYTES, this.#ahead))
    if (head === undefined) return undefined
    const offset = position + head.dataStart
    const end = offset + head.dataLength
    if (end > limit) return undefined
    const cidBytes = await this.#window.at(position, head.dataStart, this.#ahead)
    const wanted = head.identity !== undefined || this.#wants(head.key, offset)
    this.#ahead = wanted || head.dataLength < SMALL_RECORD ? WINDOW_BYTES : HEAD_BYTES
    const record = {
      key: head.key,
      cidBytes: Buffer.from(cidBytes.subarray(head.cidStart)),
      identity: head.identity,
      start: position,
      offset,
      length: head.dataLength,
      end,
    }
    return { ...record, data: wanted ? await this.#window.at(offset, head.dataLength, this.#ahead) : undefined }
  }

  #wants(key: BlockKey, offset: number): boolean {
    if (typeof this.#data === 'function') return this.#data(key, offset)
    if (this.#data === 'all') return true
    return this.#data === 'linked' && codecOfKey(key) !== CODEC_RAW
  }

  /** The bytes at a place that a record told. */
  async bytes(offset: number, length: number): Promise<Buffer> {
    return this.#window.at(offset, length, length)
  }

  /** Where the next marker record may start, at `position` or behind it; `undefined` when there is none. */
  async findMarker(position: number, limit: number): Promise<number | undefined> {
    for (let at = position; at < limit; ) {
      const bytes = await this.#window.at(at, Math.min(WINDOW_BYTES, limit - at), WINDOW_BYTES)
      const found = bytes.indexOf(MARKER_CID_PREFIX)
      if (found >= MARKER_LENGTH_BYTES) return at + found - MARKER_LENGTH_BYTES
      if (found === 0 && at > position) return at - MARKER_LENGTH_BYTES
      if (bytes.length < WINDOW_BYTES) return undefined
      at += bytes.length - MARKER_CID_PREFIX.length - MARKER_LENGTH_BYTES
    }
    return undefined
  }

  async close(): Promise<void> {
    await this.#window.settled()
    await this.#handle.close()
  }
}

/** True when a record's data is what its CID says; identity records carry their bytes twice. */
export const isSound = (record: SegmentRecord): boolean => {
  if (record.data === undefined) return false
  if (record.identity !== undefined) return record.identity.equals(record.data)
  try {
    return matchesHash(multihashOfKey(record.key), record.data)
  } catch {
    // A hash that we never write: garbage that happens to parse.
    return false
  }
}

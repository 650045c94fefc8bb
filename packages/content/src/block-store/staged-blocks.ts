import { setImmediate as nextTurn } from 'node:timers/promises'
import { type BlockKey, codecOfKey, isRawKey, keyToBytes, keyToCid } from './block-key.ts'
import { blockLinks } from './block-links.ts'
import { type BlockLocation, decodeLocation, encodeEntry } from './index-entry.ts'
import { storedLinks } from './release-cascade.ts'
import { isSound, type SegmentRecord, SegmentScan } from './scan-segment.ts'
import { incompleteDag } from './store-error.ts'
import type { StoreCore } from './store-core.ts'
import type { DagBlock, DagSource } from './take-dag.ts'

/**
 * Where the blocks of an upload lie that has too many of them for memory: a part of the index that no reader sees, under a
 * number of its own (its segment's id; a rebuild uses higher ones). It can be made again from the segment at any time.
 */
export class StagedBlocks implements DagSource {
  readonly #core: StoreCore
  readonly #number: number
  readonly #realm: string

  constructor(core: StoreCore, number: number, realm: string) {
    this.#core = core
    this.#number = number
    this.#realm = realm
  }

  #key(key: BlockKey): Buffer {
    const bytes = Buffer.allocUnsafe(4 + key.length)
    bytes.writeUInt32BE(this.#number)
    bytes.write(key, 4, 'latin1')
    return bytes
  }

  locate(key: BlockKey): BlockLocation | undefined {
    const value = this.#core.index.staging.get(this.#key(key))
    return value === undefined ? undefined : decodeLocation(value)
  }

  find(key: BlockKey): DagBlock | undefined {
    const location = this.locate(key)
    if (location === undefined) return undefined
    return { location, links: storedLinks(this.#core.pool, this.#realm, key, location) }
  }

  /** Inside a transaction. False when the block is staged already: the first place wins. */
  add(key: BlockKey, { segment, offset, length }: BlockLocation): boolean {
    const bytes = this.#key(key)
    if (this.#core.index.staging.doesExist(bytes)) return false
    this.#core.index.staging.putSync(bytes, encodeEntry({ segment, offset, length, count: 0 }))
    return true
  }

  /** Inside a transaction: takes up to `limit` blocks out. */
  take(limit: number): { key: BlockKey; location: BlockLocation }[] {
    const start = Buffer.alloc(4)
    start.writeUInt32BE(this.#number)
    const end = Buffer.alloc(4)
    end.writeUInt32BE(this.#number + 1)
    const taken: { key: BlockKey; location: BlockLocation }[] = []
    for (const { key, value } of this.#core.index.staging.getRange({ start, end, limit }))
      taken.push({ key: key.toString('latin1', 4), location: decodeLocation(value) })
    for (const { key } of taken) this.#core.index.staging.removeSync(this.#key(key))
    return taken
  }

  /** Drops everything that is staged, in slices. */
  async clear(): Promise<void> {
    const limit = this.#core.settings.sliceBlocks
    while (this.#core.transaction(() => this.take(limit)).length === limit) await nextTurn()
  }
}

/** Stages the blocks between two places of a segment. Returns the number and size of the distinct ones. */
export const stageRange = async (
  core: StoreCore,
  range: { realm: string; segment: number; start: number; end: number; verify: boolean },
): Promise<{ staged: StagedBlocks; blocks: number; bytes: number }> => {
  const staged = new StagedBlocks(core, range.segment, range.realm)
  let blocks = 0
  let bytes = 0
  let slice: SegmentRecord[] = []
  const write = (): void => {
    core.transaction(() => {
      for (const { key, offset, length } of slice)
        if (staged.add(key, { segment: range.segment, offset, length })) {
          blocks++
          bytes += length
        }
    })
    slice = []
  }
  for await (const record of blockRecords(core, { ...range, lenient: range.verify }, range.verify ? 'all' : 'none')) {
    if (range.verify && !isSound(record)) continue
    slice.push({ ...record, data: undefined })
    if (slice.length >= core.settings.sliceBlocks) write()
  }
  if (slice.length > 0) write()
  return { staged, blocks, bytes }
}

/** The blocks between two places of a segment; with `lenient` up to the first place that holds no record. */
export async function* blockRecords(
  core: StoreCore,
  range: { segment: number; start: number; end: number; lenient?: boolean },
  data: 'none' | 'linked' | 'all',
): AsyncGenerator<SegmentRecord> {
  const scan = await SegmentScan.open(core.settings.directory, range.segment, data)
  try {
    for (let at = range.start; at < range.end; ) {
      const record = await scan.record(at, range.end)
      if (record === undefined && range.lenient) return
      if (record === undefined) throw new Error(`segment ${range.segment} has no record at ${at}`)
      at = record.end
      if (record.identity === undefined) yield record
    }
  } finally {
    await scan.close()
  }
}

/**
 * Checks that every block of a staged range has all its links, staged or held.
 * @throws HoldfastError `invalid_request` naming a missing one.
 */
export const checkClosed = async (
  core: StoreCore,
  realm: string,
  range: { segment: number; start: number; end: number },
  staged: StagedBlocks,
): Promise<void> => {
  const blocks = core.index.blocks(realm)
  for await (const record of blockRecords(core, range, 'linked')) {
    if (isRawKey(record.key) || record.data === undefined) continue
    for (const link of blockLinks(codecOfKey(record.key), record.data, realm))
      if (staged.locate(link) === undefined && !blocks.doesExist(keyToBytes(link)))
        throw incompleteDag(keyToCid(link).toString())
  }
}

import { bytesToKey, isBlockKey, keyToBytes, keyToCid } from './block-key.ts'
import { type BlockState, checkBlock, type DamageReason } from './check-block.ts'
import { decodeMarker, fitsTitle, isGenuine, MARKER_CID_PREFIX, type Marker } from './commit-marker.ts'
import { Pace } from './compaction/pace.ts'
import { decodeLocation } from './index-entry.ts'
import { isSound, type SegmentRecord, SegmentScan } from './scan-segment.ts'
import type { StoreCore } from './store-core.ts'
import { isMissingFile, isUnreadable } from './store-error.ts'
import type { SegmentMeta } from './store-index.ts'

export type ScrubOptions = {
  signal: AbortSignal
  /** Read from the disk; `Infinity` for no bound. */
  bytesPerSecond: number
  /** The cursor of an earlier run: goes on behind it. */
  after?: string | undefined
}

export type ScrubEvent =
  | { type: 'damaged'; realm: string; cid: string; reason: DamageReason }
  /** Markers of a segment, or what stands between its blocks, cannot be read: its blocks can be, but a rebuilt index would miss roots. */
  | { type: 'damaged-markers'; realm: string; segment: number }
  /** `blocks` and `bytes` that were hashed since the last one. Keep the cursor: another run can start from there. */
  | { type: 'progress'; cursor: string; blocks: number; bytes: number }

/** How often progress is told: a run that is cut off repeats no more than this. */
const PROGRESS_BYTES = 16 * 1024 * 1024
const PAGE = 1_000
const HEAD_BYTES = 64

/** segment:offset */
const parseCursor = (cursor: string | undefined): { segment: number; offset: number } => {
  const [segment = 0, offset = 0] = (cursor ?? '').split(':').map(Number)
  return Number.isSafeInteger(segment) && Number.isSafeInteger(offset) ? { segment, offset } : { segment: 0, offset: 0 }
}

/**
 * Hashes every block that the index points at, segment by segment, at a bounded rate; what is not needed any more is passed by. Damaged places are noted as in
 * `checkBlock`. Ends behind the last segment.
 * @throws the signal's reason
 */
export async function* scrubStore(core: StoreCore, options: ScrubOptions): AsyncGenerator<ScrubEvent> {
  const pace = new Pace(options.bytesPerSecond, options.signal)
  const after = parseCursor(options.after)
  // Segments that are made meanwhile have higher numbers, and are looked at as well.
  for (let id = nextSegment(core, after.segment); id !== undefined; id = nextSegment(core, id + 1)) {
    options.signal.throwIfAborted()
    const meta = core.index.segment(id)
    if (meta === undefined) continue
    core.hold(id)
    try {
      yield* scrubSegment(core, { id, meta, pace, from: id === after.segment ? after.offset : 0 })
    } finally {
      core.letGo(id)
    }
  }
}

const nextSegment = (core: StoreCore, from: number): number | undefined => {
  let next: number | undefined
  for (const id of core.index.segments().keys()) if (id >= from && (next === undefined || id < next)) next = id
  return next
}

type SegmentRun = { id: number; meta: SegmentMeta; pace: Pace; from: number }

async function* scrubSegment(core: StoreCore, run: SegmentRun): AsyncGenerator<ScrubEvent> {
  const { id, meta, pace, from } = run
  const isHere = liveIn(core, id, meta.realm)
  let scan: SegmentScan
  try {
    scan = await SegmentScan.open(core.settings.directory, id, isHere)
  } catch (error) {
    if (!isMissingFile(error)) throw error
    // What is open still reads what nobody will ever find again.
    core.pool.forget(id)
    yield* scrubEntries(core, run)
    return
  }
  const count = new Count(id)
  const secret = Buffer.from(meta.secret, 'hex')
  try {
    const title = await scan.title()
    // Nothing behind the length that the index knows is anybody's yet.
    const limit = Math.min(meta.length, scan.size)
    let isWhole = fitsTitle(meta, title?.title) && limit === meta.length
    // Where the records behind the last marker start: each marker tells where its own do.
    let group = from === 0 ? title?.end : undefined
    for (let at = Math.max(from, title?.end ?? limit); at < limit; ) {
      const record = await scan.record(at, limit)
      if (record === undefined) {
        isWhole = false
        const next = await scan.findMarker(at + 1, limit)
        if (next === undefined) break
        at = next
        continue
      }
      at = record.end
      await pace.spend(HEAD_BYTES + (record.data?.length ?? 0))
      if (record.identity !== undefined) {
        const marker = await soundMarker(scan, record, secret)
        const isNext = group === undefined || marker?.start === group || meta.unclaimed
        if (marker === undefined || !isNext) isWhole = false
        group = record.end
      }
      if (record.identity === undefined && record.data !== undefined) {
        count.add(record.length)
        if (!isSound(record)) yield* tell(meta.realm, await checkBlock(core, meta.realm, keyToCid(record.key)))
      }
      if (count.isDue) yield count.take(at)
    }
    if (group !== undefined && group !== limit && !meta.unclaimed) isWhole = false
    // A block whose head is damaged is found by the index alone.
    const isStill = core.index.segment(id)?.blocks === meta.blocks
    if (from === 0 && isStill && count.all !== meta.blocks) isWhole = false
    if (!isWhole) {
      yield { type: 'damaged-markers', realm: meta.realm, segment: id }
      yield* scrubEntries(core, run)
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error
    yield* scrubEntries(core, run)
  } finally {
    await scan.close()
  }
  yield count.take(Math.max(meta.length, from))
}

/** What was looked at since progress was told. */
class Count {
  readonly #segment: number
  #blocks = 0
  #bytes = 0
  all = 0

  constructor(segment: number) {
    this.#segment = segment
  }

  add(bytes: number): void {
    this.#blocks++
    this.all++
    this.#bytes += bytes
  }

  get isDue(): boolean {
    return this.#bytes >= PROGRESS_BYTES
  }

  take(offset: number): ScrubEvent {
    const event: ScrubEvent = {
      type: 'progress',
      cursor: `${this.#segment}:${offset}`,
      blocks: this.#blocks,
      bytes: this.#bytes,
    }
    this.#blocks = this.#bytes = 0
    return event
  }
}

const liveIn =
  (core: StoreCore, id: number, realm: string) =>
  (key: string, offset: number): boolean => {
    const value = core.index.blocks(realm).get(keyToBytes(key))
    if (value === undefined) return false
    const at = decodeLocation(value)
    return at.segment === id && at.offset === offset
  }

// A marker carries its bytes twice, and the list before it is a block.
const soundMarker = async (scan: SegmentScan, record: SegmentRecord, secret: Buffer): Promise<Marker | undefined> => {
  const marker = record.identity === undefined || !isSound(record) ? undefined : decodeMarker(record.identity)
  if (marker === undefined || record.identity === undefined) return undefined
  if (!record.cidBytes.subarray(0, MARKER_CID_PREFIX.length).equals(MARKER_CID_PREFIX)) return undefined
  const list = await scan.record(marker.listStart, record.start)
  if (list?.end !== record.start || !isGenuine(secret, record.identity, list.cidBytes)) return undefined
  return isSound({ ...list, data: await scan.bytes(list.offset, list.length) }) ? marker : undefined
}

// Whatever the index finds in a segment that cannot be read from its start to its end. There is no other way to it than through the whole realm,
// and it is rare.
async function* scrubEntries(core: StoreCore, { id, meta, pace }: SegmentRun): AsyncGenerator<ScrubEvent> {
  for (let start: Buffer | undefined; ; ) {
    const page = [...core.index.blocks(meta.realm).getRange({ ...(start === undefined ? {} : { start }), limit: PAGE })]
    for (const { key, value } of page) {
      const location = decodeLocation(value)
      // A key that is none any more says nothing; its block is missed by whoever reads it.
      if (location.segment !== id || !isBlockKey(key)) continue
      await pace.spend(location.length)
      yield* tell(meta.realm, await checkBlock(core, meta.realm, keyToCid(bytesToKey(key))))
    }
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    // The next key in order.
    start = Buffer.concat([last.key, Buffer.alloc(1)])
    await pace.spend(0)
  }
}

function* tell(realm: string, found: BlockState): Generator<ScrubEvent> {
  if (found.state === 'damaged') yield { type: 'damaged', realm, cid: found.cid.toString(), reason: found.reason }
}

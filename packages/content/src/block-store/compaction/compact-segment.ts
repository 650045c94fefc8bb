import { bytesToKey, isBlockKey, keyToBytes, keyToCid } from '../block-key.ts'
import { decodeLocation } from '../index-entry.ts'
import { readGroups } from '../read-groups.ts'
import { isSound, type SegmentRecord, SegmentScan } from '../scan-segment.ts'
import type { StoreCore } from '../store-core.ts'
import type { SegmentMeta } from '../store-index.ts'
import { CarriedMarkers } from './carried-markers.ts'
import type { CompactionTarget } from './compaction-target.ts'
import type { Pace } from './pace.ts'

const PAGE = 1_000

export type SegmentCompaction = {
  core: StoreCore
  id: number
  pace: Pace
  /** Made when there is something to write. */
  target: () => Promise<CompactionTarget>
  onDamaged: (realm: string, cid: string) => void
}

/**
 * Brings what is still needed of one sealed segment into the target; what is dead then goes. Places that cannot be read, or do not match their hash, stay where they
 * are, and with them all markers of the segment: `damaged`.
 */
export const compactSegment = async (run: SegmentCompaction): Promise<'done' | 'damaged' | 'gone'> => {
  const { core, id } = run
  core.hold(id)
  try {
    await core.removalsDone()
    const meta = core.index.segment(id)
    if (meta === undefined || core.isDead(id)) return 'gone'
    const { markers, isWhole } = await copyBlocks(run, meta)
    if (!isWhole) {
      await tellLeftBehind(run, meta)
      return 'damaged'
    }
    if (!markers.isEmpty) await markers.carry(await run.target(), run.pace)
    dropShadows(core, id)
    return 'done'
  } finally {
    core.letGo(id)
  }
}

type Copied = { markers: CarriedMarkers; isWhole: boolean }

const copyBlocks = async (run: SegmentCompaction, meta: SegmentMeta): Promise<Copied> => {
  const { core, id, pace } = run
  const entries = core.index.blocks(meta.realm)
  const isHere = (key: string, offset: number): boolean => {
    const value = entries.get(keyToBytes(key))
    if (value === undefined) return false
    const at = decodeLocation(value)
    return at.segment === id && at.offset === offset
  }
  const markers = new CarriedMarkers(core, id)
  const scan = await SegmentScan.open(core.settings.directory, id, isHere)
  let isWhole = true
  let end = 0
  let target: CompactionTarget | undefined
  const onBlock = async (record: SegmentRecord): Promise<void> => {
    const { key, offset, length, data } = record
    await pace.spend(record.end - record.start)
    // Dead, when the scan came by.
    if (data === undefined) return
    if (!isSound(record) && !core.faults.copyDamaged) {
      isWhole = false
      return
    }
    target ??= await run.target()
    const isFull = target.copy(key, Buffer.from(data), { segment: id, offset, length })
    if (isFull) await target.move()
    await pace.spend(length)
  }
  try {
    const title = await scan.title()
    end = title?.end ?? 0
    const found = await readGroups(scan, {
      secret: Buffer.from(meta.secret, 'hex'),
      start: title?.end ?? meta.length,
      limit: meta.length,
      // Dead blocks need not be sound; live ones are looked at above.
      trust: true,
      onBlock,
      onGroup: async (group) => {
        await markers.note(group, pace)
        if (group.start !== end) isWhole = false
        end = group.end
      },
    })
    if (title === undefined || found.damaged > 0 || end !== meta.length) isWhole = false
  } finally {
    await scan.close()
  }
  await target?.move()
  return { markers, isWhole }
}

// Whatever the index still finds here could not be read. There is no other way to it than through the whole realm, and it is rare.
const tellLeftBehind = async (run: SegmentCompaction, meta: SegmentMeta): Promise<void> => {
  const { core, id, pace, onDamaged } = run
  for (let start: Buffer | undefined; ; ) {
    const page = [...core.index.blocks(meta.realm).getRange({ ...(start === undefined ? {} : { start }), limit: PAGE })]
    for (const { key, value } of page)
      if (decodeLocation(value).segment === id && isBlockKey(key))
        onDamaged(meta.realm, keyToCid(bytesToKey(key)).toString())
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    // The next key in order.
    start = Buffer.concat([last.key, Buffer.alloc(1)])
    await pace.spend(0)
  }
}

// What the release markers of this segment said is said by the target, or not needed any more.
const dropShadows = (core: StoreCore, id: number): void =>
  core.transaction(() => {
    const meta = core.index.segment(id)
    if (meta === undefined || meta.shadows === 0) return
    for (const older of core.index.shadowsOf(id).keys()) core.index.removeShadow(older, id)
    core.index.putSegment(id, { ...meta, shadows: 0 })
  })

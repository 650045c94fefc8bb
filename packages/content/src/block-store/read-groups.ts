import {
  cidChecksum,
  decodeItems,
  decodeMarker,
  isGenuine,
  MARKER_CID_PREFIX,
  type MarkerItem,
} from './commit-marker.ts'
import { isSound, type SegmentRecord, type SegmentScan } from './scan-segment.ts'

/** The records from behind one marker to the end of the next. */
export type RecordGroup = {
  start: number
  /** Where the marker's list starts: what lies before are blocks. */
  blocksEnd: number
  /** Behind the marker. */
  end: number
  sequence: number
  items: MarkerItem[]
  /** Every hash and the marker's checksum fit. */
  sound: boolean
}

export type GroupScan = {
  groups: RecordGroup[]
  /** Records, or stretches that hold none, that are not what they should be. */
  damaged: number
}

export type GroupOptions = {
  secret: Buffer
  /** Behind a marker, or behind the title. */
  start: number
  limit: number
  /** Do not look at the hashes. */
  trust?: boolean
  /** Is told each sound block that stands before a genuine marker's list, or behind the last marker. */
  onBlock?: (record: SegmentRecord) => Promise<void> | void
  /** Is told each group; their items are then not gathered for the result. */
  onGroup?: (group: RecordGroup) => Promise<void> | void
}

/**
 * Finds the groups of a segment. A block whose hash does not fit makes its group unsound; where there are no well-formed
 * records the next marker is searched for.
 */
export const readGroups = async (scan: SegmentScan, options: GroupOptions): Promise<GroupScan> => {
  const groups: RecordGroup[] = []
  let damaged = 0
  let group = options.start
  let sound = true
  let checksum = cidChecksum(options.secret)
  for (let at = options.start; at < options.limit; ) {
    const record = await scan.record(at, options.limit)
    if (record === undefined) {
      sound = false
      damaged++
      const next = await scan.findMarker(at + 1, options.limit)
      if (next === undefined) break
      at = next
      continue
    }
    at = record.end
    const found = await markerOf(scan, record, options.secret)
    if (found === undefined) {
      checksum.add(record.cidBytes)
      if (options.trust === true || isSound(record)) {
        if (record.identity === undefined) await options.onBlock?.(record)
      } else {
        sound = false
        damaged++
      }
      continue
    }
    const fits = found.start === group && checksum.digest().equals(found.checksum)
    const whole = {
      start: found.start,
      blocksEnd: found.listStart,
      end: record.end,
      sequence: found.sequence,
      items: found.items,
      sound: sound && fits,
    }
    await options.onGroup?.(whole)
    groups.push(options.onGroup === undefined ? whole : { ...whole, items: [] })
    group = record.end
    checksum = cidChecksum(options.secret)
    sound = true
  }
  return { groups, damaged }
}

// A genuine marker with its list, which must stand right before it.
const markerOf = async (
  scan: SegmentScan,
  record: SegmentRecord,
  secret: Buffer,
): Promise<
  { start: number; sequence: number; listStart: number; checksum: Buffer; items: MarkerItem[] } | undefined
> => {
  if (record.identity === undefined || !isSound(record)) return undefined
  if (!record.cidBytes.subarray(0, MARKER_CID_PREFIX.length).equals(MARKER_CID_PREFIX)) return undefined
  const marker = decodeMarker(record.identity)
  if (marker === undefined || marker.listStart >= record.start) return undefined
  const list = await scan.record(marker.listStart, record.start)
  if (list?.end !== record.start || !isGenuine(secret, record.identity, list.cidBytes)) return undefined
  const bytes = await scan.bytes(list.offset, list.length)
  if (!isSound({ ...list, data: bytes })) return undefined
  const items = decodeItems(bytes)
  return items === undefined ? undefined : { ...marker, items }
}

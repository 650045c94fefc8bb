import type { SegmentTitle } from './commit-marker.ts'
import { type GroupScan, type RecordGroup, readGroups } from './read-groups.ts'
import { SegmentScan } from './scan-segment.ts'
import type { SegmentMeta } from './store-index.ts'

/** What a segment holds behind the length that the index knows, and how long it may stay. */
export type SegmentTail = {
  id: number
  title: SegmentTitle
  groups: RecordGroup[]
  /** 0: nothing of the file is committed. */
  length: number
  /** Among the groups are some that a disk has damaged. */
  damaged: boolean
}

/** Reads the tail of a segment, every hash; `undefined` when the file does not even start as a segment does. */
export const findTail = async (options: {
  directory: string
  id: number
  meta: SegmentMeta | undefined
  trust: boolean
}): Promise<SegmentTail | undefined> => {
  const { id, meta, trust } = options
  const scan = await SegmentScan.open(options.directory, id, 'all')
  try {
    const start = meta === undefined ? await scan.title() : { title: titleOf(meta), end: meta.length }
    if (start === undefined) return undefined
    const { title, end } = start
    const found = await readGroups(scan, { secret: title.secret, start: end, limit: scan.size, trust })
    const { groups, damaged } = acceptGroups(found)
    return { id, title, groups, length: groups.at(-1)?.end ?? meta?.length ?? 0, damaged }
  } finally {
    await scan.close()
  }
}

const titleOf = (meta: SegmentMeta): SegmentTitle => ({
  kind: meta.kind,
  realm: meta.realm,
  secret: Buffer.from(meta.secret, 'hex'),
})

// A crash leaves valid groups and then at most one that is torn. A valid one behind a torn one is a disk that lost what was
// synced: then keep all that can be read.
const acceptGroups = ({ groups }: GroupScan): { groups: RecordGroup[]; damaged: boolean } => {
  const torn = groups.findIndex((group) => !group.sound)
  if (torn === -1) return { groups, damaged: false }
  const last = groups.findLastIndex((group) => group.sound)
  if (last < torn) return { groups: groups.slice(0, torn), damaged: false }
  return { groups: groups.slice(0, last + 1), damaged: true }
}

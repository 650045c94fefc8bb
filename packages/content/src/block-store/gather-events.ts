import type { MarkerItem, SegmentTitle } from './commit-marker.ts'
import { type RecordGroup, readGroups } from './read-groups.ts'
import { type SegmentRecord, SegmentScan } from './scan-segment.ts'
import { StagedBlocks } from './staged-blocks.ts'
import type { StoreCore } from './store-core.ts'
import { newSegmentMeta } from './store-index.ts'

type CommitMarker = Extract<MarkerItem, { cid: string }>
/** Where a marker's item stands among all others. */
export type Claim = { sequence: number; order: number; segment: number }

/** What the markers of all segments say, the last word for each content id. */
export type Events = {
  commits: Map<string, Claim & { realm: string; item: CommitMarker }>
  releases: Map<string, Claim & { of: number | undefined }>
  /** Segments with a commit of a content id that a later one, or a later copy, in another segment replaces: that one must outlive them. */
  replaced: Map<number, Set<number>>
  sequence: number
}

/** Above every segment's number: staged blocks of a whole realm. */
const REALM_STAGES = 0xff000000

/** The number under which a realm's blocks are staged. */
export const stageOf = (realms: readonly string[], realm: string): number => REALM_STAGES + realms.indexOf(realm)

/** True for the same place, too: then one is a copy of the other. */
export const isLater = (a: Claim, b: Claim | undefined): boolean =>
  b === undefined || a.sequence > b.sequence || (a.sequence === b.sequence && a.order >= b.order)

/** Stages a segment's blocks and gathers what its markers say. Returns how much of it is damaged. */
export const readSegment = async (core: StoreCore, id: number, realms: string[], events: Events): Promise<number> => {
  const scan = await SegmentScan.open(core.settings.directory, id, 'all')
  try {
    const start = await scan.title()
    if (start === undefined) return scan.size > 0 ? 1 : 0
    const { title, end } = start
    core.index.blocks(title.realm)
    if (!realms.includes(title.realm)) realms.push(title.realm)
    const staged = new StagedBlocks(core, stageOf(realms, title.realm), title.realm)
    let slice: SegmentRecord[] = []
    const write = (): void => {
      core.transaction(() => {
        for (const { key, offset, length } of slice) staged.add(key, { segment: id, offset, length })
      })
      slice = []
    }
    const found = await readGroups(scan, {
      secret: title.secret,
      start: end,
      limit: scan.size,
      onBlock: (record) => {
        slice.push({ ...record, data: undefined })
        if (slice.length >= core.settings.sliceBlocks) write()
      },
    })
    write()
    // A file that ends with its title holds nothing.
    if (scan.size === end) return found.damaged
    const unclaimed = unclaimedBytes(found.groups, end, scan.size)
    if (unclaimed > 0)
      core.logger.error({ segment: id, unclaimed }, 'no marker speaks for a part of a segment; the segment is kept')
    putSegment(core, id, title, { length: scan.size, unclaimed })
    for (const group of found.groups) {
      events.sequence = Math.max(events.sequence, group.sequence)
      for (const [index, item] of group.items.entries()) {
        const [sequence, order] = item.was ?? [group.sequence, index]
        noteItem(events, item, title.realm, { sequence, order, segment: id })
      }
    }
    return found.damaged
  } finally {
    await scan.close()
  }
}

// Where a marker is damaged, the next one starts behind the end of the one before, or there is none.
const unclaimedBytes = (groups: readonly RecordGroup[], start: number, size: number): number => {
  let bytes = 0
  let end = start
  for (const group of groups) {
    bytes += Math.max(0, group.start - end)
    end = group.end
  }
  return bytes + size - end
}

const putSegment = (
  core: StoreCore,
  id: number,
  title: SegmentTitle,
  sizes: { length: number; unclaimed: number },
): void =>
  core.transaction(() =>
    core.index.putSegment(id, { ...newSegmentMeta(title.kind, title.realm, title.secret), ...sizes, sealed: true }),
  )

const noteItem = (events: Events, item: MarkerItem, realm: string, claim: Claim): void => {
  const { contentId } = item
  if (item.kind === 'release') {
    if (isLater(claim, events.releases.get(contentId))) events.releases.set(contentId, { ...claim, of: item.of })
    return
  }
  const known = events.commits.get(contentId)
  const wins = isLater(claim, known)
  if (known !== undefined && known.segment !== claim.segment) {
    const [loser, winner] = wins ? [known.segment, claim.segment] : [claim.segment, known.segment]
    events.replaced.set(loser, (events.replaced.get(loser) ?? new Set()).add(winner))
  }
  if (wins) events.commits.set(contentId, { ...claim, realm, item })
}

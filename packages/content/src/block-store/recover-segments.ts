import { open, stat, unlink } from 'node:fs/promises'
import { applyItem } from './apply-item.ts'
import type { VoidMarker } from './batch-item.ts'
import { type BlockKey, codecOfKey } from './block-key.ts'
import { blockLinks } from './block-links.ts'
import { CAR_HEADER } from './car-record.ts'
import { encodeTitle, newTitle } from './commit-marker.ts'
import { IndexChange } from './index-change.ts'
import type { RecordGroup } from './read-groups.ts'
import { ReleaseCascade } from './release-cascade.ts'
import { hasOwner, rootOf } from './root-keys.ts'
import { isSound } from './scan-segment.ts'
import { listSegmentFiles, segmentPath, segmentsFolder, syncFolder } from './segment-path.ts'
import { blockRecords, StagedBlocks, stageRange } from './staged-blocks.ts'
import { measureSetAside, type SetAside, setFileAside } from './set-aside.ts'
import type { StoreCore } from './store-core.ts'
import { type SegmentTail, findTail } from './segment-tail.ts'
import { newSegmentMeta } from './store-index.ts'
import type { DagBlock, DagSource } from './take-dag.ts'
import { putPending, takePending } from './take-pending.ts'

/** The segments are not those that the index was made from: it must be rebuilt. */
export class IndexUnfit extends Error {
  override readonly name = 'IndexUnfit'
}

export type Recovery = {
  /** Commits that were found behind what the index knew, and are in it now. */
  recovered: number
  /** Bytes of tails that were cut. */
  cutBytes: number
  /** Markers that must not count. */
  dropped: (VoidMarker & { realm: string })[]
  /** What lies aside, from this start or an earlier one. */
  setAside: SetAside
}

/** A shorter file has no room for a block: it was killed while it was made. */
const MIN_START_BYTES = CAR_HEADER.length + encodeTitle(newTitle('own', '')).length

/**
 * Brings index and segments together after whatever ended the last run: uploads whose marker is durable are rolled forward, everything behind the
 * last valid marker is cut, files without a commit are unlinked: the index was live, so nobody was told that they are stored. What a rebuild
 * found has its whole length in the index, and is not touched.
 * @throws IndexUnfit when a segment is missing or shorter than the index says, or one that the index has roots in is not known to it.
 */
export const recoverSegments = async (core: StoreCore): Promise<Recovery> => {
  const recovery: Recovery = { recovered: 0, cutBytes: 0, dropped: [], setAside: { count: 0, bytes: 0 } }
  await dropMissing(core)
  const tails: SegmentTail[] = []
  for (const id of await listSegmentFiles(core.settings.directory)) {
    const tail = await readTail(core, id, recovery)
    if (tail === undefined) continue
    checkUnknown(core, tail)
    tails.push(tail)
  }
  await syncFolder(segmentsFolder(core.settings.directory))
  sealCompactions(core)
  await resumePending(core, recovery)
  const groups = tails.flatMap((tail) => tail.groups.map((group) => ({ tail, group })))
  for (const { group } of groups) core.raiseSequence(group.sequence)
  groups.sort((a, b) => a.group.sequence - b.group.sequence)
  for (const { tail, group } of groups) await rollForward(core, tail, group, recovery)
  core.collectDead(core.index.segments().keys())
  recovery.setAside = await measureSetAside(core.settings.directory, core.index)
  return recovery
}

// A dead segment's file goes before its record; a live one's file never goes.
const dropMissing = async (core: StoreCore): Promise<void> => {
  const files = new Set(await listSegmentFiles(core.settings.directory))
  for (const [id, meta] of core.index.segments()) {
    if (files.has(id)) continue
    if (meta.blocks > 0 || meta.roots > 0) throw new IndexUnfit(`segment ${id} is missing`)
    core.transaction(() => core.index.putSegment(id, { ...meta, sealed: true, shadows: 0, unclaimed: 0 }))
  }
}

// A root and the record of its segment are written at once. Without the record the segment would count as empty, and go with all that is in it.
const checkUnknown = (core: StoreCore, { id, groups }: SegmentTail): void => {
  if (core.index.segment(id) !== undefined) return
  for (const { items } of groups)
    for (const item of items)
      if (item.kind !== 'release' && rootOf(core.index, item.contentId)?.value.segment === id)
        throw new IndexUnfit(`the index has roots in segment ${id}, and does not know it`)
}

const readTail = async (core: StoreCore, id: number, recovery: Recovery): Promise<SegmentTail | undefined> => {
  const path = segmentPath(core.settings.directory, id)
  const meta = core.index.segment(id)
  const { size } = await stat(path)
  if (meta !== undefined && size < meta.length) throw new IndexUnfit(`segment ${id} is shorter than it was`)
  if (meta !== undefined && size === meta.length) return undefined
  const trust = core.faults.trustTail ?? false
  const tail = await findTail({ directory: core.settings.directory, id, meta, trust })
  if (tail === undefined) {
    await removeStub(core, path, size)
    return undefined
  }
  if (tail.title.kind === 'compaction') return dropCopies(core, tail, recovery, size)
  if (tail.damaged) core.logger.error({ segment: id }, 'a segment holds damaged blocks between good ones')
  recovery.cutBytes += size - tail.length
  // A file without a commit is no segment.
  if (tail.length === 0) await unlink(path)
  else await cut(path, tail.length)
  return tail
}

/**
 * What a compaction copied and the index was not told of is needed by nobody: the originals are where they were. It is one group at most; more of
 * them mean that the index is older than the segments, and then the originals may be gone.
 */
const dropCopies = async (core: StoreCore, tail: SegmentTail, recovery: Recovery, size: number): Promise<undefined> => {
  const meta = core.index.segment(tail.id)
  if (tail.groups.length > (meta === undefined ? 0 : 1))
    throw new IndexUnfit(`the index is older than the compaction that wrote segment ${tail.id}`)
  recovery.cutBytes += size - (meta?.length ?? 0)
  const path = segmentPath(core.settings.directory, tail.id)
  if (meta === undefined) await unlink(path)
  else await cut(path, meta.length)
}

// Each pass writes to a segment of its own.
const sealCompactions = (core: StoreCore): void =>
  core.transaction(() => {
    for (const [id, meta] of core.index.segments())
      if (meta.kind === 'compaction' && !meta.sealed) core.index.putSegment(id, { ...meta, sealed: true })
  })

const removeStub = async (core: StoreCore, path: string, size: number): Promise<void> => {
  if (size < MIN_START_BYTES) {
    await unlink(path)
    return
  }
  core.logger.error({ path, size }, 'a segment has lost its start; it was put aside')
  await setFileAside(path)
}

const cut = async (path: string, length: number): Promise<void> => {
  const handle = await open(path, 'r+')
  try {
    await handle.truncate(length)
    // What is rolled forward may never have been synced.
    await handle.sync()
  } finally {
    await handle.close()
  }
}

// Staged blocks are made again from the segment: only the pending record counts.
const resumePending = async (core: StoreCore, recovery: Recovery): Promise<void> => {
  core.index.staging.clearSync()
  for (const pending of core.index.pendingUploads()) {
    const { staged } = await stageRange(core, { ...pending, verify: false })
    try {
      await takePending(core, pending, staged)
      recovery.recovered++
    } catch (error) {
      core.logger.error(
        { err: error, contentId: pending.contentId },
        'a half indexed upload is not whole and was dropped',
      )
      const { contentId, segment, realm } = pending
      recovery.dropped.push({ contentId, segment, realm })
    }
  }
}

const rollForward = async (
  core: StoreCore,
  tail: SegmentTail,
  group: RecordGroup,
  recovery: Recovery,
): Promise<void> => {
  const range = { realm: tail.title.realm, segment: tail.id, start: group.start, end: group.blocksEnd }
  const source = await loadRange(core, range, { mayStage: tail.title.kind === 'own' })
  if (source instanceof StagedBlocks) {
    await rollForwardStaged(core, tail, group, source, recovery)
    return
  }
  const touched = core.transaction(() => {
    const change = new IndexChange(core.index, tail.title.realm)
    const released: BlockKey[] = []
    for (const item of group.items) {
      if (item.kind !== 'release' && hasOwner(core.index, item.contentId)) continue
      const { state } = applyItem({ core, change, segment: tail.id, released }, item, source)
      const { contentId } = item
      if (state !== 'done') recovery.dropped.push({ contentId, segment: tail.id, realm: tail.title.realm })
      else {
        recovery.recovered++
        // It was tried again with all its blocks: another marker that ends the first would end this one too.
        for (const { segment } of takeOut(recovery.dropped, contentId)) change.outlive(segment, tail.id, true)
      }
    }
    new ReleaseCascade(core, tail.title.realm).step(change, core.settings.sliceBlocks, released)
    putLength(core, tail, group.end, true)
    return change.write()
  })
  core.collectDead(touched)
}

const takeOut = (dropped: Recovery['dropped'], contentId: string): Recovery['dropped'] => {
  const at = dropped.findIndex((marker) => marker.contentId === contentId)
  return at === -1 ? [] : dropped.splice(at, 1)
}

const putLength = (core: StoreCore, tail: SegmentTail, length: number, whole: boolean): void => {
  const known = core.index.segment(tail.id) ?? newSegmentMeta(tail.title.kind, tail.title.realm, tail.title.secret)
  const sealed = whole && (tail.title.kind === 'own' || length >= core.settings.segmentBytes)
  core.index.putSegment(tail.id, { ...known, length, sealed })
}

/**
 * A range's sound blocks: in memory when they fit into one slice, or are one batch of a shared segment, which is bounded and may
 * hold several uploads and releases; else staged.
 */
const loadRange = async (
  core: StoreCore,
  range: { realm: string; segment: number; start: number; end: number },
  { mayStage }: { mayStage: boolean },
): Promise<DagSource> => {
  const blocks = new Map<BlockKey, DagBlock>()
  for await (const record of blockRecords(core, { ...range, lenient: true }, 'all')) {
    if (blocks.has(record.key) || record.data === undefined || !(core.faults.trustTail || isSound(record))) continue
    const { segment, realm } = range
    const { key, offset, length } = record
    const links = blockLinks(codecOfKey(key), record.data, realm)
    blocks.set(key, { location: { segment, offset, length }, links })
    if (mayStage && blocks.size > core.settings.sliceBlocks)
      return (await stageRange(core, { ...range, verify: true })).staged
  }
  return { find: (key) => blocks.get(key) }
}

const rollForwardStaged = async (
  core: StoreCore,
  tail: SegmentTail,
  group: RecordGroup,
  source: StagedBlocks,
  recovery: Recovery,
): Promise<void> => {
  // An upload with a segment of its own is the only one in there.
  for (const item of group.items) {
    if (item.kind === 'release' || hasOwner(core.index, item.contentId)) continue
    const { contentId, cid, at: addedAt, bytes = -1, blocks = -1 } = item
    const range = { segment: tail.id, start: group.start, end: group.blocksEnd }
    const pending = { ...range, realm: tail.title.realm, contentId, cid, addedAt, bytes, blocks }
    core.transaction(() => {
      putLength(core, tail, group.end, false)
      putPending(core, pending)
    })
    try {
      await takePending(core, pending, source)
      recovery.recovered++
    } catch (error) {
      core.logger.error({ err: error, contentId }, 'an upload is not whole and was dropped')
      recovery.dropped.push({ contentId, segment: tail.id, realm: tail.title.realm })
    }
  }
}

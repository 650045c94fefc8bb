import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LastCompaction } from './compaction/compactor.ts'
import { deadBytes } from './compaction/live-share.ts'
import { segmentPath } from './segment-path.ts'
import { measureSetAside, type SetAside } from './set-aside.ts'
import type { StoreCore } from './store-core.ts'
import { isMissingFile } from './store-error.ts'

export type StoreStats = {
  /** Of all segment files. */
  bytes: number
  /** Of blocks that some root holds. */
  liveBytes: number
  /** What a rewrite of all segments would free, about. */
  deadBytes: number
  blocks: number
  roots: number
  segments: number
  indexBytes: number
  pendingUploads: number
  /** Lists of references that are still being given back. */
  pendingReleases: number
  /** Roots that the last rebuild found not whole; while there are any, no segment is removed. */
  brokenRoots: number
  /** Bytes that no readable marker speaks for, and in how many files: somebody should look at them. */
  setAside: SetAside
  /** Since the start. */
  lastCompaction: LastCompaction | null
  realms: Record<string, { segments: number; liveBytes: number; blocks: number }>
}

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissingFile(error)) return 0
    throw error
  }
}

export const storeStats = async (core: StoreCore): Promise<Omit<StoreStats, 'lastCompaction'>> => {
  const { index, settings, meta } = core
  const stats: Omit<StoreStats, 'lastCompaction'> = {
    bytes: 0,
    liveBytes: 0,
    deadBytes: 0,
    blocks: 0,
    roots: index.owners.getKeysCount({}),
    segments: 0,
    indexBytes: 0,
    pendingUploads: index.pending.getKeysCount({}),
    pendingReleases: index.releasing.getKeysCount({}),
    brokenRoots: meta.brokenRoots,
    setAside: await measureSetAside(settings.directory, index),
    realms: {},
  }
  for (const [id, segment] of index.segments()) {
    const realm = stats.realms[segment.realm] ?? { segments: 0, liveBytes: 0, blocks: 0 }
    stats.realms[segment.realm] = realm
    realm.segments++
    realm.liveBytes += segment.bytes
    realm.blocks += segment.blocks
    stats.segments++
    stats.liveBytes += segment.bytes
    stats.deadBytes += deadBytes(segment)
    stats.blocks += segment.blocks
    stats.bytes += await sizeOf(segmentPath(settings.directory, id))
  }
  stats.indexBytes = await sizeOf(join(settings.directory, 'index', 'data.mdb'))
  return stats
}

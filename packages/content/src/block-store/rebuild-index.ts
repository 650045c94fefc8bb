import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CID } from 'multiformats/cid'
import { keyToCid } from './block-key.ts'
import { rootTargets } from './block-links.ts'
import { type Claim, type Events, isLater, readSegment, stageOf } from './gather-events.ts'
import { IndexChange } from './index-change.ts'
import { putBroken, putRoot } from './root-keys.ts'
import { listSegmentFiles, segmentsFolder, syncFolder } from './segment-path.ts'
import { nextFreeId } from './segment-ids.ts'
import { SegmentPool } from './segment-pool.ts'
import { StagedBlocks } from './staged-blocks.ts'
import { StoreCore } from './store-core.ts'
import { ensureIdentity } from './store-file.ts'
import { StoreIndex } from './store-index.ts'
import { SILENT, type StoreLogger } from './store-options.ts'
import { DagTaker } from './take-dag.ts'

export type RebuildResult = {
  segments: number
  blocks: number
  roots: number
  /** Records or stretches of segments that could not be read. */
  damaged: number
  /** Bytes that no readable marker speaks for: roots may be missing whose marker is among them. */
  unclaimed: number
  /** Roots that are not whole any more; they are not in the index. No segment is removed until they are released. */
  broken: { contentId: string; cid: string; missing: string }[]
}

const SLICE = 4_096

/**
 * Makes the index anew from the segments alone, and puts it in place of the old one. Every block is hashed. No other process may have the store open.
 */
export const rebuildIndex = async (
  directory: string,
  options: { logger?: StoreLogger; sliceBlocks?: number } = {},
): Promise<RebuildResult> => {
  await mkdir(segmentsFolder(directory), { recursive: true })
  const path = join(directory, 'index-rebuilding')
  await rm(path, { recursive: true, force: true })
  const result = await buildAside(directory, path, options)
  await replaceIndex(directory, path)
  return result
}

const buildAside = async (
  directory: string,
  path: string,
  options: { logger?: StoreLogger; sliceBlocks?: number },
): Promise<RebuildResult> => {
  const logger = options.logger ?? SILENT
  const { id: storeId } = await ensureIdentity(directory)
  const files = await listSegmentFiles(directory)
  const index = new StoreIndex(path)
  const core = new StoreCore({
    settings: {
      directory,
      segmentBytes: 0,
      spillBytes: 0,
      sliceBlocks: options.sliceBlocks ?? SLICE,
      reserveBytes: 0,
      now: Date.now,
    },
    index,
    pool: new SegmentPool(directory),
    logger,
    faults: {},
    meta: { storeId, sequence: 0, nextSegment: await nextFreeId(directory), brokenRoots: 0, layout: 1 },
  })
  try {
    const { sequence, ...result } = await fillIndex(core, files)
    index.transaction(() => index.putMeta({ ...core.meta, sequence, brokenRoots: result.broken.length }))
    if (result.broken.length > 0) logger.error({ ...result }, 'the index was rebuilt; some roots are not whole')
    else logger.info({ ...result }, 'the index was rebuilt')
    return result
  } finally {
    core.pool.close()
    await index.close()
  }
}

const replaceIndex = async (directory: string, path: string): Promise<void> => {
  await rm(join(directory, 'index'), { recursive: true, force: true })
  await rename(path, join(directory, 'index'))
  await syncFolder(directory)
}

const fillIndex = async (core: StoreCore, files: readonly number[]): Promise<RebuildResult & { sequence: number }> => {
  const events: Events = { commits: new Map(), releases: new Map(), replaced: new Map(), sequence: 0 }
  const realms: string[] = []
  let damaged = 0
  for (const id of files) damaged += await readSegment(core, id, realms, events)
  noteShadows(core, events)
  const alive = [...events.commits].filter(
    ([contentId, commit]) => !isLater(events.releases.get(contentId) ?? NEVER, commit),
  )
  alive.sort(([, a], [, b]) => a.sequence - b.sequence || a.order - b.order)
  const broken = await takeRoots(core, realms, alive)
  core.index.staging.clearSync()
  let blocks = 0
  let unclaimed = 0
  for (const meta of core.index.segments().values()) {
    blocks += meta.blocks
    unclaimed += meta.unclaimed ?? 0
  }
  return {
    segments: core.index.segments().size,
    blocks,
    roots: alive.length - broken.length,
    damaged,
    unclaimed,
    broken,
    sequence: events.sequence,
  }
}

const NEVER: Claim = { sequence: -1, order: 0, segment: 0 }

// A release marker must outlive the marker of the root that it ended, and the marker of a root those that it replaces.
const noteShadows = (core: StoreCore, events: Events): void =>
  core.transaction(() => {
    for (const [contentId, { segment, of }] of events.releases) {
      const older = events.commits.get(contentId)?.segment
      if (older !== undefined) outlive(core, older, { younger: segment, loose: of !== older })
    }
    for (const [older, youngers] of events.replaced)
      for (const younger of youngers) outlive(core, older, { younger, loose: true })
  })

const outlive = (core: StoreCore, older: number, { younger, loose }: { younger: number; loose: boolean }): void => {
  const meta = core.index.segment(younger)
  if (older !== younger && meta !== undefined && core.index.addShadow(older, younger, loose))
    core.index.putSegment(younger, { ...meta, shadows: meta.shadows + 1 })
}

type Alive = [contentId: string, commit: NonNullable<ReturnType<Events['commits']['get']>>]

/** Takes the roots one after the other, as many in one transaction as fit into a slice. */
const takeRoots = async (
  core: StoreCore,
  realms: readonly string[],
  alive: readonly Alive[],
): Promise<RebuildResult['broken']> => {
  const broken: RebuildResult['broken'] = []
  let current: { next: number; taker: DagTaker } | undefined
  for (let next = 0; next < alive.length; ) {
    core.transaction(() => {
      for (let left = core.settings.sliceBlocks; left > 0 && next < alive.length; ) {
        const [contentId, commit] = alive[next] ?? []
        if (contentId === undefined || commit === undefined) return
        const { realm, segment, item } = commit
        const root = CID.parse(item.cid)
        if (current?.next !== next) {
          const source = readable(new StagedBlocks(core, stageOf(realms, realm), realm))
          current = { next, taker: new DagTaker(source, rootTargets(root, realm)) }
        }
        const change = new IndexChange(core.index, realm)
        const result = current.taker.step(change, left)
        left -= Math.max(1, change.size)
        if (result.state === 'done') {
          change.account(segment, { roots: 1 })
          const value = { addedAt: item.at, segment, bytes: item.bytes ?? -1, blocks: item.blocks ?? -1 }
          putRoot(core.index, { realm, cid: root, contentId }, value)
        }
        change.write()
        if (result.state === 'more') return
        const missing = result.state === 'missing' ? keyToCid(result.key).toString() : item.cid
        if (result.state !== 'done') {
          broken.push({ contentId, cid: item.cid, missing })
          putBroken(core.index, { contentId, realm, segment })
        }
        next++
      }
    })
    await nextTurn()
  }
  return broken
}

// A block that was sound when it was scanned and cannot be read now is as good as missing.
const readable = (source: StagedBlocks) => ({
  find: (key: string) => {
    try {
      return source.find(key)
    } catch {
      return undefined
    }
  },
})

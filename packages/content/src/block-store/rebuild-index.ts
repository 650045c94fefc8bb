import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CID } from 'multiformats/cid'
import { keyToCid } from './block-key.ts'
import { rootTargets } from './block-links.ts'
import type { MarkerItem, SegmentTitle } from './commit-marker.ts'
import { IndexChange } from './index-change.ts'
import { putRoot } from './root-keys.ts'
import { readGroups } from './read-groups.ts'
import { type SegmentRecord, SegmentScan } from './scan-segment.ts'
import { listSegmentFiles, segmentsFolder, syncFolder } from './segment-path.ts'
import { SegmentPool } from './segment-pool.ts'
import { StagedBlocks } from './staged-blocks.ts'
import { StoreCore } from './store-core.ts'
import { ensureIdentity } from './store-file.ts'
import { newSegmentMeta, StoreIndex } from './store-index.ts'
import { SILENT, type StoreLogger } from './store-options.ts'
import { DagTaker } from './take-dag.ts'

export type RebuildResult = {
  segments: number
  blocks: number
  roots: number
  /** Records or stretches of segments that could not be read. */
  damaged: number
  /** Roots that are not whole any more; they are not in the index, and no segment is removed until a rebuild finds none. */
  broken: { contentId: string; cid: string; missing: string }[]
}

type CommitMarker = Extract<MarkerItem, { cid: string }>
type Claim = { sequence: number; order: number; segment: number }
type Events = {
  commits: Map<string, Claim & { realm: string; item: CommitMarker }>
  releases: Map<string, Claim>
  sequence: number
}

/** Above every segment's number: staged blocks of a whole realm. */
const REALM_STAGES = 0xff000000
const SLICE = 4_096

const isLater = (a: Claim, b: Claim | undefined): boolean =>
  b === undefined || a.sequence > b.sequence || (a.sequence === b.sequence && a.order > b.order)

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
    meta: { storeId, sequence: 0, nextSegment: (files.at(-1) ?? 0) + 1, brokenRoots: 0, layout: 1 },
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
  const events: Events = { commits: new Map(), releases: new Map(), sequence: 0 }
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
  for (const meta of core.index.segments().values()) blocks += meta.blocks
  return {
    segments: core.index.segments().size,
    blocks,
    roots: alive.length - broken.length,
    damaged,
    broken,
    sequence: events.sequence,
  }
}

const NEVER: Claim = { sequence: -1, order: 0, segment: 0 }

/** Stages a segment's blocks and gathers what its markers say. Returns how much of it is damaged. */
const readSegment = async (core: StoreCore, id: number, realms: string[], events: Events): Promise<number> => {
  const scan = await SegmentScan.open(core.settings.directory, id, 'all')
  try {
    const start = await scan.title()
    if (start === undefined) return scan.size > 0 ? 1 : 0
    const { title, end } = start
    core.index.blocks(title.realm)
    if (!realms.includes(title.realm)) realms.push(title.realm)
    const staged = new StagedBlocks(core, REALM_STAGES + realms.indexOf(title.realm))
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
    const length = found.groups.at(-1)?.end
    if (length === undefined) return found.damaged
    putSegment(core, id, title, length)
    for (const group of found.groups)
      for (const [order, item] of group.items.entries())
        noteItem(events, item, title.realm, { sequence: group.sequence, order, segment: id })
    return found.damaged
  } finally {
    await scan.close()
  }
}

const putSegment = (core: StoreCore, id: number, title: SegmentTitle, length: number): void =>
  core.transaction(() =>
    core.index.putSegment(id, { ...newSegmentMeta(title.kind, title.realm, title.secret), length, sealed: true }),
  )

const noteItem = (events: Events, item: MarkerItem, realm: string, claim: Claim): void => {
  events.sequence = Math.max(events.sequence, claim.sequence)
  if (item.kind === 'release') {
    if (isLater(claim, events.releases.get(item.contentId))) events.releases.set(item.contentId, claim)
  } else if (isLater(claim, events.commits.get(item.contentId)))
    events.commits.set(item.contentId, { ...claim, realm, item })
}

// A release marker must outlive the marker of the root that it ended.
const noteShadows = (core: StoreCore, events: Events): void =>
  core.transaction(() => {
    for (const [contentId, { segment }] of events.releases) {
      const commit = events.commits.get(contentId)
      const meta = core.index.segment(segment)
      if (commit === undefined || commit.segment === segment || meta === undefined) continue
      if (core.index.addShadow(commit.segment, segment))
        core.index.putSegment(segment, { ...meta, shadows: meta.shadows + 1 })
    }
  })

type Alive = [contentId: string, commit: Claim & { realm: string; item: CommitMarker }]

const takeRoots = async (
  core: StoreCore,
  realms: readonly string[],
  alive: readonly Alive[],
): Promise<RebuildResult['broken']> => {
  const broken: RebuildResult['broken'] = []
  for (const [contentId, { realm, segment, item }] of alive) {
    const root = CID.parse(item.cid)
    const source = new StagedBlocks(core, REALM_STAGES + realms.indexOf(realm))
    const taker = new DagTaker(readable(source), rootTargets(root))
    for (let more = true; more; ) {
      const result = core.transaction(() => {
        const change = new IndexChange(core.index, realm)
        const result = taker.step(change, core.settings.sliceBlocks)
        if (result.state === 'done') {
          change.account(segment, { roots: 1 })
          const value = { addedAt: item.at, segment, bytes: item.bytes ?? -1, blocks: item.blocks ?? -1 }
          putRoot(core.index, { realm, cid: root, contentId }, value)
        }
        change.write()
        return result
      })
      more = result.state === 'more'
      const missing = result.state === 'missing' ? keyToCid(result.key).toString() : item.cid
      if (!more && result.state !== 'done') broken.push({ contentId, cid: item.cid, missing })
      await nextTurn()
    }
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

import { CID } from 'multiformats/cid'
import type { BatchApply } from './batch-item.ts'
import { rootTargets } from './block-links.ts'
import type { MarkerItem } from './commit-marker.ts'
import { brokenRoot, putRoot, removeRoot, rootOf } from './root-keys.ts'
import { type DagSource, DagTaker, type TakeResult } from './take-dag.ts'

const NOTHING: DagSource = { find: () => undefined }

/**
 * Inside a transaction: does to the index what a marker's item says, all of it or nothing. Used when the item is written and
 * when it is found again after a crash. An adoption is a commit that brings no blocks.
 */
export const applyItem = (apply: BatchApply, item: MarkerItem, source: DagSource = NOTHING): TakeResult => {
  const { core, change, segment } = apply
  if (item.kind === 'release') {
    releaseRoot(apply, item)
    return { state: 'done' }
  }
  const cid = CID.parse(item.cid)
  const fork = change.fork()
  const result = new DagTaker(source, rootTargets(cid, change.realm), core.faults).step(fork, Number.POSITIVE_INFINITY)
  if (result.state !== 'done') return result
  change.merge(fork)
  change.account(segment, { roots: 1 })
  const value = { addedAt: item.at, segment, bytes: item.bytes ?? -1, blocks: item.blocks ?? -1 }
  putRoot(core.index, { realm: change.realm, cid, contentId: item.contentId }, value)
  return result
}

const releaseRoot = (
  { core, change, segment, released }: BatchApply,
  { contentId, of }: Extract<MarkerItem, { kind: 'release' }>,
): void => {
  const root = rootOf(core.index, contentId)
  if (root === undefined) {
    const broken = brokenRoot(core.index, contentId)
    if (broken !== undefined) change.outlive(broken.segment, segment, broken.segment !== of)
    else if (of !== undefined) change.outlive(of, segment, false)
    core.forgetBroken(contentId)
    return
  }
  removeRoot(core.index, root.realm, root.cid, contentId)
  const older = root.value.segment
  change.account(older, { roots: -1 })
  // A compaction may have carried the root's marker away since the release was planned.
  change.outlive(older, segment, older !== of)
  released.push(...rootTargets(root.cid, root.realm))
}

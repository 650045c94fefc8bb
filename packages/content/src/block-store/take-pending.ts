import { setImmediate as nextTurn } from 'node:timers/promises'
import { CID } from 'multiformats/cid'
import { type BlockKey, keyToCid } from './block-key.ts'
import { rootTargets } from './block-links.ts'
import { IndexChange } from './index-change.ts'
import { putRoot } from './root-keys.ts'
import { ReleaseCascade } from './release-cascade.ts'
import type { StagedBlocks } from './staged-blocks.ts'
import type { StoreCore } from './store-core.ts'
import { incompleteDag, isNoSpace } from './store-error.ts'
import { noteUnused, type PendingUpload } from './store-index.ts'
import { DagTaker } from './take-dag.ts'

/** Inside a transaction: notes the upload, so that a restart goes on with it. */
export const putPending = (core: StoreCore, pending: PendingUpload): void =>
  core.index.pending.putSync(Buffer.from(pending.contentId), Buffer.from(JSON.stringify(pending)))

const removePending = (core: StoreCore, pending: PendingUpload): void => {
  core.index.pending.removeSync(Buffer.from(pending.contentId))
}

// Only now may the segment go when nothing of it is needed.
const seal = (core: StoreCore, pending: PendingUpload): void => {
  noteUnused(core.index, pending.segment, pending.blocks)
  const meta = core.index.segment(pending.segment)
  if (meta !== undefined) core.index.putSegment(pending.segment, { ...meta, sealed: true })
}

/**
 * Indexes an upload of more blocks than a slice holds. Its marker is durable and its record stands under `pending`; the root is written with
 * the last slice. Between slices others have their turn.
 * @throws HoldfastError `invalid_request` when a link is missing; nothing of the upload is left in the index then.
 */
export const takePending = async (core: StoreCore, pending: PendingUpload, source: StagedBlocks): Promise<void> => {
  const root = CID.parse(pending.cid)
  const taker = new DagTaker(source, rootTargets(root, pending.realm), core.faults)
  for (;;) {
    const { result, touched } = await orUndo(core, pending, source, () => {
      const change = new IndexChange(core.index, pending.realm)
      const result = taker.step(change, core.settings.sliceBlocks)
      if (result.state === 'done') {
        change.account(pending.segment, { roots: 1 })
        const { addedAt, segment, bytes, blocks } = pending
        putRoot(
          core.index,
          { realm: pending.realm, cid: root, contentId: pending.contentId },
          { addedAt, segment, bytes, blocks },
        )
        removePending(core, pending)
      }
      const touched = change.write()
      if (result.state === 'done') seal(core, pending)
      return { result, touched }
    })
    core.collectDead(touched)
    if (result.state === 'done') break
    if (result.state !== 'more') {
      await undoPending(core, pending, source)
      throw incompleteDag(result.state === 'missing' ? keyToCid(result.key).toString() : pending.cid)
    }
    await (core.faults.pause?.('slice') ?? nextTurn())
  }
  await source.clear()
}

// A full disk refuses the upload: what it has of the index must go, or the next start would bring it to its end. That takes what is set aside.
const orUndo = async <T>(
  core: StoreCore,
  pending: PendingUpload,
  source: StagedBlocks,
  action: () => T,
): Promise<T> => {
  try {
    return core.transaction(action)
  } catch (error) {
    if (isNoSpace(error) && (await core.reserve.spend())) await undoPending(core, pending, source)
    throw error
  }
}

/** Takes those of an upload's blocks out again that nobody counts; what others took meanwhile is theirs. */
const undoPending = async (core: StoreCore, pending: PendingUpload, source: StagedBlocks): Promise<void> => {
  const cascade = new ReleaseCascade(core, pending.realm)
  for (;;) {
    const { touched, more } = core.transaction(() => {
      const change = new IndexChange(core.index, pending.realm)
      const dropped: BlockKey[] = []
      const taken = source.take(core.settings.sliceBlocks)
      for (const { key, location } of taken) {
        const entry = change.get(key)
        if (entry?.count !== 0 || entry.segment !== location.segment || entry.offset !== location.offset) continue
        change.reference(key)
        dropped.push(key)
      }
      cascade.step(change, core.settings.sliceBlocks, dropped)
      const touched = change.write()
      if (taken.length === 0) {
        removePending(core, pending)
        seal(core, pending)
      }
      return { touched: [...touched, pending.segment], more: taken.length > 0 }
    })
    core.collectDead(touched)
    if (!more) return
    await nextTurn()
  }
}

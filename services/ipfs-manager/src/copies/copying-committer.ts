import type { BlockStore } from '@packages/content/block-store/block-store'
import { giveBack } from '@packages/content/car/commit-roots'
import type { CommittedIngest, IngestCommitter, IngestItem } from '@packages/db/ingest-committer'
import { currentTrail } from '@packages/runtime/audit-trail'
import type { DefaultZones } from './default-zones.ts'
import type { NodeCopies } from './node-copies.ts'

export type CopyingCommitterDeps = {
  committer: Pick<IngestCommitter, 'commit'>
  copies: NodeCopies
  store: Pick<BlockStore, 'release' | 'settle'>
  zonesOf: DefaultZones['of']
  /** How many nodes have to confirm an upload. */
  ackCopies: number
}

/**
 * The committer of a platform whose content is kept by nodes: an upload's rows are written when enough of them have confirmed it, and say who did. Private
 * content stays in the own store: no node may see even its ciphertext but private ones, which cannot walk it yet.
 */
export class CopyingCommitter implements Pick<IngestCommitter, 'commit'> {
  readonly #deps: CopyingCommitterDeps

  constructor(deps: CopyingCommitterDeps) {
    this.#deps = deps
  }

  /** @throws HoldfastError `unavailable` when too few nodes confirm: the root has gone back to the store then; as the committer does */
  async commit(item: IngestItem): Promise<CommittedIngest> {
    const { committer, copies, store, zonesOf, ackCopies } = this.#deps
    if (item.realm !== 'public') return committer.commit(item)
    const trailed = item.trail === undefined ? { ...item, trail: currentTrail() } : item
    let isWritten = false
    try {
      const zones = await zonesOf(item.organizationId)
      const root = { contentId: item.contentId, cid: item.canonicalCid, dagSize: item.dagSize, zones }
      return await copies.withCopies(root, ackCopies, (nodeIds) => {
        isWritten = true
        return committer.commit({ ...trailed, copies: nodeIds })
      })
    } catch (error) {
      // Past this point the committer has seen to the root.
      if (!isWritten) await giveBack(store, item.contentId)
      throw error
    }
  }
}

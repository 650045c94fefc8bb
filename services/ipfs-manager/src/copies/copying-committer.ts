import type { BlockStore } from '@packages/content/block-store/block-store'
import { giveBack } from '@packages/content/car/commit-roots'
import type { CommittedIngest, IngestCommitter, IngestItem } from '@packages/db/ingest-committer'
import { currentTrail } from '@packages/runtime/audit-trail'
import { canonicalCid } from '@packages/shared/cid'
import type { DefaultZones } from './default-zones.ts'
import type { NodeCopies, StoredRoot } from './node-copies.ts'
import { nodeCidOfList } from './node-root.ts'

export type CopyingCommitterDeps = {
  committer: Pick<IngestCommitter, 'commit'>
  copies: NodeCopies
  store: Pick<BlockStore, 'release' | 'settle' | 'reader'>
  zonesOf: DefaultZones['of']
  /** How many nodes have to confirm an upload; of private content all of the private ones, when they are fewer. */
  ackCopies: number
}

/**
 * The committer of a platform whose content is kept by nodes: an upload's rows are written when enough of them have confirmed it, and say who did. Of
 * private content private nodes get the ciphertext, and nobody else even that; without such nodes it stays in the own store (ADR 0161).
 */
export class CopyingCommitter implements Pick<IngestCommitter, 'commit'> {
  readonly #deps: CopyingCommitterDeps

  constructor(deps: CopyingCommitterDeps) {
    this.#deps = deps
  }

  /** @throws HoldfastError `unavailable` when too few nodes confirm: the root has gone back to the store then; as the committer does */
  async commit(item: IngestItem): Promise<CommittedIngest> {
    const { committer, copies, store, zonesOf, ackCopies } = this.#deps
    const least = item.realm === 'public' ? ackCopies : Math.min(ackCopies, await this.#privateNodes(item))
    if (least === 0) return committer.commit(item)
    const trailed = item.trail === undefined ? { ...item, trail: currentTrail() } : item
    let isWritten = false
    try {
      const zones = await zonesOf(item.organizationId)
      const root: StoredRoot = { ...(await this.#rootOf(item)), dagSize: item.dagSize, zones }
      const named = root.list === undefined ? {} : { nodeCid: root.cid }
      return await copies.withCopies(root, least, (nodeIds) => {
        isWritten = true
        return committer.commit({ ...trailed, ...named, copies: nodeIds })
      })
    } catch (error) {
      // Past this point the committer has seen to the root.
      if (!isWritten) await giveBack(store, item.contentId)
      throw error
    }
  }

  /** What nodes pin. */
  async #rootOf({ contentId, realm, canonicalCid: cid }: IngestItem): Promise<Omit<StoredRoot, 'dagSize'>> {
    if (realm === 'public') return { contentId, cid }
    return { contentId, cid: canonicalCid(await nodeCidOfList(this.#deps, cid)), list: cid }
  }

  /** @throws as `commit` does: what cannot be told now is no reason to do without. */
  async #privateNodes({ contentId }: IngestItem): Promise<number> {
    const { copies, store } = this.#deps
    try {
      return await copies.privateNodes()
    } catch (error) {
      await giveBack(store, contentId)
      throw error
    }
  }
}

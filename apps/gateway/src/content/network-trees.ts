import type { BlockSource } from '@packages/content/block-source'
import type { CID } from 'multiformats/cid'
import type { Denylist } from '../denylist/denylist.ts'
import { denyingSource } from '../denylist/denying-source.ts'
import type { NetworkVisit } from '../worker/network-questions.ts'
import { farTree } from './far-tree.ts'
import type { ServedTree } from './held-content.ts'
import { isAway } from './held-or-far-tree.ts'
import { keepingLastBlocks } from './last-blocks.ts'

export type NetworkTreesDeps = {
  /** What may be read here: nothing of it is fetched. */
  held: BlockSource
  /** What is here and may not be read. */
  withholds(cid: CID): boolean
  denylist: Pick<Denylist, 'checkBlock'>
  /** How long a request may wait for its first byte. */
  timeoutMs: number
}

/** The fetch itself ends first, and says why. */
const GRACE_MS = 5_000

/** Content that is read from the network as it is sent (mode `open`). */
export class NetworkTrees {
  readonly #deps: NetworkTreesDeps

  constructor(deps: NetworkTreesDeps) {
    this.#deps = deps
  }

  /** For one request. Nothing is asked before something of it is read. @throws what the denylist says */
  open(cid: CID, visit: NetworkVisit): ServedTree {
    const { held, denylist, withholds, timeoutMs } = this.#deps
    denylist.checkBlock(cid)
    const source: BlockSource = {
      get: async (asked, options) => {
        options?.signal?.throwIfAborted()
        const here = await held.get(asked, options).catch((error: unknown) => {
          if (isAway(error)) return undefined
          throw error
        })
        return here ?? (await visit.get(cid, asked, withholds(asked)))
      },
    }
    return farTree(keepingLastBlocks(denyingSource(source, denylist, cid)), denylist, timeoutMs + GRACE_MS)
  }
}

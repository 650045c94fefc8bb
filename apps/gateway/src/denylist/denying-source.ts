import type { BlockSource } from '@packages/content/block-source'
import type { CID } from 'multiformats/cid'
import type { Denylist } from './denylist.ts'

/** Blocks below these roots. The roots are checked with each block, so that what is under way ends when one of them is denied. */
export const denyingSource = (
  source: BlockSource,
  denylist: Pick<Denylist, 'checkBlock'>,
  ...roots: readonly CID[]
): BlockSource => ({
  get: async (cid, options) => {
    const check = (): void => {
      for (const one of [...roots, cid]) denylist.checkBlock(one)
    }
    check()
    const bytes = await source.get(cid, options)
    // It may have been denied while it was on its way.
    check()
    return bytes
  },
})

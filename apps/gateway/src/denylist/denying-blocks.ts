import type { HeldBlocks } from '../content/held-blocks.ts'
import type { Denylist } from './denylist.ts'

/** Held blocks, of which those that are denied are refused wherever they are needed: as a root, on a path, in a file or a CAR. */
export const denyingBlocks = (blocks: HeldBlocks, denylist: Pick<Denylist, 'checkBlock'>): HeldBlocks => ({
  sizeOf: (cid) => {
    denylist.checkBlock(cid)
    return blocks.sizeOf(cid)
  },
  countsOf: (cid) => blocks.countsOf(cid),
  read: async (cid, from, target) => {
    denylist.checkBlock(cid)
    await blocks.read(cid, from, target)
  },
  extentOf: (cid, from, length) => {
    denylist.checkBlock(cid)
    return blocks.extentOf(cid, from, length)
  },
  readNow: (cid, target) => {
    denylist.checkBlock(cid)
    return blocks.readNow?.(cid, target) === true
  },
  close: () => blocks.close(),
})

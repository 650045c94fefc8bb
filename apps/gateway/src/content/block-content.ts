import type { CID } from 'multiformats/cid'
import type { Content } from './content.ts'
import type { HeldBlocks } from './held-blocks.ts'

/** The bytes of one block as they are: a raw leaf that is a whole file, or any block when asked for as such. */
export const blockContent = (blocks: HeldBlocks, cid: CID, size: number): Content => ({
  size,
  body: undefined,
  boundary: (_position, limit) => limit,
  read: (position, target) => blocks.read(cid, position, target),
  extent: (position, limit) => blocks.extentOf(cid, position, Math.min(limit, size - position)),
})

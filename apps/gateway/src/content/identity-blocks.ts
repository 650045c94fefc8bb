import { HASH_IDENTITY, MAX_IDENTITY_DIGEST_BYTES } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { HeldBlocks } from './held-blocks.ts'

/** What an identity CID holds by itself. */
export const inlineBytes = ({ multihash: { code, digest } }: CID): Uint8Array | undefined =>
  code === HASH_IDENTITY && digest.length <= MAX_IDENTITY_DIGEST_BYTES ? digest : undefined

/** The same blocks, and those that are their own CID (IPIP-512: 128 bytes at most), which nobody has to hold. */
export const withIdentity = (blocks: HeldBlocks): HeldBlocks => ({
  sizeOf: (cid) => inlineBytes(cid)?.length ?? blocks.sizeOf(cid),
  countsOf: (cid) => blocks.countsOf(cid),
  close: () => blocks.close(),
  extentOf: (cid, from, length) => (inlineBytes(cid) === undefined ? blocks.extentOf(cid, from, length) : undefined),
  readNow: (cid, target) => inlineBytes(cid) === undefined && blocks.readNow?.(cid, target) === true,
  read: async (cid, from, target) => {
    const bytes = inlineBytes(cid)
    if (bytes === undefined) await blocks.read(cid, from, target)
    else target.set(bytes.subarray(from, from + target.length))
  },
})

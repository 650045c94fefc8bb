import { HASH_SHA2_256 } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { type BlockKey, blockKey } from '../block-store/block-key.ts'

/** Private use area of the multicodec table, beside the lists: no block from outside has it, so no page is taken for one. */
const PAGE_CODEC = 0x300002

/** What a page of a manifest is sealed as, by the digest of its plaintext. */
export const pageKey = (digest: Uint8Array): BlockKey =>
  blockKey(CID.createV1(PAGE_CODEC, Digest.create(HASH_SHA2_256, new Uint8Array(digest))))

import { createHash, hash } from 'node:crypto'
import { CODEC_DAG_PB, CODEC_RAW, HASH_SHA2_256 } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import { Digest } from 'multiformats/hashes/digest'

const DIGEST_BYTES = 32

const toDigest = (sha256: Uint8Array): Digest<typeof HASH_SHA2_256, number> => {
  const bytes = new Uint8Array(2 + DIGEST_BYTES)
  bytes[0] = HASH_SHA2_256
  bytes[1] = DIGEST_BYTES
  bytes.set(sha256, 2)
  return new Digest(HASH_SHA2_256, DIGEST_BYTES, bytes.subarray(2), bytes)
}

/** The CIDv1 of a raw block. The one-shot hash beats `createHash` by 21 % on 1 KiB and equals it on 1 MiB (ADR 0015). */
export const rawCid = (bytes: Uint8Array): CID => CID.createV1(CODEC_RAW, toDigest(hash('sha256', bytes, 'buffer')))

/** The CIDv1 of a raw block that is given in pieces. */
export const rawCidOfParts = (parts: readonly Uint8Array[]): CID => {
  const hasher = createHash('sha256')
  for (const part of parts) hasher.update(part)
  return CID.createV1(CODEC_RAW, toDigest(hasher.digest()))
}

/** The CID of a dag-pb block, as version 0 or 1. */
export const dagPbCid = (bytes: Uint8Array, version: 0 | 1): CID => {
  const digest = toDigest(hash('sha256', bytes, 'buffer'))
  return version === 0 ? CID.createV0(digest) : CID.createV1(CODEC_DAG_PB, digest)
}

import { MAX_IDENTITY_DIGEST_BYTES } from '@packages/shared/cid'

const MEBIBYTE = 1024 * 1024

/**
 * What is accepted of a DAG that somebody else built: the one place of these numbers. Whatever a DAG claims (sizes, counts,
 * fan-outs) is held against them, never believed, and nothing is allocated by it.
 */
export type DagLimits = {
  /** Bytes of one block. Bitswap moves no larger ones (https://specs.ipfs.tech/bitswap-protocol/#block-sizes). */
  maxBlockBytes: number
  /** Bytes in an identity CID (IPIP-512). */
  maxIdentityBytes: number
  /** Identity CIDs inside of identity CIDs. */
  maxIdentityDepth: number
  /** Lists and maps inside of one another in a block of DAG-CBOR, CBOR, DAG-JSON or JSON. */
  maxCborDepth: number
  /** Nodes on the way from a file's root to a leaf. A balanced file of 1 EiB in 1 MiB chunks has 5. */
  maxDepth: number
  /** Nodes on the way from a root to a block where any DAG is walked: chains (logs, commits) are deep. */
  maxWalkDepth: number
  /** Links of one node of a file or a directory. */
  maxLinks: number
  /** Links of all nodes that are open at the same time, which bounds the memory of one reader. */
  maxOpenLinks: number
  /** Blocks that one request may load. */
  maxBlocks: number
  /** Bytes of blocks that one request may load. */
  maxBytes: number
  /** How long one request may work on a DAG where it does not stream its answer. */
  maxMilliseconds: number
  /** Blocks of a file that may be loaded whatever they yield; beyond them each has to pay with `minBytesPerBlock` on average. */
  freeBlocks: number
  minBytesPerBlock: number
}

export const DAG_LIMITS: Readonly<DagLimits> = {
  maxBlockBytes: 2 * MEBIBYTE,
  maxIdentityBytes: MAX_IDENTITY_DIGEST_BYTES,
  maxIdentityDepth: 4,
  maxCborDepth: 256,
  maxDepth: 32,
  maxWalkDepth: 100_000,
  maxLinks: 16_384,
  maxOpenLinks: 65_536,
  maxBlocks: 4_000_000,
  maxBytes: 2 ** 40,
  maxMilliseconds: 60_000,
  freeBlocks: 100_000,
  minBytesPerBlock: 256,
}

/** What is accepted of a CAR, from its first byte on. */
export type CarLimits = {
  /** Bytes of the header: it lists the roots. */
  maxHeaderBytes: number
  maxRoots: number
  /** Bytes of a section's CID: an identity CID has 128 bytes of digest at most. */
  maxCidBytes: number
  maxBlockBytes: number
  /** Sections, repeated ones included, that may come whatever their length; beyond them each must have `minBytesPerSection` on average. */
  freeSections: number
  minBytesPerSection: number
  /**
   * Distinct CIDs, of blocks and of what they link to: each takes some 50 bytes of memory until the import ends. `freeCids` are had for nothing,
   * beyond them the CAR must have `minBytesPerCid` for each; there are never more than `maxCids`.
   */
  freeCids: number
  minBytesPerCid: number
  maxCids: number
  /** CIDs of other hashes than sha2-256, or of codecs of two bytes and more: these take 200 bytes. */
  maxOddCids: number
  /** Links of all blocks. */
  maxLinks: number
  /** Blocks that are met by the walks from all roots together. */
  maxSteps: number
}

export const CAR_LIMITS: Readonly<CarLimits> = {
  maxHeaderBytes: MEBIBYTE,
  maxRoots: 1_000,
  maxCidBytes: 160,
  maxBlockBytes: DAG_LIMITS.maxBlockBytes,
  freeSections: 100_000,
  minBytesPerSection: 128,
  freeCids: 200_000,
  minBytesPerCid: 128,
  maxCids: 4_000_000,
  maxOddCids: 100_000,
  maxLinks: 16_000_000,
  maxSteps: 20_000_000,
}

import { HoldfastError } from '@packages/shared/holdfast-error'
import { READ_LIMITS } from './read-limits.ts'

/** Cuts a file into pieces of `size` bytes; only the last one may be shorter. */
export type FixedSizeChunker = { kind: 'fixed'; size: number }
/** Cuts where a Rabin fingerprint over 16 bytes says so, after `min` to `max` bytes. Numbers are bytes. */
export type RabinChunker = { kind: 'rabin'; min: number; average: number; max: number }
/** Cuts where a buzhash over 32 bytes says so, after 128 to 512 KiB. */
export type BuzhashChunker = { kind: 'buzhash' }
export type ChunkerProfile = FixedSizeChunker | RabinChunker | BuzhashChunker

/**
 * Everything that decides the CID of a file. Same bytes and same profile give the same CID as Kubo.
 * Nodes are dag-pb with sha2-256, links first, laid out `balanced` (all leaves at the same depth).
 */
export type FileProfile = {
  /** Version of the CIDs of dag-pb nodes. Raw leaves always have CIDv1. */
  cidVersion: 0 | 1
  /** True: leaves are the bytes themselves (codec raw). False: leaves are dag-pb nodes of UnixFS type File. */
  rawLeaves: boolean
  chunker: ChunkerProfile
  /** Children per node of a file, the "DAG width". */
  maxLinks: number
}

/**
 * How the size of a directory is reckoned that is held against the threshold: the bytes of its block, those of its names
 * and CIDs alone (as Kubo did before IPIP-499), or not at all.
 */
export type HamtEstimation = 'links' | 'block' | 'disabled'

/** Everything that decides the CID of a directory, given those of its entries. */
export type DirectoryProfile = {
  cidVersion: 0 | 1
  /** Children per node of a sharded directory: a power of two from 8 to 1,024. */
  hamtFanout: number
  /** A directory whose reckoned size is larger than this is sharded; 0: none is ever sharded, as in Kubo. */
  hamtThreshold: number
  hamtEstimation: HamtEstimation
  /** A directory of more entries is sharded whatever its size. 0 or none: no such limit. */
  directoryMaxLinks?: number
}

/** Everything that decides a root's CID. */
export type ImportProfile = FileProfile &
  DirectoryProfile & {
    /** The name that IPIP-499 gives to this set of parameters, if it has one. */
    name?: ImportProfileName
  }

export type ImportProfileName = 'unixfs-v1-2025' | 'unixfs-v0-2015'

/** The two profiles of IPIP-499 <https://specs.ipfs.tech/ipips/ipip-0499/>. */
export const importProfiles: Readonly<Record<ImportProfileName, ImportProfile>> = {
  'unixfs-v1-2025': {
    name: 'unixfs-v1-2025',
    cidVersion: 1,
    rawLeaves: true,
    chunker: { kind: 'fixed', size: 1_048_576 },
    maxLinks: 1024,
    hamtFanout: 256,
    hamtThreshold: 262_144,
    hamtEstimation: 'block',
  },
  'unixfs-v0-2015': {
    name: 'unixfs-v0-2015',
    cidVersion: 0,
    rawLeaves: false,
    chunker: { kind: 'fixed', size: 262_144 },
    maxLinks: 174,
    hamtFanout: 256,
    hamtThreshold: 262_144,
    hamtEstimation: 'links',
  },
}

export const DEFAULT_IMPORT_PROFILE: ImportProfileName = 'unixfs-v1-2025'

/** Bitswap refuses blocks over 2 MiB; the wrapping of a dag-pb leaf needs a few bytes of that. */
export const MAX_CHUNK_BYTES = 2 * 1024 * 1024 - 256
/** The fingerprint's window; Kubo refuses less, for its chunker would then never cut. */
export const MIN_RABIN_BYTES = 16
export const MIN_HAMT_FANOUT = 8
export const MAX_HAMT_FANOUT = 1024

/**
 * @throws HoldfastError `invalid_request`, which names the parameter, for parameters that give blocks no other node would
 *   take, or a DAG that our own reader would refuse.
 */
export const checkImportProfile = ({ chunker, maxLinks }: FileProfile): void => {
  if (chunker.kind === 'fixed' && !isWhole(chunker.size, 1, MAX_CHUNK_BYTES))
    refuse('chunker', `A chunk has 1 to ${MAX_CHUNK_BYTES} bytes.`)
  if (chunker.kind === 'rabin') checkRabin(chunker)
  if (!isWhole(maxLinks, 2, READ_LIMITS.maxLinks)) refuse('maxLinks', `A node has 2 to ${READ_LIMITS.maxLinks} links.`)
}

/** @throws HoldfastError `invalid_request`, which names the parameter */
export const checkDirectoryProfile = (profile: DirectoryProfile): void => {
  const { hamtFanout, hamtThreshold, directoryMaxLinks = 0 } = profile
  if (!isWhole(hamtFanout, MIN_HAMT_FANOUT, MAX_HAMT_FANOUT) || (hamtFanout & (hamtFanout - 1)) !== 0)
    refuse('hamtFanout', `The fan-out is a power of two from ${MIN_HAMT_FANOUT} to ${MAX_HAMT_FANOUT}.`)
  if (!isWhole(hamtThreshold, 0, Number.MAX_SAFE_INTEGER))
    refuse('hamtThreshold', 'The threshold is a number of bytes.')
  if (!isWhole(directoryMaxLinks, 0, Number.MAX_SAFE_INTEGER))
    refuse('directoryMaxLinks', 'The most entries of a directory are a whole number.')
}

const checkRabin = ({ min, average, max }: RabinChunker): void => {
  if (!isWhole(min, MIN_RABIN_BYTES, MAX_CHUNK_BYTES) || !isWhole(max, 1, MAX_CHUNK_BYTES) || !isWhole(average, 1, max))
    refuse('chunker', `Chunks have ${MIN_RABIN_BYTES} to ${MAX_CHUNK_BYTES} bytes.`)
  if (min >= average || average >= max)
    refuse('chunker', 'The smallest chunk must be smaller than the average, and that smaller than the largest.')
}

const isWhole = (value: number, from: number, to: number): boolean =>
  Number.isInteger(value) && value >= from && value <= to

const refuse = (path: string, message: string): never => {
  throw new HoldfastError('invalid_request', { detail: `${path}: ${message}`, fields: [{ path, message }] })
}

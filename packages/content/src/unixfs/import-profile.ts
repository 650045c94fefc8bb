import { HoldfastError } from '@packages/shared/holdfast-error'
import { READ_LIMITS } from './read-limits.ts'

/** Cuts a file into pieces of `size` bytes; only the last one may be shorter. */
export type FixedSizeChunker = { kind: 'fixed'; size: number }

/**
 * Everything that decides the CID of a file. Same bytes and same profile give the same CID as Kubo.
 * Nodes are dag-pb with sha2-256, links first, laid out `balanced` (all leaves at the same depth).
 */
export type ImportProfile = {
  /** The name that IPIP-499 gives to this set of parameters, if it has one. */
  name?: ImportProfileName
  /** Version of the CIDs of dag-pb nodes. Raw leaves always have CIDv1. */
  cidVersion: 0 | 1
  /** True: leaves are the bytes themselves (codec raw). False: leaves are dag-pb nodes of UnixFS type File. */
  rawLeaves: boolean
  chunker: FixedSizeChunker
  /** Children per node, the "DAG width". */
  maxLinks: number
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
  },
  'unixfs-v0-2015': {
    name: 'unixfs-v0-2015',
    cidVersion: 0,
    rawLeaves: false,
    chunker: { kind: 'fixed', size: 262_144 },
    maxLinks: 174,
  },
}

export const DEFAULT_IMPORT_PROFILE: ImportProfileName = 'unixfs-v1-2025'

/** Bitswap refuses blocks over 2 MiB; the wrapping of a dag-pb leaf needs a few bytes of that. */
export const MAX_CHUNK_BYTES = 2 * 1024 * 1024 - 256

/**
 * @throws HoldfastError `invalid_request` for parameters that give blocks no other node would take, or a DAG that our
 *   own reader would refuse.
 */
export const checkImportProfile = ({ chunker, maxLinks }: ImportProfile): void => {
  if (!Number.isInteger(chunker.size) || chunker.size < 1 || chunker.size > MAX_CHUNK_BYTES)
    throw new HoldfastError('invalid_request', { detail: `A chunk has 1 to ${MAX_CHUNK_BYTES} bytes.` })
  if (!Number.isInteger(maxLinks) || maxLinks < 2 || maxLinks > READ_LIMITS.maxLinks)
    throw new HoldfastError('invalid_request', { detail: `A node has 2 to ${READ_LIMITS.maxLinks} links.` })
}

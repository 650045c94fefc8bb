import { CODEC_DAG_PB, CODEC_RAW, HASH_IDENTITY, MAX_IDENTITY_DIGEST_BYTES } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import { DagLimitError, InvalidDagError, NotAFileError } from './dag-errors.ts'
import { decodePbNode, type Span } from './pb-node-decode.ts'
import { decodeUnixfsData, type UnixfsData } from './unixfs-data-decode.ts'

/** One block of a file. Its part of the file is its inline bytes, followed by the children in order. */
export type FileNode = {
  cid: CID
  block: Uint8Array
  /** Bytes of the file in and below this block, as the block itself claims. */
  size: number
  /** The bytes of the file that lie in this block. */
  inline: Span
  links: Span[]
  /** How many bytes of the file each link is said to hold. */
  blocksizes: number[]
}

const NOTHING: Span = { start: 0, end: 0 }

/**
 * Reads a block of a file: a raw block, or a dag-pb node of UnixFS type File or Raw, which must agree with itself.
 * @throws NotAFileError for everything else that is well-formed, InvalidDagError for what is not, DagLimitError for a
 *   node with too many links
 */
export const decodeFileNode = (cid: CID, block: Uint8Array, maxLinks: number): FileNode => {
  if (cid.code === CODEC_RAW)
    return { cid, block, size: block.length, inline: { start: 0, end: block.length }, links: [], blocksizes: [] }
  if (cid.code !== CODEC_DAG_PB) throw new NotAFileError(cid, 'other-codec')
  const { links, unixfs } = decodeUnixfsNode(cid, block)
  if (unixfs.type !== 'file' && unixfs.type !== 'raw') throw new NotAFileError(cid, unixfs.type)
  if (links.length > maxLinks) throw new DagLimitError(cid, `a node has more than ${maxLinks} links`)
  const { blocksizes, filesize } = unixfs
  if (blocksizes.length !== links.length)
    throw new InvalidDagError(cid, `it has ${links.length} links but the sizes of ${blocksizes.length}`)
  const inline = unixfs.data ?? NOTHING
  const size = blocksizes.reduce((sum, blocksize) => sum + blocksize, inline.end - inline.start)
  if (!Number.isSafeInteger(size)) throw new InvalidDagError(cid, 'it claims more than 2^53 - 1 bytes')
  if (filesize !== undefined && filesize !== size)
    throw new InvalidDagError(cid, `it claims ${filesize} bytes but its parts add up to ${size}`)
  return { cid, block, size, inline, links, blocksizes }
}

const decodeUnixfsNode = (cid: CID, block: Uint8Array): { links: Span[]; unixfs: UnixfsData } => {
  try {
    const { links, data } = decodePbNode(block)
    if (data === undefined) throw new NotAFileError(cid, 'dag-pb')
    return { links, unixfs: decodeUnixfsData(block, data, links.length) }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new InvalidDagError(cid, cause.message, cause)
  }
}

/**
 * The CID of a node's child; only raw and dag-pb blocks can be parts of a file.
 * @throws InvalidDagError
 */
export const childCid = (node: FileNode, index: number): CID => {
  const { start, end } = node.links[index] as Span
  let cid: CID
  try {
    cid = CID.decode(node.block.subarray(start, end))
  } catch (cause) {
    throw new InvalidDagError(node.cid, `link ${index} is not a CID`, cause)
  }
  if (cid.code !== CODEC_RAW && cid.code !== CODEC_DAG_PB)
    throw new InvalidDagError(node.cid, `link ${index} is no part of a file (codec 0x${cid.code.toString(16)})`)
  if (cid.multihash.code === HASH_IDENTITY && cid.multihash.digest.length > MAX_IDENTITY_DIGEST_BYTES)
    throw new InvalidDagError(node.cid, `link ${index} is an identity CID of more than 128 bytes`)
  return cid
}

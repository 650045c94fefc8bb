import { CODEC_DAG_PB, CODEC_RAW, HASH_IDENTITY, MAX_IDENTITY_DIGEST_BYTES } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import { DagLimitError, InvalidDagError, NotADirectoryError } from './dag-errors.ts'
import { decodeNamedLinks, type NamedLink } from './pb-node-decode.ts'
import { decodeUnixfsData, type UnixfsData } from './unixfs-data-decode.ts'

/** The UnixFS directory in a block: a basic one, or one shard of a sharded one. Nothing in it has been checked yet. */
export type DirectoryNode = {
  cid: CID
  block: Uint8Array
  links: NamedLink[]
  /** Undefined for a basic directory. */
  shard: { bitfield: Uint8Array; hashType: number | undefined; fanout: number | undefined } | undefined
}

/**
 * Takes a directory's block apart.
 * @throws NotADirectoryError for everything else that is well-formed, InvalidDagError for what is not, DagLimitError for
 *   more than `maxLinks` links
 */
export const decodeDirectoryNode = (cid: CID, block: Uint8Array, maxLinks: number): DirectoryNode => {
  if (cid.code === CODEC_RAW) throw new NotADirectoryError(cid, 'file')
  if (cid.code !== CODEC_DAG_PB) throw new NotADirectoryError(cid, 'other-codec')
  const { links, unixfs } = decode(cid, block, maxLinks)
  if (unixfs.type === 'file' || unixfs.type === 'raw') throw new NotADirectoryError(cid, 'file')
  if (unixfs.type === 'directory') return { cid, block, links, shard: undefined }
  if (unixfs.type !== 'hamt-sharded-directory') throw new NotADirectoryError(cid, unixfs.type)
  const { data, hashType, fanout } = unixfs
  const bitfield = data === undefined ? new Uint8Array() : block.subarray(data.start, data.end)
  return { cid, block, links, shard: { bitfield, hashType, fanout } }
}

const decode = (cid: CID, block: Uint8Array, maxLinks: number): { links: NamedLink[]; unixfs: UnixfsData } => {
  try {
    const { links, data } = decodeNamedLinks(block, maxLinks)
    if (links === undefined) throw new DagLimitError(cid, `a node has more than ${maxLinks} links`)
    if (data === undefined) throw new NotADirectoryError(cid, 'dag-pb')
    return { links, unixfs: decodeUnixfsData(block, data, links.length) }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new InvalidDagError(cid, cause.message, cause)
  }
}

/** The CID of a link. @throws InvalidDagError when it is none, or an identity CID of more than 128 bytes */
export const linkCid = (node: { cid: CID; block: Uint8Array }, { hash }: NamedLink): CID => {
  let cid: CID
  try {
    cid = CID.decode(node.block.subarray(hash.start, hash.end))
  } catch (cause) {
    throw new InvalidDagError(node.cid, 'a link is not a CID', cause)
  }
  if (cid.multihash.code === HASH_IDENTITY && cid.multihash.digest.length > MAX_IDENTITY_DIGEST_BYTES)
    throw new InvalidDagError(node.cid, 'a link is an identity CID of more than 128 bytes')
  return cid
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of a link's name from its byte `skip` on. @throws InvalidDagError when it is not UTF-8 */
export const linkName = (node: { cid: CID; block: Uint8Array }, { name }: NamedLink, skip = 0): string => {
  try {
    return UTF8.decode(node.block.subarray(Math.min(name.start + skip, name.end), name.end))
  } catch (cause) {
    throw new InvalidDagError(node.cid, 'a name is not UTF-8', cause)
  }
}

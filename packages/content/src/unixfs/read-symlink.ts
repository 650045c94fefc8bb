import type { CID } from 'multiformats/cid'
import { InvalidDagError, NotAFileError } from './dag-errors.ts'
import { decodePbNode } from './pb-node-decode.ts'
import { decodeUnixfsData } from './unixfs-data-decode.ts'

/** Where a UnixFS symlink points to, as it was written. @throws InvalidDagError, NotAFileError for what is none */
export const readSymlink = (cid: CID, block: Uint8Array): Uint8Array => {
  try {
    const { links, data } = decodePbNode(block)
    const unixfs = data === undefined ? undefined : decodeUnixfsData(block, data, links.length)
    if (unixfs?.type !== 'symlink') throw new NotAFileError(cid, 'dag-pb')
    return block.subarray(unixfs.data?.start ?? 0, unixfs.data?.end ?? 0)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new InvalidDagError(cid, cause.message, cause)
  }
}

import type { CID } from 'multiformats/cid'
import { varintLength, writeVarint } from './varint.ts'

/** A child of a file node. */
export type FileLink = {
  cid: CID
  /** Bytes of the file below this child: its entry in `blocksizes`. */
  fileBytes: number
  /** Bytes of all blocks below and with this child, each counted as often as it is linked: its Tsize. */
  dagBytes: number
}

const PB_DATA = 0x0a // PBNode.Data, length-delimited
const PB_LINK = 0x12 // PBNode.Links, length-delimited
const LINK_HASH = 0x0a
const LINK_NAME = 0x12
const LINK_TSIZE = 0x18
const UNIXFS_TYPE = 0x08
const UNIXFS_DATA = 0x12
const UNIXFS_FILESIZE = 0x18
const UNIXFS_BLOCKSIZES = 0x20
const TYPE_FILE = 2

const linkLength = (link: FileLink): number => {
  const hash = link.cid.bytes.length
  return 1 + varintLength(hash) + hash + 2 + 1 + varintLength(link.dagBytes)
}

/**
 * A dag-pb node of UnixFS type File over `links`, byte for byte as Kubo writes it: links before data, each with an
 * empty name, `blocksizes` not packed (<https://specs.ipfs.tech/unixfs/>, <https://ipld.io/specs/codecs/dag-pb/spec/>).
 */
export const encodeFileNode = (links: readonly FileLink[]): Uint8Array => {
  let fileBytes = 0
  let linksLength = 0
  let blockSizesLength = 0
  for (const link of links) {
    const length = linkLength(link)
    linksLength += 1 + varintLength(length) + length
    blockSizesLength += 1 + varintLength(link.fileBytes)
    fileBytes += link.fileBytes
  }
  const dataLength = 2 + 1 + varintLength(fileBytes) + blockSizesLength
  const bytes = Buffer.allocUnsafe(linksLength + 1 + varintLength(dataLength) + dataLength)
  let at = 0
  for (const link of links) {
    const hash = link.cid.bytes
    bytes[at++] = PB_LINK
    at = writeVarint(bytes, at, linkLength(link))
    bytes[at++] = LINK_HASH
    at = writeVarint(bytes, at, hash.length)
    bytes.set(hash, at)
    at += hash.length
    bytes[at++] = LINK_NAME
    bytes[at++] = 0
    bytes[at++] = LINK_TSIZE
    at = writeVarint(bytes, at, link.dagBytes)
  }
  bytes[at++] = PB_DATA
  at = writeVarint(bytes, at, dataLength)
  bytes[at++] = UNIXFS_TYPE
  bytes[at++] = TYPE_FILE
  bytes[at++] = UNIXFS_FILESIZE
  at = writeVarint(bytes, at, fileBytes)
  for (const link of links) {
    bytes[at++] = UNIXFS_BLOCKSIZES
    at = writeVarint(bytes, at, link.fileBytes)
  }
  return bytes
}

/** A dag-pb leaf of UnixFS type File that holds the bytes of `parts`; an empty one has no data field, as in Kubo. */
export const encodeFileLeaf = (parts: readonly Uint8Array[], length: number): Uint8Array => {
  const sizeLength = varintLength(length)
  const dataField = length === 0 ? 0 : 1 + sizeLength + length
  const dataLength = 2 + dataField + 1 + sizeLength
  const bytes = Buffer.allocUnsafe(1 + varintLength(dataLength) + dataLength)
  let at = 0
  bytes[at++] = PB_DATA
  at = writeVarint(bytes, at, dataLength)
  bytes[at++] = UNIXFS_TYPE
  bytes[at++] = TYPE_FILE
  if (length > 0) {
    bytes[at++] = UNIXFS_DATA
    at = writeVarint(bytes, at, length)
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
  }
  bytes[at++] = UNIXFS_FILESIZE
  writeVarint(bytes, at, length)
  return bytes
}

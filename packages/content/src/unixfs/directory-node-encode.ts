import { varintLength, writeVarint } from './varint.ts'

/** An entry of a directory's node. */
export type DirectoryLink = {
  name: string
  /** The CID's bytes. */
  cid: Uint8Array
  /** Bytes of all blocks below and with this entry, each counted as often as it is linked: its Tsize. */
  dagBytes: number
}

const PB_DATA = 0x0a // PBNode.Data, length-delimited
const PB_LINK = 0x12 // PBNode.Links, length-delimited
const LINK_HASH = 0x0a
const LINK_NAME = 0x12
const LINK_TSIZE = 0x18
const UNIXFS_TYPE = 0x08
const UNIXFS_DATA = 0x12
const UNIXFS_HASH_TYPE = 0x28
const UNIXFS_FANOUT = 0x30
const TYPE_DIRECTORY = 1
const TYPE_HAMT_SHARD = 5
const HASH_MURMUR3_X64_64 = 0x22
const DIRECTORY_DATA = Uint8Array.of(UNIXFS_TYPE, TYPE_DIRECTORY)

/** Bytes of a basic directory's block without links. */
export const EMPTY_DIRECTORY_BYTES = 2 + DIRECTORY_DATA.length

const messageBytes = (nameBytes: number, cidBytes: number, dagBytes: number): number =>
  1 + varintLength(cidBytes) + cidBytes + 1 + varintLength(nameBytes) + nameBytes + 1 + varintLength(dagBytes)

/** Bytes that an entry adds to the block of a basic directory. */
export const linkBytes = (nameBytes: number, cidBytes: number, dagBytes: number): number => {
  const message = messageBytes(nameBytes, cidBytes, dagBytes)
  return 1 + varintLength(message) + message
}

/** A basic directory's block; `links` are in the order of their names' bytes. */
export const encodeDirectory = (links: readonly DirectoryLink[]): Uint8Array => encodeNode(links, DIRECTORY_DATA)

/**
 * A shard's block. Each link's name begins with its slot in hexadecimal; `bitfield` has a bit for each slot in use, the
 * last byte's lowest bit for slot 0, without leading zero bytes.
 */
export const encodeShard = (links: readonly DirectoryLink[], bitfield: Uint8Array, fanout: number): Uint8Array => {
  const bitfieldLength = varintLength(bitfield.length)
  const data = new Uint8Array(2 + 1 + bitfieldLength + bitfield.length + 2 + 1 + varintLength(fanout))
  data[0] = UNIXFS_TYPE
  data[1] = TYPE_HAMT_SHARD
  data[2] = UNIXFS_DATA
  let at = writeVarint(data, 3, bitfield.length)
  data.set(bitfield, at)
  at += bitfield.length
  data[at++] = UNIXFS_HASH_TYPE
  data[at++] = HASH_MURMUR3_X64_64
  data[at++] = UNIXFS_FANOUT
  writeVarint(data, at, fanout)
  return encodeNode(links, data)
}

/** Byte for byte as Kubo writes it: links before data, each with hash, name and Tsize. */
const encodeNode = (links: readonly DirectoryLink[], data: Uint8Array): Uint8Array => {
  const names = links.map(({ name }) => Buffer.byteLength(name))
  let length = 1 + varintLength(data.length) + data.length
  for (const [index, link] of links.entries())
    length += linkBytes(names[index] as number, link.cid.length, link.dagBytes)
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const [index, { name, cid, dagBytes }] of links.entries()) {
    const nameBytes = names[index] as number
    bytes[at++] = PB_LINK
    at = writeVarint(bytes, at, messageBytes(nameBytes, cid.length, dagBytes))
    bytes[at++] = LINK_HASH
    at = writeVarint(bytes, at, cid.length)
    bytes.set(cid, at)
    at += cid.length
    bytes[at++] = LINK_NAME
    at = writeVarint(bytes, at, nameBytes)
    at += bytes.write(name, at)
    bytes[at++] = LINK_TSIZE
    at = writeVarint(bytes, at, dagBytes)
  }
  bytes[at++] = PB_DATA
  at = writeVarint(bytes, at, data.length)
  bytes.set(data, at)
  return bytes
}

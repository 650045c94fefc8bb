import type { Span } from './pb-node-decode.ts'
import { ProtobufReader } from './protobuf-reader.ts'

/** UnixFS `DataType` by number. */
export const UNIXFS_TYPES = ['raw', 'directory', 'file', 'metadata', 'symlink', 'hamt-sharded-directory'] as const
export type UnixfsType = (typeof UNIXFS_TYPES)[number]

/** The UnixFS message in a node; `data` is where its bytes lie in the block. Numbers are bytes. */
export type UnixfsData = {
  type: UnixfsType
  data: Span | undefined
  filesize: number | undefined
  blocksizes: number[]
  /** Of a sharded directory. */
  hashType: number | undefined
  fanout: number | undefined
}

const TYPE = 0x08
const DATA = 0x12
const FILESIZE = 0x18
const BLOCKSIZES = 0x20
const BLOCKSIZES_PACKED = 0x22
const HASH_TYPE = 0x28
const FANOUT = 0x30

/**
 * Reads the UnixFS message at `span` of a block (<https://specs.ipfs.tech/unixfs/#data-format>). Fields that say nothing
 * about the bytes (mode, mtime) are passed over.
 * @throws RangeError when it is malformed or has more than `maxBlocksizes` sizes
 */
export const decodeUnixfsData = (block: Uint8Array, { start, end }: Span, maxBlocksizes: number): UnixfsData => {
  const reader = new ProtobufReader(block, start, end)
  const blocksizes: number[] = []
  let type: UnixfsType | undefined
  let data: Span | undefined
  let filesize: number | undefined
  let hashType: number | undefined
  let fanout: number | undefined
  const addBlocksize = (size: number) => {
    if (blocksizes.length === maxBlocksizes) throw new RangeError('there are more block sizes than links')
    blocksizes.push(size)
  }
  while (!reader.done) {
    const tag = reader.varint()
    if (tag === TYPE) type = UNIXFS_TYPES[reader.varint()]
    else if (tag === DATA) data = reader.delimited()
    else if (tag === FILESIZE) filesize = reader.varint()
    else if (tag === HASH_TYPE) hashType = reader.varint()
    else if (tag === FANOUT) fanout = reader.varint()
    else if (tag === BLOCKSIZES) addBlocksize(reader.varint())
    else if (tag === BLOCKSIZES_PACKED) {
      const packed = reader.delimited()
      const sizes = new ProtobufReader(block, packed.start, packed.end)
      while (!sizes.done) addBlocksize(sizes.varint())
    } else reader.skip(tag & 7)
  }
  if (type === undefined) throw new RangeError('the UnixFS type is missing or unknown')
  return { type, data, filesize, blocksizes, hashType, fanout }
}

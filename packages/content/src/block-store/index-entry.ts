/** Where a block's bytes lie: they start at `offset` of `segments/<segment>.car`. */
export type BlockLocation = { segment: number; offset: number; length: number }

/** A block in the index: `count` = distinct links to it from indexed blocks + roots on it. */
export type IndexEntry = BlockLocation & { count: number }

/** segment u32 ‖ offset u48 ‖ length u32 ‖ count u32 */
const ENTRY_BYTES = 18

export const encodeEntry = (entry: IndexEntry): Buffer => {
  const bytes = Buffer.allocUnsafe(ENTRY_BYTES)
  bytes.writeUInt32BE(entry.segment, 0)
  bytes.writeUIntBE(entry.offset, 4, 6)
  bytes.writeUInt32BE(entry.length, 10)
  bytes.writeUInt32BE(entry.count, 14)
  return bytes
}

export const decodeLocation = (bytes: Buffer): BlockLocation => ({
  segment: bytes.readUInt32BE(0),
  offset: bytes.readUIntBE(4, 6),
  length: bytes.readUInt32BE(10),
})

export const decodeEntry = (bytes: Buffer): IndexEntry => ({
  segment: bytes.readUInt32BE(0),
  offset: bytes.readUIntBE(4, 6),
  length: bytes.readUInt32BE(10),
  count: bytes.readUInt32BE(14),
})

/** A root: `segment` is where its marker lies; -1 for `bytes` or `blocks` means not known. */
export type RootValue = { addedAt: number; segment: number; bytes: number; blocks: number }

export const encodeRoot = (root: RootValue): Buffer => {
  const bytes = Buffer.allocUnsafe(28)
  bytes.writeDoubleBE(root.addedAt, 0)
  bytes.writeUInt32BE(root.segment, 8)
  bytes.writeDoubleBE(root.bytes, 12)
  bytes.writeDoubleBE(root.blocks, 20)
  return bytes
}

export const decodeRoot = (bytes: Buffer): RootValue => ({
  addedAt: bytes.readDoubleBE(0),
  segment: bytes.readUInt32BE(8),
  bytes: bytes.readDoubleBE(12),
  blocks: bytes.readDoubleBE(20),
})

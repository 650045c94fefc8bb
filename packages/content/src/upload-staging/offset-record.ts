import { createHash } from 'node:crypto'

/**
 * How many bytes of an upload count, as it stands at the head of its file. There are two places for it, in disk sectors
 * apart, and the older one is overwritten: whatever a power cut tears, one of them is whole.
 */
export type OffsetRecord = {
  /** Rises by one with each record of a file. */
  sequence: number
  /** Bytes that count. */
  offset: number
  /** From here to `offset` the bytes may be younger than the record; they count only when they have `digest`. */
  checkedFrom: number
  /** SHA-256 of the bytes from `checkedFrom` to `offset`. */
  digest: Uint8Array
}

/** The two places of records, and where the upload's own bytes begin. */
export const RECORD_POSITIONS = [0, 4096] as const
export const DATA_POSITION = 8192
export const RECORD_BYTES = 128

const MAGIC = Buffer.from('HFSTAGE1')
const BODY_BYTES = 8 + 3 * 8 + 32
const CHECK_BYTES = 32

/** sha256 of nothing: a record that vouches for all that it counts. */
export const NOTHING_DIGEST: Uint8Array = createHash('sha256').digest()

/** RECORD_BYTES: magic, sequence, offset, checkedFrom, digest, SHA-256 of all that; zeros. */
export const encodeOffsetRecord = ({ sequence, offset, checkedFrom, digest }: OffsetRecord): Buffer => {
  const bytes = Buffer.alloc(RECORD_BYTES)
  MAGIC.copy(bytes, 0)
  bytes.writeBigUInt64LE(BigInt(sequence), 8)
  bytes.writeBigUInt64LE(BigInt(offset), 16)
  bytes.writeBigUInt64LE(BigInt(checkedFrom), 24)
  bytes.set(digest, 32)
  bytes.set(checkOf(bytes), BODY_BYTES)
  return bytes
}

/** Undefined for what is not a whole record. */
export const decodeOffsetRecord = (bytes: Uint8Array): OffsetRecord | undefined => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (buffer.length < BODY_BYTES + CHECK_BYTES || !buffer.subarray(0, 8).equals(MAGIC)) return undefined
  if (!buffer.subarray(BODY_BYTES, BODY_BYTES + CHECK_BYTES).equals(checkOf(buffer))) return undefined
  return {
    sequence: Number(buffer.readBigUInt64LE(8)),
    offset: Number(buffer.readBigUInt64LE(16)),
    checkedFrom: Number(buffer.readBigUInt64LE(24)),
    digest: Uint8Array.from(buffer.subarray(32, 64)),
  }
}

const checkOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes.subarray(0, BODY_BYTES)).digest()

import { varint } from 'multiformats'
import { type BlockKey, keyToCidBytes } from './block-key.ts'

/** CARv1 header: dag-cbor of {roots: [], version: 1}, after its length. https://ipld.io/specs/transport/car/carv1/ */
export const CAR_HEADER = Buffer.from('11a265726f6f7473806776657273696f6e01', 'hex')

/** What a record may hold when it is read: older stores took blocks of 4 MiB. What is taken today stands in `dag-limits.ts`. */
export const MAX_BLOCK_BYTES = 4 * 1024 * 1024
/** A record's CID is never longer: identity CIDs have 128 bytes of digest at most. */
export const MAX_RECORD_CID_BYTES = 160
/** A record's length varint: a block of 4 MiB needs four bytes. */
export const MAX_RECORD_HEAD_BYTES = 5 + MAX_RECORD_CID_BYTES

const headOf = (cidBytes: Uint8Array, dataLength: number): Buffer => {
  const length = cidBytes.length + dataLength
  const head = Buffer.allocUnsafe(varint.encodingLength(length) + cidBytes.length)
  varint.encodeTo(length, head, 0)
  head.set(cidBytes, head.length - cidBytes.length)
  return head
}

/** What stands before a block's bytes in a segment: varint(length) ‖ CIDv1. */
export const recordHead = (key: BlockKey, dataLength: number): Buffer => headOf(keyToCidBytes(key), dataLength)

/** A whole record of an identity CID (codec raw): CAR wants the bytes twice, in the CID and as data. */
export const identityRecord = (digest: Uint8Array): Buffer => {
  const cid = Buffer.concat([
    Uint8Array.of(1, 0x55, 0),
    varint.encodeTo(digest.length, new Uint8Array(varint.encodingLength(digest.length))),
    digest,
  ])
  return Buffer.concat([headOf(cid, digest.length), digest])
}

export type RecordHead = {
  cidStart: number
  cidLength: number
  key: BlockKey
  identity: Buffer | undefined
  dataLength: number
  dataStart: number
}

/**
 * Reads a record's head at the start of `bytes` (which holds at least `MAX_RECORD_HEAD_BYTES`, or all that is left).
 * Positions are relative to it. `undefined` when there is no well-formed head.
 */
export const parseRecordHead = (bytes: Buffer): RecordHead | undefined => {
  try {
    const [length, cidStart] = varint.decode(bytes)
    if (bytes[cidStart] !== 1) return undefined
    const [codec, codecLength] = varint.decode(bytes, cidStart + 1)
    const hashStart = cidStart + 1 + codecLength
    const [hashCode, hashCodeLength] = varint.decode(bytes, hashStart)
    const [digestLength, digestLengthLength] = varint.decode(bytes, hashStart + hashCodeLength)
    const digestStart = hashStart + hashCodeLength + digestLengthLength
    const dataStart = digestStart + digestLength
    const dataLength = length - (dataStart - cidStart)
    if (dataStart - cidStart > MAX_RECORD_CID_BYTES || dataStart > bytes.length) return undefined
    if (dataLength < 0 || dataLength > MAX_BLOCK_BYTES) return undefined
    const multihash = bytes.toString('latin1', hashStart, dataStart)
    return {
      cidStart,
      cidLength: dataStart - cidStart,
      key: multihash + bytes.toString('latin1', cidStart + 1, cidStart + 1 + varint.encodingLength(codec)),
      identity: hashCode === 0 ? Buffer.from(bytes.subarray(digestStart, dataStart)) : undefined,
      dataLength,
      dataStart,
    }
  } catch {
    // A varint that does not end: no record.
    return undefined
  }
}

import { type KeyObject, sign } from 'node:crypto'
import { encode } from '@ipld/dag-cbor'

const NANOSECONDS = 1_000_000_000n

const varint = (value: bigint): Buffer => {
  const bytes: number[] = []
  let left = value
  while (left > 0x7fn) {
    bytes.push(Number(left & 0x7fn) | 0x80)
    left >>= 7n
  }
  return Buffer.from([...bytes, Number(left)])
}

/** One field of a protobuf message. */
export const protobufField = (field: number, value: Uint8Array | bigint): Buffer =>
  typeof value === 'bigint'
    ? Buffer.concat([varint(BigInt(field * 8)), varint(value)])
    : Buffer.concat([varint(BigInt(field * 8 + 2)), varint(BigInt(value.length)), value])

export type IpnsRecordFields = {
  /** A content path. */
  value: string
  sequence: bigint
  /** RFC 3339 with nanoseconds: the end of its life. */
  validity: string
  ttlSeconds: number
}

/** A record of version 2, signed by an Ed25519 key, which stands in its name itself (IPNS record specification, "Record Creation"). */
export const createIpnsRecord = (
  key: KeyObject,
  { value, sequence, validity, ttlSeconds }: IpnsRecordFields,
): Buffer => {
  const data = encode({
    Value: Buffer.from(value),
    Validity: Buffer.from(validity),
    ValidityType: 0,
    Sequence: sequence,
    TTL: BigInt(ttlSeconds) * NANOSECONDS,
  })
  const signature = sign(null, Buffer.concat([Buffer.from('ipns-signature:'), data]), key)
  return Buffer.concat([protobufField(8, signature), protobufField(9, data)])
}

import { decode } from '@ipld/dag-cbor'
import { readProtobuf } from './protobuf-fields.ts'

/** IPNS record specification, "Record Size Limit". */
export const MAX_RECORD_BYTES = 10 * 1024

/** A record as its signed data says it; not verified. */
export type IpnsRecord = {
  /** A content path, `/ipfs/…` or `/ipns/…`. */
  value: string
  sequence: bigint
  /** The signed end of its life; milliseconds since 1970, nanoseconds cut off. */
  validUntil: number
  /** Seconds that resolvers may keep it; undefined when it says none. */
  ttl: number | undefined
  /** What is signed, and by what. */
  data: Buffer
  signatureV2: Buffer
  publicKey: Buffer | undefined
}

/** Why bytes are no record. The message is for people. */
export class InvalidIpnsRecord extends Error {
  override readonly name = 'InvalidIpnsRecord'
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/
const PATH = /^\/ip[fn]s\/[^/\p{Cc}]+(\/[^\p{Cc}]*)?$/u
const MAX_VALUE_BYTES = 4096
const NANOSECONDS = 1_000_000_000n

type Signed = { value: Buffer; validity: Buffer; validityType: bigint; sequence: bigint; ttl: bigint }

const natural = (value: unknown): bigint | undefined => {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  const number = BigInt(value)
  return number >= 0n && number < 2n ** 64n ? number : undefined
}

const signedData = (data: Buffer): Signed => {
  let document: unknown
  try {
    document = decode(data)
  } catch (cause) {
    throw new InvalidIpnsRecord('Its data is no DAG-CBOR.', { cause })
  }
  const { Value, Validity, ValidityType, Sequence, TTL } = (document ?? {}) as Record<string, unknown>
  const validityType = natural(ValidityType)
  const sequence = natural(Sequence)
  const ttl = natural(TTL)
  if (!(Value instanceof Uint8Array) || !(Validity instanceof Uint8Array))
    throw new InvalidIpnsRecord('Its data has no Value or no Validity.')
  if (validityType === undefined || sequence === undefined || ttl === undefined)
    throw new InvalidIpnsRecord('Its data has no ValidityType, Sequence or TTL.')
  return { value: Buffer.from(Value), validity: Buffer.from(Validity), validityType, sequence, ttl }
}

/**
 * Reads a serialized record: steps 1, 2, 4 and 7 of the specification's "Record Verification". Legacy fields must say what the
 * signed data says; the legacy signature is never looked at.
 * @throws InvalidIpnsRecord
 */
export const readIpnsRecord = (bytes: Uint8Array): IpnsRecord => {
  if (bytes.length > MAX_RECORD_BYTES) throw new InvalidIpnsRecord('A record has 10 KiB at most.')
  const fields = readProtobuf(bytes)
  if (fields === undefined) throw new InvalidIpnsRecord('It is no record: the bytes are not as protobuf has them.')
  const signatureV2 = fields.bytes.get(8)
  const data = fields.bytes.get(9)
  if (signatureV2 === undefined || signatureV2.length === 0 || data === undefined || data.length === 0)
    throw new InvalidIpnsRecord('It has no signature of version 2.')
  const signed = signedData(data)
  const legacyValue = fields.bytes.get(1) ?? Buffer.alloc(0)
  const legacySignature = fields.bytes.get(2) ?? Buffer.alloc(0)
  if (legacyValue.length > 0 || legacySignature.length > 0) {
    const same =
      legacyValue.equals(signed.value) &&
      (fields.bytes.get(4) ?? Buffer.alloc(0)).equals(signed.validity) &&
      (fields.numbers.get(3) ?? 0n) === signed.validityType &&
      (fields.numbers.get(5) ?? 0n) === signed.sequence &&
      (fields.numbers.get(6) ?? 0n) === signed.ttl
    if (!same) throw new InvalidIpnsRecord('Its fields of version 1 are not what is signed.')
  }
  if (signed.validityType !== 0n) throw new InvalidIpnsRecord('Its ValidityType is not known.')
  const validity = signed.validity.toString('latin1')
  const validUntil = RFC3339.test(validity) ? Date.parse(validity) : Number.NaN
  if (Number.isNaN(validUntil)) throw new InvalidIpnsRecord('Its Validity is no time.')
  const value = signed.value.toString('utf8')
  if (signed.value.length > MAX_VALUE_BYTES || !PATH.test(value) || !Buffer.from(value).equals(signed.value))
    throw new InvalidIpnsRecord('Its Value is no content path.')
  const ttl = signed.ttl === 0n ? undefined : Number(signed.ttl / NANOSECONDS)
  return { value, sequence: signed.sequence, validUntil, ttl, data, signatureV2, publicKey: fields.bytes.get(7) }
}

/**
 * Which of two records of one name is in force: the higher sequence, then the later end, then the greater bytes, so that all who
 * hold both agree.
 * @returns above 0 when `a` is
 */
export const compareIpnsRecords = (a: IpnsRecord, b: IpnsRecord): number => {
  if (a.sequence !== b.sequence) return a.sequence > b.sequence ? 1 : -1
  if (a.validUntil !== b.validUntil) return a.validUntil - b.validUntil
  return Buffer.compare(a.data, b.data)
}

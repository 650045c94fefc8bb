import { createHash, hash, randomBytes } from 'node:crypto'
import { CODEC_RAW, HASH_SHA2_256 } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { blockKey } from './block-key.ts'
import { identityRecord, recordHead } from './car-record.ts'

/** Sequence of a marker, and the place of an item in its list. */
export type ItemPlace = [sequence: number, order: number]

/**
 * What a marker says happened. `cid` is a CIDv1 in base32. `was`: a compaction copied the item from another marker, whose place among all markers
 * still counts. `of`: the segment with the marker that this release ends.
 */
export type MarkerItem =
  | {
      kind: 'commit' | 'adopt'
      contentId: string
      cid: string
      at: number
      bytes?: number
      blocks?: number
      was?: ItemPlace
    }
  | { kind: 'release'; contentId: string; of?: number; was?: ItemPlace }

/**
 * A marker ends each batch or upload. It is an identity CID of 60 bytes: 'hfc1' ‖ start offset u64 ‖ sequence u64 ‖ offset of the list u64 ‖
 * checksum over the CIDs of all records since the last marker ‖ tag (16 bytes each). The record before it, the list, is a raw block (JSON) that
 * says what is committed, so that any CAR reader can read and check a segment. Checksum and tag depend on the secret in the
 * segment's title: an uploaded block that looks like a marker is none.
 */
export type Marker = { start: number; sequence: number; listStart: number; checksum: Buffer; tag: Buffer }

const MARKER_MAGIC = 'hfc1'
const SEGMENT_MAGIC = 'hfs1'
const SUM_BYTES = 16
const MARKER_DIGEST_BYTES = 28 + 2 * SUM_BYTES
const SECRET_BYTES = 16

/** How every marker record starts after its length; used to find the next one behind damaged bytes. */
export const MARKER_CID_PREFIX = Buffer.concat([
  Uint8Array.of(1, 0x55, 0, MARKER_DIGEST_BYTES),
  Buffer.from(MARKER_MAGIC),
])

/** The length varint that stands before `MARKER_CID_PREFIX`: one byte. */
export const MARKER_LENGTH_BYTES = 1

const tagOf = (secret: Buffer, fields: Uint8Array, listCid: Uint8Array): Buffer =>
  createHash('sha256').update(secret).update(fields).update(listCid).digest().subarray(0, SUM_BYTES)

export const encodeMarker = (secret: Buffer, marker: Omit<Marker, 'tag'>, listCid: Uint8Array): Buffer => {
  const digest = Buffer.alloc(MARKER_DIGEST_BYTES)
  digest.write(MARKER_MAGIC, 'latin1')
  digest.writeBigUInt64BE(BigInt(marker.start), 4)
  digest.writeBigUInt64BE(BigInt(marker.sequence), 12)
  digest.writeBigUInt64BE(BigInt(marker.listStart), 20)
  digest.set(marker.checksum, 28)
  digest.set(tagOf(secret, digest.subarray(4, 28 + SUM_BYTES), listCid), 28 + SUM_BYTES)
  return identityRecord(digest)
}

/** Reads what looks like a marker; believe it only when `isGenuine`. */
export const decodeMarker = (digest: Buffer): Marker | undefined =>
  digest.length === MARKER_DIGEST_BYTES && digest.toString('latin1', 0, 4) === MARKER_MAGIC
    ? {
        start: Number(digest.readBigUInt64BE(4)),
        sequence: Number(digest.readBigUInt64BE(12)),
        listStart: Number(digest.readBigUInt64BE(20)),
        checksum: digest.subarray(28, 28 + SUM_BYTES),
        tag: digest.subarray(28 + SUM_BYTES),
      }
    : undefined

export const isGenuine = (secret: Buffer, digest: Buffer, listCid: Uint8Array): boolean =>
  tagOf(secret, digest.subarray(4, 28 + SUM_BYTES), listCid).equals(digest.subarray(28 + SUM_BYTES))

/** The list of a marker as a raw block. */
export const encodeItems = (items: readonly MarkerItem[]): { record: Buffer; cidBytes: Uint8Array } => {
  const bytes = Buffer.from(JSON.stringify(items))
  const cid = CID.createV1(CODEC_RAW, Digest.create(HASH_SHA2_256, hash('sha256', bytes, 'buffer')))
  return { record: Buffer.concat([recordHead(blockKey(cid), bytes.length), bytes]), cidBytes: cid.bytes }
}

const isPlace = (value: unknown): value is ItemPlace =>
  Array.isArray(value) && value.length === 2 && value.every((part) => Number.isSafeInteger(part))

const isItem = (item: unknown): item is MarkerItem => {
  if (typeof item !== 'object' || item === null || !('kind' in item) || !('contentId' in item)) return false
  if (typeof item.contentId !== 'string' || ('was' in item && !isPlace(item.was))) return false
  if (item.kind === 'release') return true
  return (
    (item.kind === 'commit' || item.kind === 'adopt') && 'cid' in item && typeof item.cid === 'string' && 'at' in item
  )
}

export const decodeItems = (bytes: Uint8Array): MarkerItem[] | undefined => {
  try {
    const items: unknown = JSON.parse(Buffer.from(bytes).toString())
    return Array.isArray(items) && items.every(isItem) ? items : undefined
  } catch {
    return undefined
  }
}

/** The first record of a segment says whose it is, and holds the secret of its markers. */
export type SegmentKind = 'shared' | 'own' | 'compaction'
export type SegmentTitle = { kind: SegmentKind; realm: string; secret: Buffer }

export const newTitle = (kind: SegmentKind, realm: string): SegmentTitle => ({
  kind,
  realm,
  secret: randomBytes(SECRET_BYTES),
})

const KINDS: Record<string, SegmentKind> = { s: 'shared', o: 'own', c: 'compaction' }

/** 'hfs1' ‖ first letter of the kind ‖ secret ‖ realm */
export const encodeTitle = ({ kind, realm, secret }: SegmentTitle): Buffer =>
  identityRecord(Buffer.concat([Buffer.from(`${SEGMENT_MAGIC}${kind[0]}`), secret, Buffer.from(realm)]))

export const decodeTitle = (digest: Buffer): SegmentTitle | undefined => {
  const secretStart = SEGMENT_MAGIC.length + 1
  if (digest.length <= secretStart + SECRET_BYTES || digest.toString('latin1', 0, 4) !== SEGMENT_MAGIC) return undefined
  return {
    kind: KINDS[digest.toString('latin1', 4, 5)] ?? 'shared',
    realm: digest.toString('latin1', secretStart + SECRET_BYTES),
    secret: Buffer.from(digest.subarray(secretStart, secretStart + SECRET_BYTES)),
  }
}

/** Whether a segment's first record says what the index says: markers are only read by a rebuild that has their secret. */
export const fitsTitle = (
  known: { kind: SegmentKind; realm: string; secret: string },
  title: SegmentTitle | undefined,
): boolean => title?.kind === known.kind && title.realm === known.realm && title.secret.toString('hex') === known.secret

/** Checksum over the CIDs since the last marker. */
export const cidChecksum = (secret: Buffer): { add(cidBytes: Uint8Array): void; digest(): Buffer } => {
  const sum = createHash('sha256').update(secret)
  return { add: (cidBytes) => void sum.update(cidBytes), digest: () => sum.digest().subarray(0, SUM_BYTES) }
}

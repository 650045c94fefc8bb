import { CODEC_RAW, HASH_IDENTITY, MAX_IDENTITY_DIGEST_BYTES } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type MultihashDigest, varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

/**
 * What the index is keyed by, inside a realm: multihash ‖ codec varint, as a latin1 string so that it can be a Map key.
 * The codec is part of it because a block's links, and so everybody's counts, depend on how it is read: a raw leaf
 * may hold the very bytes of a dag-pb node.
 */
export type BlockKey = string

export const isIdentity = (cid: CID): boolean => cid.multihash.code === HASH_IDENTITY

const joinKey = (multihash: Uint8Array, codec: number): Buffer => {
  const key = Buffer.allocUnsafe(multihash.length + varint.encodingLength(codec))
  key.set(multihash)
  varint.encodeTo(codec, key, multihash.length)
  return key
}

/** The index key of a CID; v0 and v1 of one block have the same. */
export const blockKeyBytes = (cid: CID): Buffer => joinKey(cid.multihash.bytes, cid.code)

export const blockKey = (cid: CID): BlockKey => blockKeyBytes(cid).toString('latin1')

export const keyToBytes = (key: BlockKey): Buffer => Buffer.from(key, 'latin1')

const multihashLength = (key: Uint8Array): number => {
  const [, codeLength] = varint.decode(key)
  const [digestLength, lengthLength] = varint.decode(key, codeLength)
  return codeLength + lengthLength + digestLength
}

export const bytesToKey = (bytes: Uint8Array): BlockKey =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

/** Whether a key of the index is one of this multihash: what follows it is a codec, and nothing else. Damage may have left more or less. */
export const isKeyOf = (key: Uint8Array, multihash: Uint8Array): boolean =>
  Buffer.compare(key.subarray(0, multihash.length), multihash) === 0 && endsWithCodec(key, () => multihash.length)

/** Whether bytes of the index are a key at all. */
export const isBlockKey = (key: Uint8Array): boolean => endsWithCodec(key, multihashLength)

const endsWithCodec = (key: Uint8Array, startOf: (key: Uint8Array) => number): boolean => {
  try {
    const start = startOf(key)
    return start + varint.decode(key, start)[1] === key.length
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** The codec that the key's block is read with. */
export const codecOfKey = (key: BlockKey): number => {
  // Nearly every key: sha2-256 and a codec of one byte.
  if (key.length === 35 && key.charCodeAt(1) === 32) return key.charCodeAt(34)
  const bytes = keyToBytes(key)
  return varint.decode(bytes, multihashLength(bytes))[0]
}

export const isRawKey = (key: BlockKey): boolean => codecOfKey(key) === CODEC_RAW

export const multihashOfKey = (key: BlockKey): MultihashDigest => {
  const bytes = keyToBytes(key)
  return Digest.decode(new Uint8Array(bytes.subarray(0, multihashLength(bytes))))
}

/** CIDv1 bytes of a key: version ‖ codec ‖ multihash. */
export const keyToCidBytes = (key: BlockKey): Buffer => {
  const bytes = keyToBytes(key)
  const length = multihashLength(bytes)
  return Buffer.concat([Uint8Array.of(1), bytes.subarray(length), bytes.subarray(0, length)])
}

export const keyToCid = (key: BlockKey): CID => CID.decode(keyToCidBytes(key))

/** Refuses identity CIDs that are too long to be a CID anywhere else (IPIP-512). */
export const checkIdentity = (cid: CID): void => {
  if (cid.multihash.digest.length > MAX_IDENTITY_DIGEST_BYTES)
    throw new HoldfastError('unsupported_cid', { detail: 'An identity CID may hold 128 bytes at most.' })
}

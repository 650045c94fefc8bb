import { HASH_IDENTITY, HASH_SHA2_256 } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import { Digest } from 'multiformats/hashes/digest'
import { LIST_CODEC } from '../block-store/block-list.ts'
import { partsMatchHash } from '../block-store/hash-block.ts'
import type { CarLimits } from '../dag/dag-limits.ts'
import { invalidCar } from './car-errors.ts'
import type { PieceQueue } from './piece-queue.ts'
import { readVarint } from './read-varint.ts'

/** A block whose bytes were hashed and fit its CID. They lie in pieces of the stream that they came with. */
export type CarBlock = { cid: CID; parts: Uint8Array[]; length: number }

/** `more`: the section is not there yet as a whole. `padding`: a length of nought. */
export type CarSection = CarBlock | 'more' | 'padding'

const MAX_VARINT_BYTES = 4

/**
 * Takes the next section off `queue` when all of it is there and within `room` bytes.
 * @throws HoldfastError `invalid_car`, `unsupported_cid`, `payload_too_large` for a block beyond 2 MiB
 */
export const takeSection = (queue: PieceQueue, room: number, limits: CarLimits): CarSection => {
  const length = readVarint(queue.peek(Math.min(MAX_VARINT_BYTES, room)), 'a section')
  if (length === undefined) {
    if (room < MAX_VARINT_BYTES && queue.length >= room) throw invalidCar('its last section is cut off')
    return 'more'
  }
  if (length.value === 0) return 'padding'
  if (length.value > limits.maxCidBytes + limits.maxBlockBytes) throw blockTooLarge(limits)
  if (length.length + length.value > room) throw invalidCar('a section goes beyond the data')
  if (queue.length < length.length + length.value) return 'more'
  const at = queue.taken
  queue.skip(length.length)
  const { cid, cidLength } = readSectionCid(queue.peek(Math.min(length.value, limits.maxCidBytes)), at)
  queue.skip(cidLength)
  const dataLength = length.value - cidLength
  if (dataLength > limits.maxBlockBytes) throw blockTooLarge(limits)
  const parts = queue.take(dataLength)
  if (!partsMatchHash(cid.multihash, parts)) throw invalidCar(`the block at byte ${at} is not what its CID ${cid} says`)
  return { cid, parts, length: dataLength }
}

const blockTooLarge = ({ maxBlockBytes }: CarLimits): HoldfastError =>
  new HoldfastError('payload_too_large', { detail: `A block may have ${maxBlockBytes} bytes at most.` })

const USUAL_CID_BYTES = 36

/** Nearly every CID: version 1, a codec of one byte, sha2-256. Read by hand: of what a tiny block costs, this is the most. */
const readUsualCid = (bytes: Uint8Array): CID | undefined => {
  const codec = bytes[1] ?? 0x80
  if (bytes.length < USUAL_CID_BYTES || bytes[0] !== 1 || codec >= 0x80) return undefined
  if (bytes[2] !== HASH_SHA2_256 || bytes[3] !== 32) return undefined
  const own = bytes.subarray(0, USUAL_CID_BYTES)
  return new CID(1, codec, new Digest(HASH_SHA2_256, 32, own.subarray(4), own.subarray(2)), own)
}

const readSectionCid = (bytes: Uint8Array, at: number): { cid: CID; cidLength: number } => {
  const usual = readUsualCid(bytes)
  if (usual !== undefined) return { cid: usual, cidLength: USUAL_CID_BYTES }
  let cid: CID
  let cidLength: number
  try {
    const { size, digestSize, multihashCode } = CID.inspectBytes(bytes)
    if (size > bytes.length) throw new RangeError('longer than its section, or than any CID')
    cid = CID.decode(bytes.subarray(0, size))
    cidLength = size
    // Numbers with more bytes than needed would give one block many names.
    const multihashLength = varint.encodingLength(multihashCode) + varint.encodingLength(digestSize) + digestSize
    if (cid.multihash.bytes.length !== multihashLength || cid.bytes.length !== size)
      throw new RangeError('not canonical')
  } catch (cause) {
    throw invalidCar(`the section at byte ${at} has no valid CID`, cause)
  }
  // Lists are our own: from outside they could hold anything below a name that no other software knows.
  if (cid.code === LIST_CODEC) throw unsupported(`Blocks of codec 0x${LIST_CODEC.toString(16)} cannot be stored.`)
  if (cid.multihash.code === HASH_IDENTITY && cid.multihash.digest.length > 128)
    throw unsupported('An identity CID may hold 128 bytes at most.')
  return { cid, cidLength }
}

const unsupported = (detail: string): HoldfastError => new HoldfastError('unsupported_cid', { detail })

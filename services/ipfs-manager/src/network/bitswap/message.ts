import { ProtobufReader } from '@packages/content/unixfs/protobuf-reader'
import { varintLength, writeVarint } from '@packages/content/unixfs/varint'
import { CID } from 'multiformats/cid'

/** One line of a want list. `cid` keeps the codec that it was asked with; what is compared is its multihash. */
export type WantEntry = {
  cid: CID
  kind: 'block' | 'have' | 'cancel'
  /** Say so when it is not held. */
  sendDontHave: boolean
}

export type Presence = { cid: CID; isHeld: boolean }

/** A block as it came: `prefix` is the CID without its digest, which the receiver computes. */
export type ReceivedBlock = { prefix: Uint8Array; data: Uint8Array }

/** A Bitswap 1.2 message (https://specs.ipfs.tech/bitswap-protocol/). `isFull`: replaces the want list that was sent before. */
export type BitswapMessage = {
  isFull: boolean
  wants: WantEntry[]
  blocks: ReceivedBlock[]
  presences: Presence[]
}

/** Longer CIDs than an identity CID of 128 bytes has are nobody's content. */
const MAX_CID_BYTES = 160
const PRIORITY = 1

const readCid = (bytes: Uint8Array): CID | undefined => {
  if (bytes.length > MAX_CID_BYTES) return undefined
  try {
    return CID.decode(bytes)
  } catch {
    return undefined
  }
}

/** Each field of a message by number; numbers as such, the others as bytes. */
function* fields(bytes: Uint8Array): Generator<[field: number, value: Uint8Array | number]> {
  const reader = new ProtobufReader(bytes)
  while (!reader.done) {
    const tag = reader.varint()
    const [field, wireType] = [Math.floor(tag / 8), tag % 8]
    // A negative priority has ten bytes, and says nothing to us.
    if (wireType === 0) yield [field, reader.claim() ?? 0]
    else if (wireType === 2) {
      const { start, end } = reader.delimited()
      yield [field, bytes.subarray(start, end)]
    } else reader.skip(wireType)
  }
}

const bytesOf = (value: Uint8Array | number): Uint8Array => (typeof value === 'number' ? new Uint8Array(0) : value)

const decodeWant = (bytes: Uint8Array): WantEntry | undefined => {
  let cid: CID | undefined
  let [isCancel, isHave, sendDontHave] = [false, false, false]
  for (const [field, value] of fields(bytes)) {
    if (field === 1) cid = readCid(bytesOf(value))
    else if (field === 3) isCancel = value !== 0
    else if (field === 4) isHave = value === 1
    else if (field === 5) sendDontHave = value !== 0
  }
  if (cid === undefined) return undefined
  return { cid, kind: isCancel ? 'cancel' : isHave ? 'have' : 'block', sendDontHave }
}

const decodePresence = (bytes: Uint8Array): Presence | undefined => {
  let cid: CID | undefined
  let isHeld = true
  for (const [field, value] of fields(bytes)) {
    if (field === 1) cid = readCid(bytesOf(value))
    else if (field === 2) isHeld = value === 0
  }
  return cid === undefined ? undefined : { cid, isHeld }
}

const decodeBlock = (bytes: Uint8Array): ReceivedBlock => {
  const block = { prefix: new Uint8Array(0), data: new Uint8Array(0) }
  for (const [field, value] of fields(bytes)) {
    if (field === 1) block.prefix = Uint8Array.from(bytesOf(value))
    else if (field === 2) block.data = Uint8Array.from(bytesOf(value))
  }
  return block
}

/**
 * Reads a message; what names no CID in it is passed over.
 * @param maxWants lines that are read of its want list
 * @throws RangeError for what is no message
 */
export const decodeMessage = (bytes: Uint8Array, maxWants: number): BitswapMessage => {
  const message: BitswapMessage = { isFull: false, wants: [], blocks: [], presences: [] }
  for (const [field, value] of fields(bytes)) {
    if (field === 1)
      for (const [inner, entry] of fields(bytesOf(value))) {
        if (inner === 2) message.isFull = entry !== 0
        if (inner !== 1 || message.wants.length >= maxWants) continue
        const want = decodeWant(bytesOf(entry))
        if (want !== undefined) message.wants.push(want)
      }
    else if (field === 3) message.blocks.push(decodeBlock(bytesOf(value)))
    else if (field === 4 && message.presences.length < maxWants) {
      const presence = decodePresence(bytesOf(value))
      if (presence !== undefined) message.presences.push(presence)
    }
  }
  return message
}

const tagged = (field: number, wireType: number, value: number): Uint8Array => {
  const bytes = new Uint8Array(1 + varintLength(value))
  bytes[0] = field * 8 + wireType
  writeVarint(bytes, 1, value)
  return bytes
}

const number = (field: number, value: number): Uint8Array => tagged(field, 0, value)

const delimited = (field: number, pieces: readonly Uint8Array[]): Uint8Array[] => [
  tagged(
    field,
    2,
    pieces.reduce((sum, piece) => sum + piece.length, 0),
  ),
  ...pieces,
]

/** The CID without its digest: version, codec, hash, length of the digest. */
const prefixOf = (cid: CID): Uint8Array => {
  const numbers = [cid.version, cid.code, cid.multihash.code, cid.multihash.size]
  const bytes = new Uint8Array(numbers.reduce((sum, value) => sum + varintLength(value), 0))
  let at = 0
  for (const value of numbers) at = writeVarint(bytes, at, value)
  return bytes
}

const encodeWant = ({ cid, kind, sendDontHave }: WantEntry): Uint8Array[] => [
  ...delimited(1, [cid.bytes]),
  number(2, PRIORITY),
  ...(kind === 'cancel' ? [number(3, 1)] : []),
  ...(kind === 'have' ? [number(4, 1)] : []),
  ...(sendDontHave ? [number(5, 1)] : []),
]

/** What is sent in one message. */
export type OutgoingMessage = {
  wants: readonly WantEntry[]
  blocks: readonly { cid: CID; data: Uint8Array }[]
  presences: readonly Presence[]
}

/** A message with its length before it, as it goes over a stream. */
export const encodeMessage = ({ wants, blocks, presences }: OutgoingMessage): Uint8Array => {
  const pieces: Uint8Array[] = []
  // An empty want list says that this message is not a full one.
  pieces.push(
    ...delimited(
      1,
      wants.flatMap((want) => delimited(1, encodeWant(want))),
    ),
  )
  for (const { cid, data } of blocks)
    pieces.push(...delimited(3, [...delimited(1, [prefixOf(cid)]), ...delimited(2, [data])]))
  for (const { cid, isHeld } of presences)
    pieces.push(...delimited(4, [...delimited(1, [cid.bytes]), ...(isHeld ? [] : [number(2, 1)])]))
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const head = new Uint8Array(varintLength(length))
  writeVarint(head, 0, length)
  return Buffer.concat([head, ...pieces], head.length + length)
}

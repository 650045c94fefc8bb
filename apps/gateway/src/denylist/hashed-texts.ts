import { hash } from 'node:crypto'
import { base32Into, base32Length } from '@packages/shared/base32-text'
import { base58Into, base58Length } from '@packages/shared/base58-text'
import { CODEC_CBOR, CODEC_DAG_CBOR, CODEC_DAG_JSON, CODEC_DAG_PB, CODEC_JSON, CODEC_RAW } from '@packages/shared/cid'
import { varint } from 'multiformats'
import type { CID } from 'multiformats/cid'

/** The same bytes can be asked for by each of them, and a hashed rule has the one that its author saw. */
const CODECS: readonly number[] = [CODEC_DAG_PB, CODEC_RAW, CODEC_DAG_CBOR, CODEC_CBOR, CODEC_DAG_JSON, CODEC_JSON]

const BASE32_PREFIX = 'b'.charCodeAt(0)
const NOTHING = Buffer.alloc(0)
const SLASH = Buffer.from('/')
/** Room for every text without a path of a CID that is served. */
const ROOM = 1_024
/** The longest that a number takes in a CID. */
const VARINT = 9
/** These make eight whole letters, and the codecs above are in them: CIDs of two of one length differ there alone. */
const HEAD_BYTES = 5

/** Where texts are put together that are only hashed, and the parts of it from its start, by their length. */
let room = Buffer.alloc(ROOM)
const parts: (Buffer | undefined)[] = []
/** A CID v1: its version, a codec, a multihash. */
let cidBytes = new Uint8Array(ROOM)

const partOf = (length: number): Buffer =>
  length > ROOM ? room.subarray(0, length) : (parts[length] ??= room.subarray(0, length))

const sha256 = (length: number): string => hash('sha256', partOf(length), 'latin1')

const makeRoom = (bytes: number): void => {
  if (room.length >= bytes) return
  room = Buffer.alloc(bytes * 2)
  cidBytes = new Uint8Array(room.length)
  parts.length = 0
}

/** The hash of a text that names what is no CID. */
export const digestOfText = (text: string): string => hash('sha256', text, 'latin1')

/**
 * The sha2-256 of everything that a double-hashed rule about this CID and path may be the hash of (specification, "//DOUBLE-HASH"), as 32 characters of a byte each:
 * its multihash in base58, and CIDs v1 in base32 of all codecs, or of `only` one.
 * @param path with its slash in front, or empty
 */
export const digestsOf = (cid: CID, path: string, only?: number): string[] => {
  const { bytes } = cid.multihash
  const written = path === '' ? NOTHING : Buffer.from(path)
  makeRoom(base58Length(bytes.length) + base32Length(bytes.length + VARINT + 1) + written.length + 2)
  const digests = [sha256(append(written, base58Into(bytes, room, 0)))]
  room[0] = BASE32_PREFIX
  const behind = path === '' ? SLASH : written
  let [start, end] = [0, 0]
  for (const codec of codecsOf(cid, only)) {
    const before = start
    start = putCodec(codec)
    if (start === before) base32Into(cidBytes, room, 1, Math.min(HEAD_BYTES, start + bytes.length))
    else {
      cidBytes.set(bytes, start)
      end = append(behind, base32Into(cidBytes, room, 1, start + bytes.length))
    }
    digests.push(sha256(end))
  }
  return digests
}

const codecsOf = ({ code }: CID, only: number | undefined): readonly number[] => {
  if (only !== undefined) return [only]
  return CODECS.includes(code) ? CODECS : [code, ...CODECS]
}

/** @returns where it ends */
const putCodec = (codec: number): number => {
  cidBytes[0] = 1
  varint.encodeTo(codec, cidBytes, 1)
  return 1 + varint.encodingLength(codec)
}

const append = (text: Uint8Array, at: number): number => {
  room.set(text, at)
  return at + text.length
}

import { CID } from 'multiformats/cid'
import { Digest } from 'multiformats/hashes/digest'

/** `b`, and 36 bytes in base32: version, codec, hash function and length of one byte each, and a digest of 32. */
const TEXT_LENGTH = 59
const BYTES = 36
const DIGEST_BYTES = 32
const HASH_SHA2_256 = 0x12
/** From here on a codec takes two bytes. */
const LONG_CODEC = 0x80

const NO_LETTER = 0xff
const VALUES = new Uint8Array(128).fill(NO_LETTER)
for (const [value, letter] of [...'abcdefghijklmnopqrstuvwxyz234567'].entries()) VALUES[letter.charCodeAt(0)] = value

/**
 * The CID of a text as nearly all are written: v1 in base32, of a sha2-256 and a codec of one byte. What multiformats does for any CID takes seven times as
 * long, and remembers the text in a weak map, which costs again when memory is collected.
 * @returns undefined for every other text, also such as are no CID
 */
export const readCommonCid = (text: string): CID | undefined => {
  if (text.length !== TEXT_LENGTH || text[0] !== 'b') return undefined
  const bytes = new Uint8Array(BYTES)
  let [held, bits, end] = [0, 0, 0]
  for (let at = 1; at < TEXT_LENGTH; at++) {
    const value = VALUES[text.charCodeAt(at)] ?? NO_LETTER
    if (value === NO_LETTER) return undefined
    held = (held << 5) | value
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[end++] = held >> bits
    held &= (1 << bits) - 1
  }
  const codec = bytes[1] ?? LONG_CODEC
  // Of the last letter two bits are no part of the CID: with others than zeros it is another spelling.
  if (held !== 0 || bytes[0] !== 1 || codec >= LONG_CODEC) return undefined
  if (bytes[2] !== HASH_SHA2_256 || bytes[3] !== DIGEST_BYTES) return undefined
  const multihash = bytes.subarray(2)
  return new CID(1, codec, new Digest(HASH_SHA2_256, DIGEST_BYTES, multihash.subarray(2), multihash), bytes)
}

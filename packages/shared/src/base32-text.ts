const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
/** Two letters for each ten bits. */
const PAIRS = Array.from({ length: 1024 }, (_, bits) => `${LETTERS[bits >> 5]}${LETTERS[bits & 31]}`)

/**
 * Bytes in base32 (RFC 4648) in lower case, without padding and prefix. What multiformats does by single bits and remembers for each CID
 * took most of the time of a directory's listing.
 */
export const base32Text = (bytes: Uint8Array): string => {
  let text = ''
  let [held, bits] = [0, 0]
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    if (bits < 10) continue
    bits -= 10
    text += PAIRS[held >> bits]
    held &= (1 << bits) - 1
  }
  if (bits === 0) return text
  const last = PAIRS[held << (10 - bits)] ?? ''
  return text + (bits > 5 ? last : last.slice(0, 1))
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
/** Two letters for each ten bits. */
const PAIRS = Array.from({ length: 1024 }, (_, bits) => `${LETTERS[bits >> 5]}${LETTERS[bits & 31]}`)
const CODES = Uint8Array.from(LETTERS, (letter) => letter.charCodeAt(0))

/** So many letters stand for so many bytes. */
export const base32Length = (bytes: number): number => Math.ceil((bytes * 8) / 5)

/** As `base32Text` of the first `length` bytes, put into `target` as ASCII from `at` on, where no text is needed. @returns where it ends */
export const base32Into = (bytes: Uint8Array, target: Uint8Array, at: number, length = bytes.length): number => {
  let end = at
  let [held, bits] = [0, 0]
  for (let next = 0; next < length; next++) {
    held = (held << 8) | (bytes[next] ?? 0)
    bits += 8
    for (; bits >= 5; bits -= 5) target[end++] = CODES[(held >> (bits - 5)) & 31] ?? 0
    held &= 31
  }
  if (bits > 0) target[end++] = CODES[(held << (5 - bits)) & 31] ?? 0
  return end
}

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

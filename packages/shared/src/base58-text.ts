const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const PAIRS = Array.from(LETTERS, (first) => Array.from(LETTERS, (second) => first + second)).flat()
/** Four letters are found by one division. */
const GROUP = PAIRS.length ** 2

/**
 * Bytes in base58btc without its prefix, as PeerIDs and CIDs v0 are written. What multiformats does goes letter by letter, and takes several times as long.
 */
export const base58Text = (bytes: Uint8Array): string => {
  let zeros = 0
  while (bytes[zeros] === 0) zeros++
  const words = new Uint16Array(Math.ceil(bytes.length / 2))
  for (let at = bytes.length, word = words.length; word-- > 0; at -= 2)
    words[word] = ((bytes[at - 2] ?? 0) << 8) | (bytes[at - 1] ?? 0)
  let text = ''
  for (let first = zeros >> 1; first < words.length; ) {
    let rest = 0
    for (let at = first; at < words.length; at++) {
      const value = rest * 65_536 + (words[at] ?? 0)
      const quotient = Math.floor(value / GROUP)
      words[at] = quotient
      rest = value - quotient * GROUP
    }
    text = `${PAIRS[Math.floor(rest / PAIRS.length)]}${PAIRS[rest % PAIRS.length]}${text}`
    while (words[first] === 0) first++
  }
  return '1'.repeat(zeros) + text.replace(/^1+/, '')
}

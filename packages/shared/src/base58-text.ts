const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** Five letters are found by one division. */
const GROUP = 58 ** 5

/**
 * Bytes in base58btc without its prefix, as PeerIDs and CIDs v0 are written. What multiformats does letter by letter takes 7 µs for a multihash.
 */
export const base58Text = (bytes: Uint8Array): string => {
  let zeros = 0
  while (bytes[zeros] === 0) zeros++
  const words: number[] = []
  for (let at = bytes.length; at > zeros; at -= 2) words.unshift(((bytes[at - 2] ?? 0) << 8) | (bytes[at - 1] ?? 0))
  let text = ''
  for (let first = 0; first < words.length; ) {
    let rest = 0
    for (let at = first; at < words.length; at++) {
      const value = rest * 65_536 + (words[at] ?? 0)
      words[at] = Math.floor(value / GROUP)
      rest = value % GROUP
    }
    text = lettersOf(rest) + text
    while (words[first] === 0) first++
  }
  let padding = 0
  while (text[padding] === '1') padding++
  return '1'.repeat(zeros) + text.slice(padding)
}

const lettersOf = (group: number): string => {
  let letters = ''
  for (let left = group, at = 0; at < 5; at++) {
    letters = LETTERS[left % 58] + letters
    left = Math.floor(left / 58)
  }
  return letters
}

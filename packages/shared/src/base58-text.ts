const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const CODES = Uint8Array.from(LETTERS, (letter) => letter.charCodeAt(0))
const ZERO = CODES[0] ?? 0
const BASE = LETTERS.length
/** Letters that are found by one division. */
const GROUP = 5
const GROUP_VALUE = BASE ** GROUP
const WORD = 2 ** 16

/** Groups of letters, the last first: of a multihash ten, of the longest that is served 36. */
let groups = new Float64Array(64)

/** At most so many letters stand for so many bytes. */
export const base58Length = (bytes: number): number => Math.ceil(bytes * 1.37) + 1

/**
 * Bytes in base58btc without its prefix, as PeerIDs and CIDs v0 are written, put into `target` as ASCII from `at` on. What multiformats does goes letter by letter,
 * and takes several times as long.
 * @returns where it ends
 */
export const base58Into = (bytes: Uint8Array, target: Uint8Array, at: number): number => {
  let from = 0
  while (bytes[from] === 0) target[at + from++] = ZERO
  const count = groupsOf(bytes, from)
  let end = at + from
  for (let group = count - 1; group >= 0; group--) {
    const value = groups[group] ?? 0
    // Of the first group no zeros are written.
    const letters = group < count - 1 ? GROUP : lettersOf(value)
    putLetters(value, target, end, letters)
    end += letters
  }
  return end
}

export const base58Text = (bytes: Uint8Array): string => {
  const target = new Uint8Array(base58Length(bytes.length))
  return String.fromCharCode(...target.subarray(0, base58Into(bytes, target, 0)))
}

/** Fills `groups` with what these bytes are from `from` on, which begin with no zero. @returns how many there are */
const groupsOf = (bytes: Uint8Array, from: number): number => {
  const most = Math.ceil(bytes.length / 3) + 1
  if (groups.length < most) groups = new Float64Array(most)
  let count = 0
  let next = from
  if ((bytes.length - from) % 2 === 1) groups[count++] = bytes[next++] ?? 0
  for (; next < bytes.length; next += 2) {
    let carry = ((bytes[next] ?? 0) << 8) | (bytes[next + 1] ?? 0)
    for (let group = 0; group < count; group++) {
      const value = (groups[group] ?? 0) * WORD + carry
      carry = Math.floor(value / GROUP_VALUE)
      groups[group] = value - carry * GROUP_VALUE
    }
    if (carry > 0) groups[count++] = carry
  }
  return count
}

const lettersOf = (value: number): number => {
  let letters = 1
  for (let rest = value; rest >= BASE; rest /= BASE) letters++
  return letters
}

const putLetters = (value: number, target: Uint8Array, at: number, letters: number): void => {
  let rest = value
  for (let letter = at + letters - 1; letter >= at; letter--) {
    const quotient = Math.floor(rest / BASE)
    target[letter] = CODES[rest - quotient * BASE] ?? 0
    rest = quotient
  }
}

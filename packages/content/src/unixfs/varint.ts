/** Number of bytes of `value` as an unsigned LEB128 varint; `value` is a safe integer. */
export const varintLength = (value: number): number => {
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length++
  return length
}

/** Writes `value` at `offset`; answers the offset behind it. */
export const writeVarint = (target: Uint8Array, offset: number, value: number): number => {
  let rest = value
  let at = offset
  while (rest >= 0x80) {
    target[at++] = (rest % 128) | 0x80
    rest = Math.floor(rest / 128)
  }
  target[at++] = rest
  return at
}

import { invalidCar } from './car-errors.ts'

/** An unsigned LEB128 number of at most four bytes is below 2^28: nothing in a CAR that we take is longer. */
const MAX_BYTES = 4
const CONTINUES = 0x80

/**
 * Reads a length at the start of `bytes`; `undefined` when it does not end in them.
 * @throws HoldfastError `invalid_car` for more bytes than needed (https://github.com/multiformats/unsigned-varint) and for more than 2^28
 */
export const readVarint = (bytes: Uint8Array, what: string): { value: number; length: number } | undefined => {
  let value = 0
  for (let at = 0; at < Math.min(bytes.length, MAX_BYTES); at++) {
    const byte = bytes[at] as number
    value += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < CONTINUES) {
      if (byte === 0 && at > 0) throw invalidCar(`the length of ${what} is not written in the shortest way`)
      return { value, length: at + 1 }
    }
  }
  if (bytes.length >= MAX_BYTES) throw invalidCar(`the length of ${what} is beyond every limit`)
  return undefined
}

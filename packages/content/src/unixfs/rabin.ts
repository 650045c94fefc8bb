import type { ChunkBoundary } from './content-chunker.ts'
import type { RabinChunker } from './import-profile.ts'

/** boxo's `IpfsRabinPoly`, irreducible and of degree 53. */
const POLYNOMIAL = 17437180132763653n
const DEGREE = 53n
export const RABIN_WINDOW = 16
/** The digest's bits above the lower word, and how far its top byte lies in them. */
export const RABIN_TOP_BYTE = 53 - 8 - 32

type RabinTables = { outHigh: Int32Array; outLow: Int32Array; modHigh: Int32Array; modLow: Int32Array }
let tables: RabinTables | undefined

/** Made once, on first use. */
export const rabinTables = (): RabinTables => (tables ??= makeTables())

/**
 * Where the Rabin chunker of Kubo (boxo `chunker/rabin.go` over whyrusleeping/chunker) cuts: when the lowest bits of the
 * fingerprint of the last 16 bytes are zero, as many as the average has, not before `min` and at the latest after `max`.
 * The digest has 53 bits, kept as two words.
 */
export class RabinBoundary implements ChunkBoundary {
  readonly maxBytes: number
  readonly #min: number
  readonly #mask: number
  readonly #tables: RabinTables
  readonly #window = new Uint8Array(RABIN_WINDOW)
  #high = 0
  #low = 0
  #place = 0
  /** Bytes of the chunk so far. */
  #length = 0

  constructor({ min, average, max }: RabinChunker) {
    this.maxBytes = max
    this.#min = min
    // The average is rounded down to a power of two.
    this.#mask = (1 << (31 - Math.clz32(average))) - 1
    this.#tables = rabinTables()
    this.#reset()
  }

  next(bytes: Uint8Array, from: number): number {
    const { outHigh, outLow, modHigh, modLow } = this.#tables
    const window = this.#window
    const min = this.#min
    const max = this.maxBytes
    let high = this.#high
    let low = this.#low
    let place = this.#place
    let length = this.#length
    let at = from
    if (length < min - RABIN_WINDOW) {
      const skipped = Math.min(min - RABIN_WINDOW - length, bytes.length - at)
      length += skipped
      at += skipped
    }
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number
      const left = window[place] as number
      window[place] = byte
      place = (place + 1) % RABIN_WINDOW
      high ^= outHigh[left] as number
      low ^= outLow[left] as number
      const top = high >>> RABIN_TOP_BYTE
      high = ((high << 8) | (low >>> 24)) ^ (modHigh[top] as number)
      low = ((low << 8) | byte) ^ (modLow[top] as number)
      length++
      if (length >= min && ((low & this.#mask) === 0 || length >= max)) {
        this.#reset()
        return at + 1
      }
    }
    this.#high = high
    this.#low = low
    this.#place = place
    this.#length = length
    return -1
  }

  /** A chunk begins with a byte 1 in the window, as if it stood before it. */
  #reset(): void {
    this.#window.fill(0)
    this.#window[0] = 1
    this.#place = 1
    this.#high = 0
    this.#low = 1
    this.#length = 0
  }
}

const modulo = (value: bigint): bigint => {
  let rest = value
  for (let bits = BigInt(rest.toString(2).length) - 1n; bits >= DEGREE; bits--)
    if ((rest >> bits) & 1n) rest ^= POLYNOMIAL << (bits - DEGREE)
  return rest
}

const words = (): Int32Array => new Int32Array(256)

/** `out`: the fingerprint of a byte and 15 zeros; `mod`: what takes the eight bits above the degree away again. */
const makeTables = (): RabinTables => {
  const made: RabinTables = { outHigh: words(), outLow: words(), modHigh: words(), modLow: words() }
  for (let byte = 0; byte < 256; byte++) {
    let out = BigInt(byte)
    for (let index = 1; index < RABIN_WINDOW; index++) out = modulo(out << 8n)
    const above = BigInt(byte) << DEGREE
    const mod = modulo(above) | above
    made.outHigh[byte] = Number(out >> 32n)
    made.outLow[byte] = Number(BigInt.asIntN(32, out))
    made.modHigh[byte] = Number(mod >> 32n)
    made.modLow[byte] = Number(BigInt.asIntN(32, mod))
  }
  return made
}

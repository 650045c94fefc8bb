import { MAX_CHUNK_BYTES, MIN_RABIN_BYTES, type RabinChunker } from '../import-profile.ts'
import { RABIN_TOP_BYTE, RABIN_WINDOW, rabinTables } from '../rabin.ts'

const WORD_BITS = 32

/**
 * Finds parameters of the Rabin chunker that end chunks where they end. From the minimum on, a fingerprint depends on the
 * last 16 bytes alone; so it is reckoned at every place, and what counts are the zero bits that it ends with: a mask
 * must let every end pass that is not the maximum, and no place before one that is not below the minimum.
 */
export class RabinEvidence {
  readonly #tables = rabinTables()
  readonly #window = new Uint8Array(RABIN_WINDOW)
  /** The last place in any chunk, before its end, where the fingerprint ends with exactly so many zero bits. */
  readonly #lastPlaces = new Uint32Array(WORD_BITS + 1)
  /** Of the chunks that were cut, and the zero bits at their ends. */
  readonly #lengths: number[] = []
  readonly #zeros: number[] = []
  #longestRest = 0
  #leaves: readonly number[] = []
  #chunk = 0
  #length = 0
  #high = 0
  #low = 0

  /** A file of these chunks follows. */
  begin(leaves: readonly number[]): void {
    this.#leaves = leaves
    this.#longestRest = Math.max(this.#longestRest, leaves.at(-1) ?? 0)
    this.#chunk = 0
    this.#reset()
  }

  push(bytes: Uint8Array): void {
    const { outHigh, outLow, modHigh, modLow } = this.#tables
    for (const byte of bytes) {
      const place = this.#length % RABIN_WINDOW
      const left = this.#window[place] as number
      this.#window[place] = byte
      const high = this.#high ^ (outHigh[left] as number)
      const low = this.#low ^ (outLow[left] as number)
      const top = high >>> RABIN_TOP_BYTE
      this.#high = ((high << 8) | (low >>> 24)) ^ (modHigh[top] as number)
      this.#low = ((low << 8) | byte) ^ (modLow[top] as number)
      this.#length++
      if (this.#length < MIN_RABIN_BYTES && this.#length !== this.#leaves[this.#chunk]) continue
      this.#look()
    }
  }

  /** Undefined when no parameters fit. */
  conclude(): RabinChunker | undefined {
    const longest = this.#lengths.reduce((most, length) => Math.max(most, length), 0)
    const zerosBelow = this.#zeros.filter((_, index) => (this.#lengths[index] as number) < longest)
    // Either the longest chunks were cut by the maximum, or all of them by their bytes.
    const byMaximum =
      zerosBelow.length > 0 && this.#longestRest <= longest ? this.#parameters(zerosBelow, longest) : undefined
    return byMaximum ?? this.#parameters(this.#zeros, undefined)
  }

  #parameters(zeros: readonly number[], max: number | undefined): RabinChunker | undefined {
    if (zeros.length === 0) return undefined
    const most = Math.floor(Math.log2((max ?? MAX_CHUNK_BYTES) - 1))
    const bits = Math.min(most, ...new Set(zeros))
    const min = Math.max(MIN_RABIN_BYTES, 1 + Math.max(...this.#lastPlaces.subarray(bits)))
    const average = Math.max(2 ** bits, min + 1)
    const shortest = this.#lengths.reduce((least, length) => Math.min(least, length), MAX_CHUNK_BYTES)
    const longest = max ?? Math.max(average + 1, this.#longestRest, ...new Set(this.#lengths))
    if (min > shortest || average >= 2 ** (bits + 1) || average >= longest || longest > MAX_CHUNK_BYTES)
      return undefined
    return { kind: 'rabin', min, average, max: longest }
  }

  #look(): void {
    const zeros = this.#low === 0 ? WORD_BITS : 31 - Math.clz32(this.#low & -this.#low)
    if (this.#length !== this.#leaves[this.#chunk]) {
      this.#lastPlaces[zeros] = Math.max(this.#lastPlaces[zeros] as number, this.#length)
      return
    }
    if (++this.#chunk < this.#leaves.length) {
      this.#lengths.push(this.#length)
      this.#zeros.push(zeros)
    }
    this.#reset()
  }

  #reset(): void {
    this.#window.fill(0)
    this.#high = 0
    this.#low = 0
    this.#length = 0
  }
}

import type { BlockKey } from '../block-store/block-key.ts'
import { TAG_BYTES } from './block-cipher.ts'
import { PrivateContentDamaged } from './private-content-damaged.ts'

const DIGEST_BYTES = 32
/** sha2-256 of the ciphertext ‖ tag */
export const PLACE_BYTES = DIGEST_BYTES + TAG_BYTES

/** Where a block's ciphertext is, and what opens it. */
export type Place = { digest: Buffer; tag: Buffer }

export const joinPlace = ({ digest, tag }: Place): Buffer => Buffer.concat([digest, tag])
export const splitPlace = (bytes: Buffer): Place => ({
  digest: bytes.subarray(0, DIGEST_BYTES),
  tag: bytes.subarray(DIGEST_BYTES, PLACE_BYTES),
})

/** Sorted by key. Each: length of the key u8 ‖ multihash ‖ codec of the plaintext ‖ place */
export const encodePage = (entries: readonly (readonly [BlockKey, Buffer])[]): Buffer => {
  const parts: Uint8Array[] = []
  for (const [key, place] of entries) parts.push(Uint8Array.of(key.length), Buffer.from(key, 'latin1'), place)
  return Buffer.concat(parts)
}

/** A page of a manifest as it lies in memory, with where its entries begin. */
export class ManifestPage {
  readonly #bytes: Buffer
  readonly #starts: number[] = []

  /** @throws PrivateContentDamaged */
  constructor(bytes: Buffer) {
    this.#bytes = bytes
    for (let at = 0; at < bytes.length; at += 1 + (bytes[at] ?? 0) + PLACE_BYTES) this.#starts.push(at)
    const last = this.#starts.at(-1) ?? 0
    if (last + 1 + (bytes[last] ?? 0) + PLACE_BYTES !== bytes.length)
      throw new PrivateContentDamaged('a page of a manifest is cut off')
  }

  #key(index: number): Buffer {
    const start = (this.#starts[index] ?? 0) + 1
    return this.#bytes.subarray(start, start + (this.#bytes[start - 1] ?? 0))
  }

  /** The first entry whose key is not below `wanted`. */
  firstFrom(wanted: Buffer): { key: Buffer; place: Place } | undefined {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (Buffer.compare(this.#key(middle), wanted) < 0) low = middle + 1
      else high = middle
    }
    if (low === this.#starts.length) return undefined
    const key = this.#key(low)
    const end = (this.#starts[low] ?? 0) + 1 + key.length
    return { key, place: splitPlace(this.#bytes.subarray(end, end + PLACE_BYTES)) }
  }
}

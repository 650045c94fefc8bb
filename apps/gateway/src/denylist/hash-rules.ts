/** What one hashed rule says; later rules win. */
export type HashRule<S> = { order: number; status: S }

/** Of what no rule is about, one in sixteen is looked up all the same, at most. */
const BITS_A_RULE = 16
const FIRST_BITS = 2 ** 20

/**
 * Hashed rules by the sha2-256 that they have, 32 characters of a byte each. Nearly everything that is asked for is in none of them, and a bit says so: a map makes
 * each text that it is asked for one of V8's own, for which seven digests of each file that was new took as long as making them.
 */
export class HashRules<S> {
  readonly #rules = new Map<string, HashRule<S>>()
  #bits = new Uint32Array(FIRST_BITS / 32)

  get size(): number {
    return this.#rules.size
  }

  set(digest: string, rule: HashRule<S>): void {
    this.#rules.set(digest, rule)
    if (this.#rules.size * BITS_A_RULE <= this.#bits.length * 32) {
      this.#mark(digest)
      return
    }
    this.#bits = new Uint32Array(this.#bits.length * 2)
    for (const known of this.#rules.keys()) this.#mark(known)
  }

  get(digest: string): HashRule<S> | undefined {
    const bit = bitOf(digest)
    const word = this.#bits[(bit >>> 5) & (this.#bits.length - 1)] ?? 0
    return (word & (1 << (bit & 31))) === 0 ? undefined : this.#rules.get(digest)
  }

  #mark(digest: string): void {
    const bit = bitOf(digest)
    const at = (bit >>> 5) & (this.#bits.length - 1)
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (bit & 31))
  }
}

const bitOf = (digest: string): number =>
  digest.charCodeAt(0) | (digest.charCodeAt(1) << 8) | (digest.charCodeAt(2) << 16) | (digest.charCodeAt(3) << 24)

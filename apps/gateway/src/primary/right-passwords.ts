import { createHmac, randomBytes } from 'node:crypto'

const KEPT_MS = 600_000
const MAX_KEPT = 10_000

/**
 * Passwords of links that were right in the last ten minutes, so that each range of a file costs no new 60 ms. Keeps keyed
 * hashes over link, stored hash and password; another password of the link fits none of them.
 */
export class RightPasswords {
  readonly #key = randomBytes(32)
  readonly #until = new Map<string, number>()

  proofOf(linkId: string, passwordHash: string, password: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([linkId, passwordHash, password]))
      .digest('base64')
  }

  has(proof: string): boolean {
    return (this.#until.get(proof) ?? 0) > performance.now()
  }

  add(proof: string): void {
    if (this.#until.size >= MAX_KEPT) this.#until.clear()
    this.#until.set(proof, performance.now() + KEPT_MS)
  }
}

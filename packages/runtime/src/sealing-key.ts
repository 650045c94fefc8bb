import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = 1

/** The sealed bytes were not made by this key for this purpose, or have been changed. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError'
}

/**
 * A key of the hierarchy (docs/security/keys.md): seals small secrets that are kept in the database, and gives keys for
 * other purposes. It never encrypts by itself: each use has a key derived from it (HKDF-SHA-256, RFC 5869).
 */
export class SealingKey {
  readonly #bytes: Uint8Array
  readonly #sealing: Uint8Array

  /** @param bytes 32 random bytes. `purpose` parts what is sealed from what another kind of key seals, were their bytes the same. */
  constructor(bytes: Uint8Array, purpose = 'holdfast/seal/v1') {
    if (bytes.length !== KEY_BYTES) throw new TypeError('a key has 32 bytes')
    this.#bytes = Uint8Array.from(bytes)
    this.#sealing = this.derive(purpose)
  }

  /** A key for another purpose: the same for the same purpose, unrelated for others. */
  derive(purpose: string, bytes = KEY_BYTES): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#bytes, new Uint8Array(), purpose, bytes))
  }

  /**
   * Encrypts by AES-256-GCM under a random nonce. `context` (what the secret is and whose) is authenticated:
   * sealed bytes that are moved to another row do not open.
   * @returns version ‖ nonce (12) ‖ ciphertext ‖ tag (16)
   */
  seal(secret: Uint8Array, context: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#sealing, nonce)
    cipher.setAAD(Buffer.from(context))
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
  }

  /** @throws UnsealError */
  open(sealed: Uint8Array, context: string): Buffer {
    if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== VERSION)
      throw new UnsealError(`this is no sealed secret: ${context}`)
    const end = sealed.length - TAG_BYTES
    const decipher = createDecipheriv('aes-256-gcm', this.#sealing, sealed.subarray(1, 1 + NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(sealed.subarray(end))
    try {
      return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE_BYTES, end)), decipher.final()])
    } catch (cause) {
      throw new UnsealError(`a sealed secret does not open: ${context}; was it moved, or sealed by another key?`, {
        cause,
      })
    }
  }
}

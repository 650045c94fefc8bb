import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { type BlockKey, keyToBytes } from '../block-store/block-key.ts'
import { PrivateContentDamaged } from './private-content-damaged.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
export const TAG_BYTES = 16
const VERSION = 'hfp1'

/** Whose content it is: authenticated with every block, so that no block opens anywhere else. */
export type PrivateOwner = { organizationId: string; contentId: string; rootKey: Uint8Array }

export type SealedBlock = { ciphertext: Buffer; tag: Buffer }

/**
 * AES-256-GCM for the blocks of one root (NIST SP 800-38D). The nonce is derived from what is encrypted: HMAC-SHA-256 of the plaintext's multihash and
 * codec under a second key of the root, cut to 96 bits. So a block that comes twice is the same ciphertext, and one nonce never meets two plaintexts: the bytes
 * must have been hashed before. A ciphertext is as long as its block; the tag stands in the manifest.
 */
export class BlockCipher {
  readonly #owner: Pick<PrivateOwner, 'organizationId' | 'contentId'>
  readonly #encryption: Uint8Array
  readonly #nonces: Uint8Array

  constructor({ organizationId, contentId, rootKey }: PrivateOwner) {
    if (rootKey.length !== KEY_BYTES) throw new TypeError('the key of a root has 32 bytes')
    this.#owner = { organizationId, contentId }
    this.#encryption = derive(rootKey, 'holdfast/private/encryption/v1')
    this.#nonces = derive(rootKey, 'holdfast/private/nonces/v1')
  }

  seal(key: BlockKey, bytes: Uint8Array): SealedBlock {
    return this.#seal(this.#nonce('block', keyToBytes(key)), this.#blockContext(key), bytes)
  }

  /** @throws PrivateContentDamaged */
  open(key: BlockKey, ciphertext: Uint8Array, tag: Uint8Array): Buffer {
    return this.#open(this.#nonce('block', keyToBytes(key)), this.#blockContext(key), ciphertext, tag)
  }

  /** The head of a manifest is found without a CID, so it carries its nonce: nonce ‖ tag ‖ ciphertext. */
  sealHead(bytes: Uint8Array): Buffer {
    const nonce = this.#nonce('head', bytes)
    const { ciphertext, tag } = this.#seal(nonce, this.#headContext(), bytes)
    return Buffer.concat([nonce, tag, ciphertext])
  }

  /** @throws PrivateContentDamaged */
  openHead(sealed: Uint8Array): Buffer {
    const body = NONCE_BYTES + TAG_BYTES
    if (sealed.length < body) throw new PrivateContentDamaged('the head of a manifest is cut off')
    const nonce = sealed.subarray(0, NONCE_BYTES)
    return this.#open(nonce, this.#headContext(), sealed.subarray(body), sealed.subarray(NONCE_BYTES, body))
  }

  #nonce(what: 'block' | 'head', bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#nonces).update(`${what}\0`).update(bytes).digest().subarray(0, NONCE_BYTES)
  }

  // version ‖ 0 ‖ what ‖ 0 ‖ tenant ‖ 0 ‖ multihash ‖ codec of the plaintext
  #blockContext(key: BlockKey): Buffer {
    return Buffer.concat([Buffer.from(`${VERSION}\0block\0${this.#owner.organizationId}\0`), keyToBytes(key)])
  }

  #headContext(): Buffer {
    return Buffer.from(`${VERSION}\0head\0${this.#owner.organizationId}\0${this.#owner.contentId}`)
  }

  #seal(nonce: Uint8Array, context: Uint8Array, bytes: Uint8Array): SealedBlock {
    const cipher = createCipheriv('aes-256-gcm', this.#encryption, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(context)
    const ciphertext = cipher.update(bytes)
    cipher.final()
    return { ciphertext, tag: cipher.getAuthTag() }
  }

  #open(nonce: Uint8Array, context: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.#encryption, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(context)
    decipher.setAuthTag(tag)
    const bytes = decipher.update(ciphertext)
    try {
      decipher.final()
    } catch (cause) {
      throw new PrivateContentDamaged('a private block does not open', { cause })
    }
    return bytes
  }
}

const derive = (rootKey: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', rootKey, new Uint8Array(), purpose, KEY_BYTES))

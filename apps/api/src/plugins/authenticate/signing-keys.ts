import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUIDv7 } from 'node:crypto'
import type { Tables } from '@packages/db/tables'
import { type MasterKey, UnsealError } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Kysely } from 'kysely'

export type SigningKey = { kid: string; privateKey: KeyObject }

export type SigningKeysDeps = { kysely: Kysely<Tables>; masterKey: MasterKey; logger: MinimalLogger }

/** Ties sealed bytes to their row: bytes that are moved to another kid do not open. */
const contextOf = (kid: string): string => `signing_keys/${kid}`

const RELOAD_PAUSE_MS = 5_000

/**
 * The platform's Ed25519 keys (RFC 8037): the newest that our master key opens signs, all that are not retired verify.
 * Where none opens (a database of another installation) one more is made: the platform starts, and says so.
 */
export class SigningKeys {
  readonly #deps: SigningKeysDeps
  #verifying = new Map<string, KeyObject>()
  #signing: SigningKey | undefined
  #loadedAt = Number.NEGATIVE_INFINITY

  private constructor(deps: SigningKeysDeps) {
    this.#deps = deps
  }

  /** Reads the keys, and makes the first one where there is none. */
  static async open(deps: SigningKeysDeps): Promise<SigningKeys> {
    const keys = new SigningKeys(deps)
    await keys.#load()
    if (keys.#signing !== undefined) return keys
    await keys.#make()
    await keys.#load()
    return keys
  }

  signing(): SigningKey {
    if (this.#signing === undefined) throw new Error('there is no signing key')
    return this.#signing
  }

  /** The public key of `kid`. An unknown one may be another process's new key: read again, every 5 s at most. */
  async verifying(kid: string): Promise<KeyObject | undefined> {
    if (!this.#verifying.has(kid) && performance.now() - this.#loadedAt > RELOAD_PAUSE_MS) await this.#load()
    return this.#verifying.get(kid)
  }

  async #make(): Promise<void> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const kid = randomUUIDv7()
    const secret = privateKey.export({ format: 'der', type: 'pkcs8' })
    await this.#deps.kysely
      .insertInto('signing_keys')
      .values({
        kid,
        public_jwk: JSON.stringify(publicKey.export({ format: 'jwk' })),
        private_sealed: this.#deps.masterKey.seal(secret, contextOf(kid)),
      })
      .execute()
  }

  async #load(): Promise<void> {
    this.#loadedAt = performance.now()
    const rows = await this.#deps.kysely
      .selectFrom('signing_keys')
      .where('retired_at', 'is', null)
      .select(['kid', 'public_jwk', 'private_sealed'])
      .orderBy('created_at', 'desc')
      .orderBy('kid', 'desc')
      .execute()
    this.#verifying = new Map(
      rows.map(({ kid, public_jwk }) => [kid, createPublicKey({ format: 'jwk', key: public_jwk })]),
    )
    this.#signing = rows.map((row) => this.#open(row)).find((key) => key !== undefined)
  }

  #open({ kid, private_sealed }: { kid: string; private_sealed: Buffer }): SigningKey | undefined {
    try {
      const der = this.#deps.masterKey.open(private_sealed, contextOf(kid))
      return { kid, privateKey: createPrivateKey({ format: 'der', type: 'pkcs8', key: der }) }
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error
      this.#deps.logger.warn({ kid }, 'a signing key was sealed under another master key')
      return undefined
    }
  }
}

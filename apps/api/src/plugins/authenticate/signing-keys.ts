import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import { openColumn } from '@packages/db/sealed-columns'
import { type MasterKey, UnsealError } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'
import { addSigningKey, rotateSigningKeys, signingKeyPlace } from './rotate-signing-keys.ts'

export type SigningKey = { kid: string; privateKey: KeyObject }

/** A public key as `/.well-known/jwks.json` shows it (RFC 7517, RFC 8037). */
export type PublishedKey = { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; use: 'sig'; alg: 'EdDSA' }

export type SigningKeysDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  masterKey: MasterKey
  logger: MinimalLogger
  /** A key that has signed for so long gets a successor; 0 keeps it. */
  maxAgeMs?: number
}

const RELOAD_PAUSE_MS = 5_000
/** How late a process may be to sign with a key whose time has come. */
const LOOK_EVERY_MS = 60_000

/**
 * The platform's Ed25519 keys (RFC 8037): the newest that our master key opens and whose time has come signs, all that are
 * not retired verify. Where none opens (a database of another installation) one more is made: the platform starts, and says so.
 */
export class SigningKeys {
  readonly #deps: SigningKeysDeps
  #verifying = new Map<string, KeyObject>()
  #published: PublishedKey[] = []
  #signing: SigningKey | undefined
  #loadedAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()

  private constructor(deps: SigningKeysDeps) {
    this.#deps = deps
  }

  /** Reads the keys, and makes the first one where there is none. */
  static async open(deps: SigningKeysDeps): Promise<SigningKeys> {
    const keys = new SigningKeys(deps)
    await keys.load()
    await keys.#ensureOne()
    return keys
  }

  async #ensureOne(): Promise<void> {
    if (this.#signing !== undefined) return
    const { db, masterKey } = this.#deps
    await db.unitOfWork.run((uow) => addSigningKey(uow, masterKey, { signsInMs: 0 }))
    await this.load()
  }

  /** Rotates in the background, and notices whose time has come. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look())
    }, LOOK_EVERY_MS)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  signing(): SigningKey {
    if (this.#signing === undefined) throw new Error('there is no signing key')
    return this.#signing
  }

  /** The public key of `kid`. An unknown one may be another process's new key: read again, every 5 s at most. */
  async verifying(kid: string): Promise<KeyObject | undefined> {
    if (!this.#verifying.has(kid) && performance.now() - this.#loadedAt > RELOAD_PAUSE_MS) await this.load()
    return this.#verifying.get(kid)
  }

  /** Whether tokens of this key still count, as far as this process knows. */
  isKnown(kid: string): boolean {
    return this.#verifying.has(kid)
  }

  /** All keys that verify, those that do not sign yet included. */
  published(): readonly PublishedKey[] {
    return this.#published
  }

  async #look(): Promise<void> {
    const { db, masterKey, logger, maxAgeMs = 0 } = this.#deps
    try {
      if (maxAgeMs > 0) await rotateSigningKeys({ db, masterKey, maxAgeMs })
      await this.load()
      await this.#ensureOne()
    } catch (error) {
      logger.warn({ err: error }, 'the signing keys were not looked at')
    }
  }

  async load(): Promise<void> {
    this.#loadedAt = performance.now()
    const rows = await this.#deps.db.kysely
      .selectFrom('signing_keys')
      .where('retired_at', 'is', null)
      .select(['kid', 'public_jwk', 'private_sealed'])
      .select(sql<boolean>`signs_from <= now()`.as('signs'))
      .orderBy('signs_from', 'desc')
      .orderBy('kid', 'desc')
      .execute()
    this.#verifying = new Map(
      rows.map(({ kid, public_jwk }) => [kid, createPublicKey({ format: 'jwk', key: public_jwk })]),
    )
    this.#published = rows.map(({ kid, public_jwk }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x: String(public_jwk['x']),
      kid,
      use: 'sig',
      alg: 'EdDSA',
    }))
    this.#signing = rows.map((row) => (row.signs ? this.#open(row) : undefined)).find((key) => key !== undefined)
  }

  #open({ kid, private_sealed }: { kid: string; private_sealed: Buffer }): SigningKey | undefined {
    try {
      const der = openColumn(this.#deps.masterKey, signingKeyPlace(kid), private_sealed)
      return { kid, privateKey: createPrivateKey({ format: 'der', type: 'pkcs8', key: der }) }
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error
      this.#deps.logger.warn({ kid }, 'a signing key was sealed under another master key')
      return undefined
    }
  }
}
